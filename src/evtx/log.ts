import type { Problem } from '../base/index.ts'
import { assert } from '../base/index.ts'
import { chunkSize, fileHeaderSize, mostProblemsOfChunk } from './bounds.ts'
import { type Chunk, chunkOver } from './chunk.ts'
import { type ChunkHeader, isEmpty, readChunkHeader } from './chunk-header.ts'
import { type KnownTemplates, noKnownTemplates } from './definition.ts'
import { type FileHeader, problemsAtEnd, readFileHeader } from './file-header.ts'
import { findRecords } from './find-records.ts'
import { toJson, treeJson, wholeJson } from './json.ts'
import { emptyMemo, type Memo } from './memo.ts'
import type { EventRecord } from './record.ts'
import { readRecord, recoverRecords } from './records.ts'

/** A log while it is read, chunk by chunk. What it keeps is bounded, however long the file is. */
export type Log = {
  readonly header: FileHeader | undefined
  /** What is wrong with the file header. */
  readonly problems: readonly Problem[]
  readonly recover: boolean
  readonly known: KnownTemplates
  readonly memo: Memo
  nextChunk: number
  filledChunks: number
  octets: number
}

export type LogOptions = {
  /** Also what was deleted or overwritten in part: behind the free space of chunks, and in those that are damaged. Default false. */
  readonly recover?: boolean
}

export type ChunkReading = {
  /** Counted from 0. */
  readonly number: number
  /** Absent when the chunk is empty or does not begin as one. */
  readonly header: ChunkHeader | undefined
  /** In the order in which they lie in the chunk; recovered ones come last. */
  readonly records: readonly EventRecord[]
  /** What is wrong with the chunk. Records carry their own problems. */
  readonly problems: readonly Problem[]
}

/** @param bytes the first 4,096 octets of the file, or all when it has fewer */
export function beginLog(bytes: Uint8Array, { recover = false }: LogOptions = {}): Log {
  const { header, problems } = readFileHeader(bytes)
  const octets = Math.min(bytes.length, fileHeaderSize)
  return {
    header,
    problems,
    recover,
    known: noKnownTemplates(),
    memo: emptyMemo(),
    nextChunk: 0,
    filledChunks: 0,
    octets,
  }
}

/**
 * Reads the next chunk.
 *
 * @param bytes the next 65,536 octets of the file, or the rest of it. They must not change while the records are in use.
 */
export function readChunk(log: Log, bytes: Uint8Array): ChunkReading {
  const chunk = nextChunk(log, bytes)
  const { number, problems } = chunk
  if (isEmpty(chunk)) return { number, header: undefined, records: [], problems }
  log.filledChunks += 1
  const header = readChunkHeader(chunk)
  const records = header === undefined ? [] : findRecords(chunk, header).map(place => readRecord(chunk, place))
  if (log.recover) records.push(...recoverRecords(chunk, header?.records_end ?? 0))
  return { number, header, records, problems }
}

/** A chunk as JSON, for people and for other programs. */
export type JsonReading = {
  readonly number: number
  /** One for each record, as `toJson` gives it. */
  readonly lines: readonly string[]
  /** Of the chunk and of all its records. */
  readonly problems: readonly Problem[]
}

/**
 * Reads the next chunk to JSON only: the same lines as `toJson` of its records, in less time, because nobody asks for the values.
 * The problems are the same too, but that nothing is said about values in System that cannot be what they must be.
 */
export function readChunkAsJson(log: Log, bytes: Uint8Array): JsonReading {
  const chunk = nextChunk(log, bytes)
  const { number } = chunk
  if (isEmpty(chunk)) return { number, lines: [], problems: [] }
  log.filledChunks += 1
  const header = readChunkHeader(chunk)
  const records: EventRecord[] = []
  const lines = (header === undefined ? [] : findRecords(chunk, header)).map(place => {
    const json = wholeJson(chunk, place)
    if (json !== undefined) return json
    const record = readRecord(chunk, place)
    records.push(record)
    return treeJson(record)
  })
  if (log.recover)
    for (const record of recoverRecords(chunk, header?.records_end ?? 0)) {
      records.push(record)
      lines.push(toJson(record))
    }
  return { number, lines, problems: [...chunk.problems, ...records.flatMap(({ problems }) => problems)] }
}

function nextChunk(log: Log, bytes: Uint8Array): Chunk {
  assert(bytes.length <= chunkSize, 'a chunk has 64 KiB at most')
  const number = log.nextChunk
  log.nextChunk += 1
  log.octets += bytes.length
  const chunk = chunkOver(number, fileHeaderSize + number * chunkSize, bytes, log.known, log.memo)
  chunk.mostProblems = mostProblemsOfChunk
  return chunk
}

/** The problems that only the end of the file shows: it was cut off, or has other chunks than it says. */
export function endLog({ header, octets, filledChunks }: Log): readonly Problem[] {
  return problemsAtEnd(header, octets, filledChunks)
}
