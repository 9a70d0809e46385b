import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { EventStore } from '../../model/index.ts'
import { rowsOf } from '../../model/index.ts'
import { openChdbEventStore } from './chdb.ts'

const directory = mkdtempSync(join(tmpdir(), 'counterseal-settle-'))
let store: EventStore

beforeAll(async () => {
  store = await openChdbEventStore(directory)
  await store.migrate()
})

afterAll(async () => {
  await store.close()
  rmSync(directory, { recursive: true, force: true })
})

it('many parts become one, with the rows they had; a table that grew by little is left alone', async () => {
  for (let part = 0; part < 6; part += 1) await addNames(part * 1000, 1000)
  expect(await names()).toEqual({ parts: 6, rows: 6000 })
  await store.settle(['certificate_name', 'certificate'])
  expect(await names()).toEqual({ parts: 1, rows: 6000 })
  for (let part = 0; part < 5; part += 1) await addNames(10_000 + part * 100, 100)
  await store.settle(['certificate_name'])
  expect(await names()).toEqual({ parts: 6, rows: 6500 })
})

async function addNames(first: number, count: number): Promise<void> {
  const text =
    "INSERT INTO certificate_name SELECT concat('com.example.n', toString(number)), unhex(leftPad(hex(number), 32, '0')), concat('n', toString(number), '.example.com') FROM numbers({first:UInt32}, {count:UInt32})"
  await store.insert({ name: 'names', text }, { params: { first, count } })
}

async function names(): Promise<{ readonly parts: number; readonly rows: number }> {
  const text =
    "SELECT count() AS parts, sum(rows) AS rows FROM system.parts WHERE active AND database = currentDatabase() AND table = 'certificate_name'"
  const [row] = await rowsOf(store, { name: 'parts', text })
  return { parts: Number(row?.parts), rows: Number(row?.rows) }
}
