import { and, asc, desc, eq, getTableColumns, gt, gte, inArray, lt, sql } from 'drizzle-orm'
import type { TrustChange, TrustEntry, TrustLedger } from '../../model/index.ts'
import { firstPreviousHash, hashOfEntry } from '../../model/index.ts'
import { attempt } from './failure.ts'
import type { Database } from './migrate.ts'
import { trustLedger, trustPosition } from './schema.ts'
import { escapeText } from './stored-text.ts'

/** What one transaction appends. */
const batchSize = 500

/** Held while a transaction appends: the ledger has one end. The number means nothing: "TRUST" in ASCII. */
const appendLock = 0x54_52_55_53_54

const defaultPage = 1000

/** As the chain has it: UTC, microseconds. */
const moment = (column: unknown) => sql<string>`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`

const columns = {
  ...getTableColumns(trustLedger),
  changed_from: moment(trustLedger.changed_from),
  changed_until: moment(trustLedger.changed_until),
  recorded_at: moment(trustLedger.recorded_at),
}

/** The trust ledger over any PostgreSQL that Drizzle reaches. */
export function postgresTrustLedger(database: Database): TrustLedger {
  return {
    appendTrust: changes =>
      attempt('Adding to the trust ledger', async () => {
        let added = 0
        for (let start = 0; start < changes.length; start += batchSize)
          added += await appendBatch(database, changes.slice(start, start + batchSize))
        return added
      }),

    trustEntries: ({ after = 0, limit = defaultPage, host, object, kind, since, until } = {}) =>
      attempt('Reading the trust ledger', async () => {
        const rows = await database
          .select(columns)
          .from(trustLedger)
          .where(
            and(
              gt(trustLedger.sequence, after),
              host === undefined ? undefined : eq(trustLedger.host, escapeText(host.toLowerCase())),
              object === undefined
                ? undefined
                : sql`position(${escapeText(object.toLowerCase())} in ${trustLedger.object}) > 0`,
              kind === undefined ? undefined : eq(trustLedger.object_kind, kind),
              since === undefined ? undefined : gte(trustLedger.changed_until, since),
              until === undefined ? undefined : lt(trustLedger.changed_from, until),
            ),
          )
          .orderBy(asc(trustLedger.sequence))
          .limit(limit)
        // Kinds, operations and provenances are those that this code wrote; of a later build they may be others, and are shown.
        return rows as readonly TrustEntry[]
      }),

    trustHead: () => attempt('Reading the end of the trust ledger', () => headOf(database)),

    trustPosition: () =>
      attempt('Reading the position of the trust ledger', async () => {
        const [row] = await database.select().from(trustPosition).where(eq(trustPosition.reader, 'events'))
        return row?.ingest_sequence ?? 0
      }),

    setTrustPosition: ingest_sequence =>
      attempt('Keeping the position of the trust ledger', async () => {
        await database
          .insert(trustPosition)
          .values({ reader: 'events', ingest_sequence })
          .onConflictDoUpdate({ target: trustPosition.reader, set: { ingest_sequence } })
      }),
  }
}

async function headOf(database: Pick<Database, 'select'>) {
  const [head] = await database
    .select({ sequence: trustLedger.sequence, hash: trustLedger.hash })
    .from(trustLedger)
    .orderBy(desc(trustLedger.sequence))
    .limit(1)
  return head
}

function appendBatch(database: Database, changes: readonly TrustChange[]): Promise<number> {
  return database.transaction(
    async transaction => {
      await transaction.execute(sql`select pg_advisory_xact_lock(${appendLock}::bigint)`)
      const keys = changes.map(change => change.evidence_key)
      const there = await transaction
        .select({ key: trustLedger.evidence_key })
        .from(trustLedger)
        .where(inArray(trustLedger.evidence_key, keys))
      const known = new Set(there.map(({ key }) => key))
      const missing: TrustChange[] = []
      for (const change of changes) {
        if (known.has(change.evidence_key)) continue
        known.add(change.evidence_key)
        missing.push(storable(change))
      }
      if (missing.length === 0) return 0
      const earlier = await statesBefore(transaction, missing)
      const [clock] = await transaction
        .select({ recorded_at: moment(sql`clock_timestamp()`) })
        .from(sql`(select 1) as nothing`)
      let previous = await headOf(transaction)
      const rows: TrustEntry[] = []
      for (const [place, change] of missing.entries()) {
        const unhashed = {
          ...change,
          before: change.before ?? stateBefore(change, earlier.get(place), rows),
          sequence: (previous?.sequence ?? 0) + 1,
          recorded_at: clock?.recorded_at ?? '',
          previous_hash: previous?.hash ?? firstPreviousHash,
        }
        previous = { ...unhashed, hash: hashOfEntry(unhashed) }
        rows.push(previous as TrustEntry) // just made of all its fields
      }
      await transaction.insert(trustLedger).values(rows)
      return rows.length
    },
    { isolationLevel: 'read committed' },
  )
}

/** Every text escaped, so that what is hashed is what is stored. */
function storable(change: TrustChange): TrustChange {
  const pairs = Object.entries(change).map(([name, value]) => [
    name,
    typeof value === 'string' ? escapeText(value) : value,
  ])
  return Object.fromEntries(pairs) as TrustChange // the same names, and text for text
}

type State = { readonly after: string | null; readonly changed_until: string }

/** What the ledger says each object was before, by the change's place in the list. */
async function statesBefore(
  transaction: Pick<Database, 'select'>,
  changes: readonly TrustChange[],
): Promise<ReadonlyMap<number, State>> {
  const asked = changes.flatMap(({ before, host, object, changed_from }, place) =>
    before === null ? [{ place, host, object, changed_from }] : [],
  )
  if (asked.length === 0) return new Map()
  const rows = await transaction
    .select({
      place: sql<number>`asked.place`,
      after: sql<string | null>`earlier.after`,
      changed_until: moment(sql`earlier.changed_until`),
    })
    .from(
      sql`jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) as asked (place int, host text, object text, changed_from timestamptz),
        lateral (
          select one.after, one.changed_until from trust_ledger as one
          where one.host = asked.host and one.object = asked.object and one.changed_until <= asked.changed_from
          order by one.changed_until desc, one.sequence desc limit 1
        ) as earlier`,
    )
  return new Map(rows.map(({ place, after, changed_until }) => [place, { after, changed_until }]))
}

/** Of the ledger's own and of what this batch adds, the latest. */
function stateBefore(change: TrustChange, stored: State | undefined, added: readonly TrustEntry[]): string | null {
  let latest = stored
  for (const { host, object, after, changed_until } of added)
    if (host === change.host && object === change.object && changed_until <= change.changed_from)
      if (latest === undefined || changed_until >= latest.changed_until) latest = { after, changed_until }
  return latest?.after ?? null
}
