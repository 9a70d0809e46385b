import { randomUUID } from 'node:crypto'
import type { EventStore, Row } from '../model/index.ts'
import { rowsOf } from '../model/index.ts'
import type { Chunk } from './chunks.ts'

/**
 * The ledger: which chunks of which evidence are in the store. A chunk is written down before it is inserted, with the
 * sequence its rows get, and again when it is done. Of what was only intended nobody knows how much arrived.
 */

export type LedgerChunk = {
  readonly byte_offset: number
  readonly byte_end: number
  readonly prefix_sha256: string
  readonly records: number
  readonly sequence: number
  /** Of the insertions it was to be part of. */
  readonly tokens: readonly string[]
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

/** What the store knows of some pieces of evidence. */
export type Known = {
  chunksOf(evidence_id: string): readonly LedgerChunk[]
  /** Whether a reading of this content under this path is written down. */
  hasReading(evidence_id: string, content_sha256: string, path: string): boolean
}

/** Two queries, however many ids. */
export async function knownOf(store: EventStore, evidence_ids: readonly string[]): Promise<Known> {
  const params = { evidence_ids: [...new Set(evidence_ids)] }
  const chunks = new Map<string, LedgerChunk[]>()
  for (const row of await rowsOf(store, 'chunks-of-many', { params })) {
    const list = chunks.get(String(row.evidence_id)) ?? []
    chunks.set(String(row.evidence_id), list)
    list.push(chunkOf(row))
  }
  const readings = await rowsOf(store, 'readings-of-many', { params })
  const told = new Set(readings.map(row => `${row.evidence_id}/${row.content_sha256}/${row.path}`))
  return {
    chunksOf: evidence_id => chunks.get(evidence_id) ?? [],
    hasReading: (evidence_id, content_sha256, path) => told.has(`${evidence_id}/${content_sha256}/${path}`),
  }
}

function chunkOf(row: Row): LedgerChunk {
  return {
    byte_offset: Number(row.byte_offset),
    byte_end: Number(row.byte_end),
    prefix_sha256: String(row.prefix_sha256),
    records: Number(row.records),
    sequence: Number(row.sequence),
    tokens: row.tokens as string[], // Array(String) of our own table
    done: Boolean(row.done),
    outcome: {
      stored: Number(row.stored),
      malformed: Number(row.malformed),
      ignored: Number(row.ignored),
      ignored_because: row.ignored_because as Record<string, number>, // Map(String, UInt64) of our own table
    },
  }
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

/** A line of the ledger. */
export type Entry = {
  readonly evidence_id: string
  readonly span: ChunkSpan
  readonly sequence: number
  /** Of the insertion it is part of. */
  readonly token: string
  readonly outcome?: Outcome
}

/** Writes chunks down, all or none. A chunk that is written down twice is the same chunk. */
export async function writeDown(
  store: EventStore,
  entries: readonly Entry[],
  state: 'intended' | 'done',
): Promise<void> {
  const written_at = new Date().toISOString()
  const rows = entries.map(({ evidence_id, span, sequence, token, outcome = nothing }) => {
    const { byte_offset, byte_end, prefix_sha256, first_record, records } = span
    const place = { evidence_id, byte_offset, byte_end, prefix_sha256, first_record, records }
    return { ...place, sequence, token, state, ...outcome, written_at }
  })
  await store.append('evidence_chunk', rows, newToken())
}

/**
 * A token that was never used. A token made of what is inserted would be remembered by the engine beyond a death in the
 * middle, together with rows that never arrived (docs/decisions/0006).
 */
export function newToken(): string {
  return randomUUID()
}
