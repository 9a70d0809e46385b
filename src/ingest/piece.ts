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
  /** Where the record of each line stands, where the lines are made of records and are not the evidence itself. */
  readonly originals?: readonly Original[]
  /** Records that the reader itself could not read. An empty line keeps their place. */
  readonly unreadable: readonly UnreadableRecord[]
  /**
   * Some of these bytes may be in the store: an earlier reading began to insert them and did not finish, or cut them
   * otherwise (in chunks of another size, or in another log with the same head).
   */
  readonly cutOff: CutOff | undefined
}

/** Tokens of the insertions that brought some of these bytes, and the sequence when it was the very same chunk. */
export type CutOff = { readonly tokens: readonly string[]; readonly sequence: number | undefined }

export function cutOffOf(span: ChunkSpan, ledger: readonly LedgerChunk[]): CutOff | undefined {
  const chunks = ledger.filter(chunk => chunk.byte_offset < span.byte_end && span.byte_offset < chunk.byte_end)
  const same = chunks.find(
    chunk => !chunk.done && chunk.byte_offset === span.byte_offset && chunk.byte_end === span.byte_end,
  )
  if (chunks.length === 0) return undefined
  return { tokens: chunks.flatMap(({ tokens }) => tokens), sequence: same?.sequence }
}

/** Where a record stands in the evidence. Several lines may be made of one record. */
export type Original = { readonly byte_offset: number; readonly bytes: number }

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
