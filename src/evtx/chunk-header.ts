import { crc32 } from 'node:zlib'
import { chunkHeaderSize, chunkSize } from './bounds.ts'
import type { Chunk } from './chunk.ts'
import { note } from './chunk.ts'
import { hexOf } from './file-header.ts'

/*
 * Chunk header, little-endian:
 *   0   "ElfChnk\0"
 *   8   u64 number of the first record     16  u64 number of the last record
 *   24  u64 identifier of the first record 32  u64 identifier of the last record
 *   40  u32 size of the header, 128        44  u32 offset of the last record
 *   48  u32 offset of the free space       52  u32 CRC-32 of the records, octets 512 up to the free space
 *   120 u32 flags: 1 dirty, 4 checksums were not made
 *   124 u32 CRC-32 of octets 0 to 119 and 128 to 511
 *   128 64 × u32 offsets of names          384 32 × u32 offsets of templates
 */
const magic = [0x45, 0x6c, 0x66, 0x43, 0x68, 0x6e, 0x6b, 0x00] as const
const flagNoChecksums = 4

export type ChunkHeader = {
  readonly first_record_id: bigint
  readonly last_record_id: bigint
  /** Where the records end. What lies behind it was deleted, or is not written yet. */
  readonly records_end: number
  readonly is_dirty: boolean
  /** Its checksum is right, or none was made. */
  readonly is_sound: boolean
}

/** Reads and checks the header. Undefined, with a problem, when no chunk begins here. */
export function readChunkHeader(chunk: Chunk): ChunkHeader | undefined {
  const { bytes, data } = chunk
  if (!magic.every((octet, i) => bytes[i] === octet)) {
    note(chunk, 'evtx/chunk-magic', 0, 'ElfChnk', JSON.stringify(String.fromCharCode(...bytes.subarray(0, 8))))
    return undefined
  }
  const flags = data.getUint32(120, true)
  const freeSpace = data.getUint32(48, true)
  const isInside = freeSpace >= chunkHeaderSize && freeSpace <= chunkSize
  if (!isInside) note(chunk, 'evtx/chunk-header', 48, `${chunkHeaderSize} to ${chunkSize}`, String(freeSpace))
  const records_end = isInside ? freeSpace : chunkSize
  let is_sound = true
  if ((flags & flagNoChecksums) === 0) {
    const headerCrc = crc32(bytes.subarray(128, chunkHeaderSize), crc32(bytes.subarray(0, 120)))
    is_sound = checkCrc(chunk, 'evtx/chunk-header-crc', 124, headerCrc)
    checkCrc(chunk, 'evtx/chunk-records-crc', 52, crc32(bytes.subarray(chunkHeaderSize, records_end)))
  }
  return {
    first_record_id: data.getBigUint64(24, true),
    last_record_id: data.getBigUint64(32, true),
    records_end,
    is_dirty: (flags & 1) !== 0,
    is_sound,
  }
}

function checkCrc(
  chunk: Chunk,
  code: 'evtx/chunk-header-crc' | 'evtx/chunk-records-crc',
  at: number,
  expected: number,
): boolean {
  const found = chunk.data.getUint32(at, true)
  if (found !== expected) note(chunk, code, at, hexOf(expected), hexOf(found))
  return found === expected
}

/** Whether nothing was ever written here: Windows makes files larger in steps. */
export function isEmpty({ data }: Chunk): boolean {
  for (let at = 0; at < chunkSize; at += 8)
    if (data.getUint32(at, true) !== 0 || data.getUint32(at + 4, true) !== 0) return false
  return true
}
