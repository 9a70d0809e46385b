import type { EventKind, EventStore, Row } from '../model/index.ts'
import { rowsOf } from '../model/index.ts'

/** Where an event was read. */
export type EventLocation = {
  readonly kind: EventKind
  readonly evidence_id: string
  readonly record_number: number
  readonly source: string
}

/** Finds an event by its uid in every kind; undefined when there is none. `uid`: 32 lower-case hexadecimal digits. */
export async function locate(store: EventStore, uid: string): Promise<EventLocation | undefined> {
  const [row] = await rowsOf(store, 'locate-event', { params: { uid } })
  if (row === undefined) return undefined
  return {
    kind: String(row.kind) as EventKind, // the query writes the kinds' own names
    evidence_id: String(row.evidence_id),
    record_number: Number(row.record_number),
    source: String(row.source),
  }
}

/** What could not be read, oldest reading first. */
export function quarantine(store: EventStore, limit: number): AsyncIterable<Row> {
  return store.query('quarantine', { params: { limit } })
}

/** Every piece of evidence with its accounting, in the order of reading. */
export function evidenceList(store: EventStore): AsyncIterable<Row> {
  return store.query('evidence-list')
}
