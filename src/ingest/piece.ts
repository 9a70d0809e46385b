import type { Problem } from '../base/index.ts'
import type { Segment, Source } from '../mapping/index.ts'
import type { ChunkSpan, LedgerChunk } from './ledger.ts'
import type { Account } from './reading.ts'

/** Lines of one piece of evidence on their way into the store: what the ledger knows as one chunk. */
export type Piece = {
  readonly account: Account
  readonly span: ChunkSpan
  readonly segment: Segment
  readonly candidates: readonly Source[]
  /** Sources that are known to claim lines of this piece. For JSON it is the account's own set. */
  readonly seen: Set<Source>
  /** Whole lines, the last one perhaps without a newline. For certificates: what our reader made of them. */
  readonly lines: Uint8Array
  /** Lines at the start that belong to a header, and to no record. */
  readonly headerLines: number
  /** Records that the reader itself could not read. An empty line keeps their place. */
  readonly unreadable: readonly UnreadableRecord[]
  /** What the ledger says when an earlier reading began to insert it and did not finish. */
  readonly intended: LedgerChunk | undefined
}

/** A record that never reaches the engine: it goes to quarantine by our own hand. */
export type UnreadableRecord = {
  readonly record_number: number
  readonly byte_offset: number
  readonly bytes: number
  readonly source: string
  readonly reason: string
  /** At most 4,096 bytes of it. */
  readonly excerpt: string
}

/** A problem with a place in a piece of evidence. */
export function problemAt(account: Account, place: string, problem: Omit<Problem, 'where'>): Problem {
  return { ...problem, where: `${account.path}, ${place}` }
}
