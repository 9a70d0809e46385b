import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { type PostgresServer, postgresPrograms } from '../../../test/postgres-server.ts'
import { describeOnServer } from './database.contract.ts'
import { openPgliteCaseStore } from './pglite.ts'
import { openPostgresCaseStore } from './server.ts'
import { type OpenStore, upkeepContract } from './upkeep.contract.ts'

const directories: string[] = []
const embedded: OpenStore = async () => {
  const directory = mkdtempSync(join(tmpdir(), 'counterseal-'))
  directories.push(directory)
  const store = await openPgliteCaseStore(directory)
  await store.migrate()
  return store
}
afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true })
})

// With a server, the two below hold the embedded store to the same.
if ('missing' in postgresPrograms()) upkeepContract('upkeep of the embedded case store', embedded, embedded)

describeOnServer('with a server', {}, started => {
  let server: PostgresServer
  beforeAll(() => {
    server = started()
  })
  const onServer: OpenStore = async () => {
    const store = await openPostgresCaseStore({ url: server.urlOf({ database: await server.newDatabase() }) })
    await store.migrate()
    return store
  }
  upkeepContract('upkeep from a server into the embedded case store', onServer, embedded)
  upkeepContract('upkeep from the embedded case store into a server', embedded, onServer)
})
