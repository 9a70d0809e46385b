import { chunkHeaderSize, smallestRecord } from './bounds.ts'
import type { Chunk } from './chunk.ts'
import { note } from './chunk.ts'
import type { ChunkHeader } from './chunk-header.ts'

/*
 * Record, little-endian:
 *   0   "**\0\0"
 *   4   u32 size, with everything
 *   8   u64 identifier
 *   16  u64 when it was written, FILETIME
 *   24  binary XML
 *   size - 4  u32 size once more
 */
const magic = 0x00002a2a
const magicOctets = Uint8Array.of(0x2a, 0x2a, 0, 0)

/** Where a record lies in its chunk. */
export type RecordPlace = {
  readonly start: number
  readonly size: number
  /** See `recovered` of a record. */
  readonly isStranger: boolean
}

/**
 * The records of a chunk up to its free space, in their order. Where no record begins, the next one that is whole is searched
 * for: nothing in front of it costs the rest of the chunk. One whose identifier the header does not cover was not written to
 * this chunk in this turn: seen in shadow copies, where a page of another chunk lies in the middle.
 */
export function findRecords(chunk: Chunk, header: ChunkHeader): readonly RecordPlace[] {
  const { first_record_id, last_record_id, records_end, is_sound } = header
  const places: RecordPlace[] = []
  let at = chunkHeaderSize
  while (at + smallestRecord <= records_end) {
    const size = sizeAt(chunk, at, records_end)
    if (size === undefined) {
      const next = findRecord(chunk, at + 1, records_end)
      if (next === undefined) break
      at = next
      continue
    }
    const id = idAt(chunk, at)
    places.push({ start: at, size, isStranger: is_sound && (id < first_record_id || id > last_record_id) })
    at += size
  }
  checkIds(chunk, header, places)
  return places
}

function idAt({ data }: Chunk, start: number): bigint {
  return data.getBigUint64(start + 8, true)
}

function checkIds(chunk: Chunk, header: ChunkHeader, places: readonly RecordPlace[]): void {
  const ids = places.map(({ start }) => idAt(chunk, start))
  const [first, last] = [ids[0], ids.at(-1)]
  if (first === undefined || last === undefined) return
  const { first_record_id, last_record_id } = header
  if (first !== first_record_id || last !== last_record_id)
    note(chunk, 'evtx/chunk-record-ids', 24, `${first_record_id} to ${last_record_id}`, `${first} to ${last}`)
  for (const [i, id] of ids.entries()) {
    const expected = (ids[i - 1] ?? id - 1n) + 1n
    if (id !== expected) note(chunk, 'evtx/record-id', places[i]?.start ?? 0, String(expected), String(id))
  }
}

/** The size of the record at `at`. Undefined, with a problem of the chunk, when none begins there. */
function sizeAt(chunk: Chunk, at: number, end: number): number | undefined {
  const { data } = chunk
  if (data.getUint32(at, true) !== magic) {
    note(chunk, 'evtx/record-magic', at, '2a2a0000', chunk.buffer.toString('hex', at, at + 4))
    return undefined
  }
  const size = data.getUint32(at + 4, true)
  if (size < smallestRecord || at + size > end) {
    note(chunk, 'evtx/record-size', at, `${smallestRecord} to ${end - at}`, String(size))
    return undefined
  }
  if (data.getUint32(at + size - 4, true) === size) return size
  // Either of the two sizes may be the wrong one: a whole record inside of this one tells that it is the first.
  const next = findRecord(chunk, at + smallestRecord, Math.min(end, at + size))
  if (next === undefined) return size
  note(chunk, 'evtx/record-size', at, String(next - at), String(size))
  return next - at
}

/** Where the next record begins that is whole: its size is possible, and stands at its end too. */
export function findRecord(chunk: Chunk, from: number, end: number): number | undefined {
  const { buffer, data } = chunk
  let at = buffer.indexOf(magicOctets, from)
  while (at !== -1 && at + smallestRecord <= end) {
    const size = data.getUint32(at + 4, true)
    if (size >= smallestRecord && at + size <= end && data.getUint32(at + size - 4, true) === size) return at
    at = buffer.indexOf(magicOctets, at + 1)
  }
  return undefined
}
