import type { Problem } from '../base/index.ts'
import type { Format } from '../mapping/index.ts'
import type { Outcome } from './ledger.ts'

/** What became of one file. records = stored + malformed + ignored, always. */
export type Reading = Outcome & {
  readonly path: string
  /** Empty when the file was not recognised. */
  readonly evidence_id: string
  readonly format?: Format
  /** Sources that claimed records, by id. */
  readonly sources: readonly string[]
  /** Decompressed bytes. */
  readonly bytes: number
  readonly records: number
  /** Records that were in the store before. */
  readonly known: number
  readonly problems: readonly Problem[]
  /** Why the file was not read. */
  readonly unknown?: string
}

/** What a reader makes of a file, and the SHA-256 of everything it read. */
export type Totals = Reading & { readonly format: Format; readonly content_sha256: string }

/** The head that was looked at, and the rest, as one stream again. */
export async function* joined(head: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head
  yield* rest
}
