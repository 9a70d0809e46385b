import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { openChdbEventStore } from './chdb.ts'
import { eventStoreContract } from './event-store.contract.ts'

const installed = await import('chdb').then(
  () => true,
  () => false,
)

async function fixture() {
  const root = await mkdtemp(join(tmpdir(), "counterseal-it's-"))
  const directory = join(root, 'chunks')
  await mkdir(directory)
  return {
    store: await openChdbEventStore(join(root, 'events')),
    directory,
    cleanUp: () => rm(root, { recursive: true, force: true }),
  }
}

if (installed) {
  eventStoreContract('chdb', fixture)

  describe('the embedded event store', () => {
    it('refuses a second process, and names the one that holds it', async () => {
      const { store, cleanUp } = await fixture()
      await store.migrate()
      const { location } = await store.describe()
      const module = fileURLToPath(new URL('./chdb.ts', import.meta.url))
      const script = `import(${JSON.stringify(module)}).then(m => m.openChdbEventStore(${JSON.stringify(location)})).then(() => console.log('opened'), e => console.log(e.code, e.message))`
      const other = spawnSync(process.execPath, ['--import', 'tsx', '-e', script], { encoding: 'utf8' })
      expect(other.stdout).toMatch(new RegExp(`^store/in-use .* process ${process.pid}, which opened it at 20`))
      await store.close()
      await cleanUp()
    })
  })
} else {
  describe('an event store on chdb', () => {
    it('keeps the contract', context => {
      context.skip('the optional package chdb is not installed on this platform')
    })
  })
}
