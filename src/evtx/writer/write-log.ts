import { crc32 } from 'node:zlib'
import { assert } from '../../base/index.ts'
import { chunkSize, fileHeaderSize } from '../bounds.ts'
import { addRecord, type ChunkWriter, finishChunk, newChunk } from './chunk-writer.ts'
import type { WrittenRecord } from './written.ts'

export type WriteOptions = {
  /** Identifier of the first record. Default 1. */
  readonly first_record_id?: bigint
  /** A chunk is closed when it has so many, full or not. Default: when nothing more fits. */
  readonly most_records_in_chunk?: number
  /** As if the machine had lost its power. Default false. */
  readonly is_dirty?: boolean
  readonly is_full?: boolean
}

/**
 * A log with these records, as Windows would have written it. It is for fixtures: everything is in memory.
 * A record that is longer than a chunk is the caller's mistake.
 */
export function writeLog(records: Iterable<WrittenRecord>, options: WriteOptions = {}): Uint8Array {
  const { first_record_id = 1n, most_records_in_chunk = Number.POSITIVE_INFINITY } = options
  const chunks: Uint8Array[] = []
  let chunk: ChunkWriter = newChunk()
  let id = first_record_id
  let written = 0n
  const close = () => {
    chunks.push(finishChunk(chunk, written - BigInt(chunk.count) + 1n))
    chunk = newChunk()
  }
  for (const record of records) {
    id = record.record_id ?? id
    if (chunk.count >= most_records_in_chunk) close()
    if (!addRecord(chunk, id, record)) {
      close()
      assert(addRecord(chunk, id, record), 'a record fits into a chunk')
    }
    written += 1n
    id += 1n
  }
  if (chunk.count > 0) close()
  return joined(chunks, id, options)
}

function joined(chunks: readonly Uint8Array[], nextId: bigint, { is_dirty = false, is_full = false }: WriteOptions) {
  const file = new Uint8Array(fileHeaderSize + chunks.length * chunkSize)
  for (const [i, chunk] of chunks.entries()) file.set(chunk, fileHeaderSize + i * chunkSize)
  const data = new DataView(file.buffer)
  file.set(Buffer.from('ElfFile\0', 'latin1'))
  data.setBigUint64(16, BigInt(Math.max(0, chunks.length - 1)), true)
  data.setBigUint64(24, nextId, true)
  data.setUint32(32, 128, true)
  data.setUint16(36, 1, true)
  data.setUint16(38, 3, true)
  data.setUint16(40, fileHeaderSize, true)
  data.setUint16(42, chunks.length, true)
  data.setUint32(120, (is_dirty ? 1 : 0) | (is_full ? 2 : 0), true)
  data.setUint32(124, crc32(file.subarray(0, 120)), true)
  return file
}
