import { CountersealError } from '../base/index.ts'
import type { AddressRange, Source } from '../mapping/index.ts'
import type { EventStore } from '../model/index.ts'
import type { ChunkLimits } from './chunks.ts'
import type { Sequence } from './ledger.ts'

/** What reading evidence needs from the rest of the house. */
export type IngestContext = {
  readonly store: EventStore
  readonly sources: readonly Source[]
  readonly sequence: Sequence
  /** Directory for chunks on their way into the store. Emptied at every start. */
  readonly tmp: string
  /** Directory where standard input is kept, so that its records can be shown later. */
  readonly spool: string
  readonly localRanges: readonly AddressRange[]
  readonly limits: ChunkLimits
  readonly signal?: AbortSignal
  /** Called after every chunk. */
  readonly onProgress?: (progress: Progress) => void
}

export type Progress = {
  readonly path: string
  /** Bytes on disk of this file that were read so far. */
  readonly fileBytes: number
  /** Records read so far in this file. */
  readonly records: number
}

/** A failure of the file system while writing, as an error of ours. */
export function worldFailure(attempted: string, cause: unknown): CountersealError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new CountersealError('store/full', { message: `${attempted}: no space is left on the disk.`, cause })
  return new CountersealError('input/unreadable', {
    message: `${attempted}: ${cause instanceof Error ? cause.message : String(cause)}.`,
    cause,
  })
}
