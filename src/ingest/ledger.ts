import type { EventStore } from '../model/index.ts'
import { rowsOf } from '../model/index.ts'
import type { Chunk } from './chunks.ts'

/**
 * The ledger: which chunks of which evidence are in the store. A chunk is written down before it is inserted, with the
 * sequence its rows get, and again when it is done. What was only intended is inserted again under the same tokens.
 */

export type LedgerChunk = {
  readonly byte_offset: number
  readonly byte_end: number
  readonly prefix_sha256: string
  readonly records: number
  readonly sequence: number
  readonly done: boolean
  readonly outcome: Outcome
}

/** What became of records. `ignored_because` counts them by reason and adds up to `ignored`. */
export type Outcome = {
  readonly stored: number
  readonly malformed: number
  readonly ignored: number
  readonly ignored_because: Readonly<Record<string, number>>
}

export const nothing: Outcome = { stored: 0, malformed: 0, ignored: 0, ignored_because: {} }

export function addOutcomes(a: Outcome, b: Outcome): Outcome {
  const ignored_because: Record<string, number> = { ...a.ignored_because }
  for (const [reason, count] of Object.entries(b.ignored_because))
    ignored_because[reason] = (ignored_because[reason] ?? 0) + count
  return {
    stored: a.stored + b.stored,
    malformed: a.malformed + b.malformed,
    ignored: a.ignored + b.ignored,
    ignored_because,
  }
}

export async function chunksOf(store: EventStore, evidence_id: string): Promise<readonly LedgerChunk[]> {
  const rows = await rowsOf(store, 'chunks-of-evidence', { params: { evidence_id } })
  return rows.map(row => ({
    byte_offset: Number(row.byte_offset),
    byte_end: Number(row.byte_end),
    prefix_sha256: String(row.prefix_sha256),
    records: Number(row.records),
    sequence: Number(row.sequence),
    done: Boolean(row.done),
    outcome: {
      stored: Number(row.stored),
      malformed: Number(row.malformed),
      ignored: Number(row.ignored),
      ignored_because: row.ignored_because as Record<string, number>, // Map(String, UInt64) of our own table
    },
  }))
}

/** Gives out ranges of ingest_sequence. One writer at a time holds a store, so a counter in memory is enough. */
export class Sequence {
  #next: number

  private constructor(next: number) {
    this.#next = next
  }

  static async of(store: EventStore): Promise<Sequence> {
    const [row] = await rowsOf(store, 'next-sequence')
    return new Sequence(Number(row?.next ?? 0))
  }

  take(records: number): number {
    const first = this.#next
    this.#next += records
    return first
  }
}

export type ChunkSpan = Pick<Chunk, 'byte_offset' | 'first_record' | 'records' | 'prefix_sha256'> & {
  readonly byte_end: number
}

/** Names the insertion of a chunk for ever: what was read up to its end, and where it began. */
export function tokenOf(evidence_id: string, span: ChunkSpan, what: string): string {
  return `${evidence_id}/${span.byte_offset}/${span.prefix_sha256}/${what}`
}

export async function writeDown(
  store: EventStore,
  evidence_id: string,
  span: ChunkSpan,
  sequence: number,
  state: 'intended' | 'done',
  outcome: Outcome = nothing,
): Promise<void> {
  const { byte_offset, byte_end, prefix_sha256, first_record, records } = span
  const row = {
    evidence_id,
    byte_offset,
    byte_end,
    prefix_sha256,
    first_record,
    records,
    sequence,
    state,
    ...outcome,
    written_at: new Date().toISOString(),
  }
  await store.append('evidence_chunk', [row], tokenOf(evidence_id, span, `ledger/${state}`))
}
