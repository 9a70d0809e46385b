import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/pglite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeOnServer, temporaryDatabase } from './database.contract.ts'
import { migrate } from './migrate.ts'
import { openPgliteCaseStore } from './pglite.ts'
import { openPostgresCaseStore } from './server.ts'
import { inventedChange, trustLedgerContract } from './trust-ledger.contract.ts'
import { postgresTrustLedger } from './trust-ledger.ts'

const directories: string[] = []
const openHere = () => {
  directories.push(mkdtempSync(join(tmpdir(), 'counterseal-')))
  return openPgliteCaseStore(directories.at(-1) ?? '')
}
afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true })
})

trustLedgerContract(
  'the trust ledger of the embedded case store',
  async () => {
    const store = await openHere()
    return [store, store]
  },
  openHere,
)

describeOnServer('on a server', {}, started => {
  const open = (schema: string) => openPostgresCaseStore({ url: started().url, schema })
  trustLedgerContract(
    'the trust ledger on a server',
    async () => [await open('first'), await open('first')],
    () => open('second'),
  )
})

let database: Awaited<ReturnType<typeof temporaryDatabase>>
beforeAll(async () => {
  database = await temporaryDatabase()
  await migrate(drizzle(database.client))
  await postgresTrustLedger(drizzle(database.client)).appendTrust([inventedChange(), inventedChange()])
})
afterAll(() => database.remove())

test.each([
  "update trust_ledger set after = 'another' where sequence = 1",
  'delete from trust_ledger where sequence = 2',
  'delete from trust_ledger where false',
  'truncate trust_ledger',
])('the database refuses: %s', async statement => {
  await expect(database.client.exec(statement)).rejects.toThrow('only ever added to')
  const { rows } = await database.client.query('select sequence from trust_ledger')
  expect(rows.length).toBe(2)
})
