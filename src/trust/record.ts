import { createHash } from 'node:crypto'
import type { EventStore, Row, TrustChange, TrustLedger, TrustObjectKind } from '../model/index.ts'
import { rowsOf } from '../model/index.ts'
import { completed, type Told, text } from './actors.ts'

export type RecordOptions = {
  /** Snapshot of the reference data, which says what counts; it is in the store. */
  readonly intelSnapshot: string
  /** The first ingest_sequence to look at. */
  readonly first: number
  readonly signal?: AbortSignal
}

/** Changes taken out of the store at once. */
const pageSize = 500

/** Characters of what a value was set to. More are cut, and their digest is said. */
const longestState = 8192

/**
 * What events of the store say was changed in what machines trust, oldest first, in pages. Nothing is looked up for a store
 * without any.
 */
export async function* changesOfEvents(
  store: EventStore,
  { intelSnapshot, first, signal }: RecordOptions,
): AsyncGenerator<readonly TrustChange[]> {
  const stop = signal === undefined ? {} : { signal }
  let page: Told[] = []
  for await (const row of store.query('trust-changes', { params: { intel: intelSnapshot, first }, ...stop })) {
    page.push(toldBy(row))
    if (page.length < pageSize) continue
    yield await completed(store, page, stop)
    page = []
  }
  if (page.length > 0) yield await completed(store, page, stop)
}

function toldBy(row: Row): Told {
  const event_time = text(row.event_time)
  const change: TrustChange = {
    host: text(row.host),
    object_kind: text(row.object_kind) as TrustObjectKind, // of our own query
    object: text(row.object),
    described: '',
    operation: row.operation === 'set' ? 'set' : 'deleted',
    before: state(text(row.before)),
    after: state(text(row.after)),
    changed_from: event_time,
    changed_until: event_time,
    provenance: 'event',
    actor_process: text(row.process),
    actor_process_entity_id: text(row.process_entity_id),
    actor_command_line: text(row.command_line),
    actor_parent: text(row.parent),
    actor_user: text(row.user_name),
    actor_user_id: text(row.user_id),
    actor_logon_id: text(row.logon_id),
    actor_logon_type: '',
    actor_source_address: '',
    event_uid: text(row.uid),
    evidence_file: '',
    record_number: Number(row.record_number),
    evidence_key: `event:${text(row.record_key)}`,
  }
  return { change, evidence: text(row.evidence), thumbprint: text(row.thumbprint) }
}

/** Null for nothing. */
export function state(told: string): string | null {
  if (told === '') return null
  if (told.length <= longestState) return told
  return `${told.slice(0, longestState)}… sha256:${createHash('sha256').update(told).digest('hex')}`
}

export type Recorded = {
  /** Entries that are new in the ledger. */
  readonly added: number
  /** Changes that the evidence tells, those that the ledger has already included. */
  readonly told: number
}

/** Writes what is new into the ledger, which is opened when there is something to write. */
export async function recordPages(
  pages: AsyncIterable<readonly TrustChange[]>,
  ledger: () => Promise<TrustLedger>,
): Promise<Recorded> {
  let [added, told] = [0, 0]
  for await (const changes of pages) {
    told += changes.length
    added += await (await ledger()).appendTrust(changes)
  }
  return { added, told }
}

/** Whether anything was read from this ingest_sequence on that could tell of a change. Costs next to nothing. */
export async function toldSince(store: EventStore, first: number): Promise<{ events: boolean; snapshots: boolean }> {
  const [row] = await rowsOf(store, 'trust-new', { params: { first } })
  return { events: Number(row?.events) > 0, snapshots: Number(row?.registry_values) > 0 }
}

/** The ingest_sequence that the next record will get. */
export async function nextSequence(store: EventStore): Promise<number> {
  const [row] = await rowsOf(store, 'next-sequence')
  return Number(row?.next ?? 0)
}
