import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const checkout = fileURLToPath(new URL('../..', import.meta.url))

/** The room as it ships: compiled as `npm run build` does it, but elsewhere and without looking for errors. */
export async function compiledEvtx(): Promise<typeof import('../../src/evtx/index.ts')> {
  const directory = mkdtempSync(join(tmpdir(), 'counterseal-evtx-'))
  try {
    const compiler = join(checkout, 'node_modules', 'typescript', 'bin', 'tsc')
    const options = ['-p', 'tsconfig.build.json', '--outDir', directory, '--noCheck', '--declaration', 'false']
    const { status, stdout } = spawnSync(process.execPath, [compiler, ...options], { cwd: checkout, encoding: 'utf8' })
    if (status !== 0) throw new Error(`tsc could not compile src: ${stdout}`)
    writeFileSync(join(directory, 'package.json'), '{"type":"module"}')
    return await import(pathToFileURL(join(directory, 'evtx', 'index.js')).href)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
