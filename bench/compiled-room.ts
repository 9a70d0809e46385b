import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const checkout = fileURLToPath(new URL('..', import.meta.url))

type Rooms = {
  readonly evtx: typeof import('../src/evtx/index.ts')
  readonly x509: typeof import('../src/x509/index.ts')
}

/** A room as it ships: compiled as `npm run build` does it, but elsewhere and without looking for errors. */
export async function compiledRoom<R extends keyof Rooms>(room: R): Promise<Rooms[R]> {
  const directory = mkdtempSync(join(tmpdir(), `counterseal-${room}-`))
  try {
    const compiler = join(checkout, 'node_modules', 'typescript', 'bin', 'tsc')
    const options = ['-p', 'tsconfig.build.json', '--outDir', directory, '--noCheck', '--declaration', 'false']
    const { status, stdout } = spawnSync(process.execPath, [compiler, ...options], { cwd: checkout, encoding: 'utf8' })
    if (status !== 0) throw new Error(`tsc could not compile src: ${stdout}`)
    writeFileSync(join(directory, 'package.json'), '{"type":"module"}')
    return await import(pathToFileURL(join(directory, room, 'index.js')).href)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
