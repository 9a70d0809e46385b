import { statfs } from 'node:fs/promises'
import type { Row, Shard, TableSize } from '../model/index.ts'
import { eventKindNames, rowsOf } from '../model/index.ts'
import { entriesOf } from './files.ts'
import type { UnfinishedRestore } from './marker.ts'
import { unfinishedRestore } from './marker.ts'
import type { ExistingStores, Stores } from './stores.ts'

export type StoreName = 'events' | 'cases'

export type StoreStatus = {
  readonly store: StoreName
  readonly engine: string
  readonly version: string
  readonly location: string
  /** Applied to it, in order. Empty: the store was never brought up to a schema. */
  readonly migrations: readonly string[]
  readonly shards: readonly Shard[]
  readonly tables: readonly TableSize[]
}

/** When the events of a kind happened; kinds without events are left out. Times ISO 8601 UTC. */
export type KindSpan = {
  readonly kind: string
  readonly events: number
  readonly oldest: string
  readonly newest: string
}

export type Status = {
  /** Those that are there; a case store is made by the first hunt that is kept. */
  readonly stores: readonly StoreStatus[]
  readonly kinds: readonly KindSpan[]
  /** Pieces of evidence from standard input that are kept. */
  readonly spooled: number
  readonly free_bytes: number
  readonly unfinished?: UnfinishedRestore
}

/** Looks, and changes nothing: neither store is migrated. `data`: the directory whose disk is looked at. */
export async function statusOf({ events, cases, spool }: ExistingStores, data: string): Promise<Status> {
  const stores: StoreStatus[] = []
  if (events !== undefined) stores.push(await eventStoreStatus(events))
  if (cases !== undefined) stores.push(await caseStoreStatus(cases))
  const { bavail, bsize } = await statfs(data)
  const unfinished = unfinishedRestore(data)
  return {
    stores,
    kinds: events === undefined ? [] : await spans(events, stores[0]?.tables ?? []),
    spooled: (await entriesOf(spool)).length,
    free_bytes: bavail * bsize,
    ...(unfinished === undefined ? {} : { unfinished }),
  }
}

async function eventStoreStatus(events: Stores['events']): Promise<StoreStatus> {
  const { engine, version, location, migrations, shards } = await events.describe()
  return { store: 'events', engine, version, location, migrations, shards, tables: await events.upkeep.sizes() }
}

async function caseStoreStatus(cases: Stores['cases']): Promise<StoreStatus> {
  return { store: 'cases', ...(await cases.describe()), shards: [], tables: await cases.upkeep.sizes() }
}

/** A statement per kind that has rows, by the minmax index on event_time where the engine uses it. */
async function spans(events: Stores['events'], tables: readonly TableSize[]): Promise<readonly KindSpan[]> {
  const rows: Row[] = []
  for (const kind of eventKindNames) {
    if (!tables.some(({ table, rows }) => table === kind && rows > 0)) continue
    const text = `SELECT count() AS events, toString(min(event_time)) AS oldest, toString(max(event_time)) AS newest FROM ${kind}`
    rows.push(...(await rowsOf(events, { name: `status/${kind}`, text })).map(row => ({ ...row, kind })))
  }
  const instant = (value: unknown) => `${String(value).replace(' ', 'T')}Z`
  return rows.map(row => ({
    kind: String(row.kind),
    events: Number(row.events),
    oldest: instant(row.oldest),
    newest: instant(row.newest),
  }))
}
