import type { Problem } from '../base/index.ts'
import type { Source } from '../mapping/index.ts'
import { isMapped } from '../mapping/index.ts'
import type { EvidenceFormat } from './evidence-reader.ts'
import type { Outcome } from './ledger.ts'
import { addOutcomes, nothing } from './ledger.ts'

/** What became of one piece of evidence. records = stored + malformed + ignored, always. */
export type Reading = Outcome & {
  readonly path: string
  /** Empty when it was not recognised. */
  readonly evidence_id: string
  readonly format?: EvidenceFormat
  /** Sources that claimed records, by id. */
  readonly sources: readonly string[]
  /** Decompressed bytes. */
  readonly bytes: number
  readonly records: number
  /** Records that were in the store before. */
  readonly known: number
  readonly problems: readonly Problem[]
  /** Why it was not read. */
  readonly unknown?: string
}

/** Keeps the accounts of one piece of evidence while it is read. */
export class Account {
  readonly path: string
  readonly evidence_id: string
  readonly format: EvidenceFormat
  /** Sources that are known to claim records here. Grows when the census finds more. */
  readonly seen: Set<Source>
  readonly problems: Problem[] = []
  /** SHA-256 of everything that was read, lower-case hexadecimal. */
  content_sha256 = ''
  bytes = 0
  records = 0
  #known = 0
  #outcome = nothing

  constructor(path: string, evidence_id: string, format: EvidenceFormat, seen: Iterable<Source>) {
    this.path = path
    this.evidence_id = evidence_id
    this.format = format
    this.seen = new Set(seen)
  }

  add(outcome: Outcome): void {
    this.#outcome = addOutcomes(this.#outcome, outcome)
  }

  /** Records that are in the store from an earlier reading. */
  addKnown(records: number, outcome: Outcome): void {
    this.#known += records
    this.add(outcome)
  }

  /** Takes over the accounts of evidence with the same bytes that was read just before: everything is known. */
  copyOf(other: Account): void {
    const { content_sha256, bytes, records } = other
    Object.assign(this, { content_sha256, bytes, records })
    for (const source of other.seen) this.seen.add(source)
    this.addKnown(records, other.#outcome)
  }

  /** Nothing of it is or has been in the store: only a line that is still being written was there. */
  get isEmpty(): boolean {
    return this.content_sha256 === ''
  }

  reading(): Reading {
    const { path, evidence_id, format, bytes, records, problems } = this
    const sources = [...this.seen].filter(isMapped).map(source => source.id)
    return { path, evidence_id, format, sources, bytes, records, known: this.#known, problems, ...this.#outcome }
  }
}

/** Why something was not read at all. */
export function unreadReading(path: string, unknown: string, problems: readonly Problem[]): Reading {
  return { path, evidence_id: '', sources: [], bytes: 0, records: 0, known: 0, problems, unknown, ...nothing }
}

/** The head that was looked at, and the rest, as one stream again. */
export async function* joined(head: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head
  yield* rest
}
