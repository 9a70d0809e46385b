import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { openApp } from '../src/app.ts'
import { configFrom } from '../src/config.ts'
import { rowsOf } from '../src/model/index.ts'
import { makeLog } from './ct/made-log.ts'
import { tilesToDisk } from './ct/tiles-to-disk.ts'
import { engineInstalled, noEngine } from './run-cli.ts'

const directory = mkdtempSync(join(tmpdir(), 'counterseal-ct-killed-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url))
const entries = 20_000

/** Runs the import and kills it after that time; says whether it came to its end before. */
function importUntil(milliseconds: number | undefined, args: readonly string[]): Promise<boolean> {
  return new Promise(resolve => {
    const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), main, 'ct', 'import', ...args], {
      stdio: 'ignore',
    })
    const timer = milliseconds === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), milliseconds)
    child.once('exit', code => {
      clearTimeout(timer)
      resolve(code === 0)
    })
  })
}

describe('a reading of a log that is killed', () => {
  it('again and again loses no entry and stores none twice', async context => {
    if (!engineInstalled) context.skip(noEngine)
    const made = makeLog('static-ct-api', { name: 'killed' })
    made.grow(entries)
    const tiles = join(directory, 'tiles')
    await tilesToDisk(made, tiles)
    const key = join(directory, 'key')
    writeFileSync(key, made.about.key)
    const data = join(directory, 'data')
    const args = [tiles, '--key', key, '--data', data]
    let deaths = 0
    // Later each time, so that deaths fall into every part of the work; a slow machine has more of them.
    for (let wait = 2000; !(await importUntil(wait, args)); wait += 1200) {
      deaths += 1
      if (deaths > 60) throw new Error('it never came to its end')
    }
    expect(deaths).toBeGreaterThan(1)
    const app = openApp(configFrom({ data }, {}))
    try {
      const [row] = await rowsOf(await app.events(), {
        name: 'test/ct-killed',
        text: `SELECT count() AS rows, uniqExact(ct_entry_index) AS entries, countIf(ct_verified) AS verified,
            (SELECT uniqExact(certificate_id) FROM certificate WHERE from_der) AS certificates
          FROM certificate_sighting WHERE source = 'ct-entry'`,
      })
      const numbers = Object.fromEntries(Object.entries(row ?? {}).map(([name, value]) => [name, Number(value)]))
      // Each entry has a certificate of its own, and all have one issuer.
      expect(numbers).toEqual({ rows: entries, entries, verified: entries, certificates: entries + 1 })
      expect(await (await app.cases()).ctPositions()).toMatchObject([{ first_index: 0, size: entries }])
    } finally {
      await app.close()
    }
  }, 600_000)
})
