import type { Problem } from '../base/index.ts'

/**
 * A reader of evidence that does not have one record on each line. It takes bytes as they come and gives records, each
 * with the JSON lines that are read in its place. Where it stands never depends on how the bytes were cut into pieces.
 */
export type RecordReader = {
  /** The bytes that follow on those before. What comes back is valid until the next call. */
  add(bytes: Uint8Array): readonly CutRecord[]
  /** Nothing follows. `mayGrow`: more may be written later, so a record that is not whole is left as it is. */
  end(mayGrow: boolean): ReaderEnd
}

/** A record in the order of the evidence. No two of them overlap. */
export type CutRecord = {
  /** From the start of the evidence, to the first byte of the record. */
  readonly byte_offset: number
  /** Its length, without what separates it from the next. */
  readonly bytes: number
  /** It as it stands, or the start of what could not be read, at most {@link longestExcerpt} bytes. */
  readonly text: Uint8Array
  /** One JSON object each, without a newline; an empty one for a blank line. None when there is a problem. */
  readonly lines: readonly Uint8Array[]
  readonly problem?: Problem
}

export type ReaderEnd = {
  readonly records: readonly CutRecord[]
  /** What may still be being written. Only with `mayGrow`. */
  readonly left?: { readonly byte_offset: number; readonly bytes: number }
  /** The evidence as a whole ends too early, and no record is hurt. */
  readonly problem?: Problem
}

/** As much as is kept of what could not be read, in bytes. */
export const longestExcerpt = 4096
