import { drizzle } from 'drizzle-orm/pglite'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { postgresCaseStore } from './case-store.ts'
import { temporaryDatabase } from './database.contract.ts'
import { inventedFinding, inventedHunt } from './invented.contract.ts'
import { migrate } from './migrate.ts'
import { type Migration, shippedMigrations } from './migrations.ts'
import { upgradeContract } from './upgrade.contract.ts'

let database: Awaited<ReturnType<typeof temporaryDatabase>>
beforeAll(async () => {
  database = await temporaryDatabase()
})
afterAll(() => database.remove())
beforeEach(async () => {
  await database.client.exec('drop schema public cascade; create schema public')
})

const one: Migration = { name: '0001_one', text: '-- Why: to try.\ncreate table one (n int)' }
const two: Migration = {
  name: '0002_two',
  text: '-- Why: to try.\ncreate table two (n int);\n--> statement-breakpoint\ninsert into two values (2);',
}

test('only what is missing is applied, in the order of the names', async () => {
  const db = drizzle(database.client)
  expect(await migrate(db, [one])).toEqual(['0001_one'])
  expect(await migrate(db, [one, two])).toEqual(['0002_two'])
  expect(await migrate(db, [one, two])).toEqual([])
  expect((await database.client.query('select n from two')).rows).toEqual([{ n: 2 }])
})

test('when one migration fails, none of them has happened', async () => {
  const db = drizzle(database.client)
  const broken: Migration = { name: '0002_broken', text: '-- Why: to fail.\ncreate table nonsense (n no_such_type)' }
  await expect(migrate(db, [one, broken])).rejects.toThrow()
  expect((await database.client.query(`select to_regclass('one') as one`)).rows).toEqual([{ one: null }])
  expect(await migrate(db, [one])).toEqual(['0001_one'])
})

test('a store that a newer build has migrated is refused', async () => {
  const db = drizzle(database.client)
  await migrate(db, [one, two])
  await expect(migrate(db, [one])).rejects.toMatchObject({
    code: 'store/newer-schema',
    message: expect.stringContaining('0002_two'),
  })
})

test('a migration that was edited after it was applied is refused', async () => {
  const db = drizzle(database.client)
  await migrate(db, [one])
  const edited = { ...one, text: `${one.text} -- harmless?` }
  await expect(migrate(db, [edited, two])).rejects.toMatchObject({
    code: 'store/damaged',
    message: expect.stringContaining('0001_one'),
  })
  expect((await database.client.query(`select to_regclass('two') as two`)).rows).toEqual([{ two: null }])
})

test('the store remembers the hash of what it applied', async () => {
  await migrate(drizzle(database.client))
  const { rows } = await database.client.query<{ name: string; sha256: string }>(
    'select name, sha256 from schema_migration order by name',
  )
  expect(rows.map(row => row.name)).toEqual(shippedMigrations().map(migration => migration.name))
  for (const row of rows) expect(row.sha256).toMatch(/^[0-9a-f]{64}$/)
})

test('a stored finding that has lost its shape is reported as damage, by hunt, id and field', async () => {
  const store = postgresCaseStore(drizzle(database.client), {
    close: async () => {},
    engine: 'pglite',
    location: 'memory',
  })
  await store.migrate()
  const [hunt, finding] = [inventedHunt(), inventedFinding()]
  await store.recordHunt(hunt, [finding])
  await database.client.exec(`update finding set finding = jsonb_set(finding, '{score}', '"high"')`)
  const damaged = {
    code: 'store/damaged',
    message: expect.stringMatching(`${finding.finding_id}.*${hunt.hunt_id}.*score`),
  }
  await expect(store.finding(finding.finding_id)).rejects.toMatchObject(damaged)
  await expect(store.findings(hunt.hunt_id)).rejects.toMatchObject(damaged)
})

test('the reads of the port go through their indexes', async () => {
  await migrate(drizzle(database.client))
  // On empty tables the planner would rather read everything.
  await database.client.exec('set enable_seqscan = off; set enable_sort = off')
  const planOf = async (query: string) => JSON.stringify((await database.client.query(`explain ${query}`)).rows)
  const newest = 'order by started_at desc, finished_at desc, hunt_id desc'
  expect(await planOf(`select hunt_id from hunt ${newest} limit 10`)).toContain('Backward using hunt_newest')
  expect(await planOf(`select 1 from finding where finding_id = 'x'`)).toContain('finding_history')
  expect(await planOf(`select 1 from finding where hunt_id = gen_random_uuid()`)).toContain('finding_pkey')
})

upgradeContract('upgrade of the embedded case store', async () => {
  const { client, remove } = await temporaryDatabase()
  return { database: drizzle(client), ask: async query => (await client.query(query)).rows, remove }
})
