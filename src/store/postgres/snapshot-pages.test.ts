import type { PGlite } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/pglite'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { CaseStore, ExportedRow } from '../../model/index.ts'
import type { Ask } from './ask.ts'
import { postgresCaseStore } from './case-store.ts'
import { temporaryDatabase } from './database.contract.ts'
import { inventedFinding, inventedHunt } from './invented.contract.ts'
import { keptTables } from './kept-tables.ts'
import { pageBytes, rowPages } from './row-pages.ts'
import { citedPages, exportedPages } from './snapshot-pages.ts'

let database: { client: PGlite; remove: () => Promise<void> }
let store: CaseStore
beforeAll(async () => {
  database = await temporaryDatabase()
  store = postgresCaseStore(drizzle(database.client), { close: async () => {}, engine: 'pglite', location: 'memory' })
  await store.migrate()
})
afterAll(() => database.remove())
beforeEach(async () => {
  await database.client.exec('truncate finding, hunt')
})

const ask: Ask = async (query, parameters = []) =>
  (await database.client.query<Record<string, string>>(query, [...parameters])).rows

const collect = async <T>(from: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = []
  for await (const one of from) all.push(one)
  return all
}

const bytesOf = (page: readonly ExportedRow[]) => page.reduce((sum, { row }) => sum + Buffer.byteLength(row), 0)

test('a page never takes more than it may, unless a single row does, and nothing is left out', async () => {
  const sizes = [
    ...Array(40).fill(10),
    3_000_000,
    3_000_000,
    3_000_000,
    10,
    15_000_000,
    10,
    9_000_000,
    ...Array(600).fill(10),
  ]
  const findings = sizes.map((size, place) =>
    inventedFinding({ finding_id: place.toString(16).padStart(32, '0'), summary: 'x'.repeat(size) }),
  )
  await store.recordHunt(inventedHunt(), findings)
  const pages = await collect(exportedPages(ask))
  for (const page of pages) expect(page.length === 1 || bytesOf(page) <= pageBytes).toBe(true)
  const ids = pages.flat().flatMap(({ row }) => JSON.parse(row).finding_id ?? [])
  expect(ids).toEqual(findings.map(one => one.finding_id))
  // The same bounds on the way in.
  async function* rows() {
    for (const page of pages) yield* page
  }
  const pagesIn = await collect(rowPages(rows()))
  expect(pagesIn.flat()).toEqual(pages.flat())
  for (const page of pagesIn) {
    expect(page.length <= 500 && (page.length === 1 || bytesOf(page) <= pageBytes)).toBe(true)
    expect(new Set(page.map(one => one.table)).size).toBe(1)
  }
})

test('a page is read by the primary key', async () => {
  await database.client.exec('set enable_seqscan = off; set enable_sort = off')
  const plans: string[] = []
  const explain: Ask = async (query, parameters = []) => {
    const { rows } = await database.client.query(`explain ${query}`, [...parameters])
    plans.push(JSON.stringify(rows))
    return ask(query, parameters)
  }
  await store.recordHunt(inventedHunt(), [inventedFinding()])
  await collect(exportedPages(explain))
  await database.client.exec('reset enable_seqscan; reset enable_sort')
  // A table with a row is asked again for what comes after it.
  const empty = keptTables.map(({ name }) => name).filter(name => name !== 'hunt' && name !== 'finding')
  const asked = ['hunt', 'hunt', 'finding', 'finding', ...empty]
  expect(plans.length).toBe(asked.length)
  for (const [nth, table] of asked.entries()) expect(plans[nth]).toContain(`${table}_pkey`)
})

test.each([
  ['that is missing', `finding - 'evidence'`],
  ['that is no list', `jsonb_set(finding, '{evidence}', '7')`],
  ['that names no event', `jsonb_set(finding, '{evidence}', '[{"file":"x"}]')`],
  ['that names something else', `jsonb_set(finding, '{evidence,0,event_uid}', '"x"')`],
  ['that names nothing', `jsonb_set(finding, '{evidence,0,event_uid}', 'null')`],
])('whoever forgets events is told of a finding with evidence %s', async (_, change) => {
  await store.recordHunt(inventedHunt(), [inventedFinding(), inventedFinding()])
  await database.client.exec(
    `update finding set finding = ${change} where finding_id = (select min(finding_id) from finding)`,
  )
  const reading = () =>
    database.client.transaction(transaction =>
      collect(
        citedPages(async (query, parameters = []) => {
          const { rows } = await transaction.query<Record<string, string>>(query, [...parameters])
          return rows
        }),
      ),
    )
  await expect(reading()).rejects.toMatchObject({ code: 'store/damaged' })
})
