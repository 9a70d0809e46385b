import { CountersealError } from '../base/index.ts'
import type { AddressRange, Source } from '../mapping/index.ts'
import type { EventStore } from '../model/index.ts'
import type { ChunkLimits } from './chunks.ts'
import { defaultLimits } from './chunks.ts'
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
  readonly limits: IngestLimits
  /** IANA name of the zone of times that logs tell without one. Default: UTC. */
  readonly logZone?: string
  /** Day, as 2026-11-24, after which nothing in the logs can have happened; by it a missing year is told. Default: when the file was last changed. */
  readonly logUntil?: string
  readonly signal?: AbortSignal
  /** Called after every chunk of large evidence. */
  readonly onProgress?: (progress: Progress) => void
}

export type IngestLimits = ChunkLimits & {
  /** Evidence up to this size is gathered: an insertion by itself would cost it as much as reading 4 MiB does. */
  readonly smallBytes: number
  /** What is gathered before it is inserted, in bytes and in pieces of evidence. */
  readonly pileBytes: number
  readonly pileFiles: number
}

/** A pile is about a chunk large; among a thousand files the cost of a statement vanishes. */
export const defaultIngestLimits: IngestLimits = {
  ...defaultLimits,
  smallBytes: 4 << 20,
  pileBytes: 32 << 20,
  pileFiles: 1024,
}

export type Progress = {
  readonly path: string
  /** Bytes of this piece of evidence, decompressed, that were read so far. */
  readonly bytes: number
  /** Records read so far in it. */
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
