import { crc32 } from 'node:zlib'
import type { Problem } from '../base/index.ts'
import { excerpt } from '../base/index.ts'
import { chunkSize, fileHeaderSize } from './bounds.ts'
import type { ProblemCode } from './problem-codes.ts'

/*
 * File header, little-endian, in a block of 4,096 octets:
 *   0   "ElfFile\0"
 *   8   u64 number of the first chunk     16  u64 number of the last chunk     24  u64 identifier of the next record
 *   32  u32 size of the header, 128       36  u16 minor version, 1 or 2        38  u16 major version, 3
 *   40  u16 size of the block, 4096       42  u16 number of chunks
 *   120 u32 flags: 1 dirty, 2 full        124 u32 CRC-32 of octets 0 to 119
 */
const magic = 'ElfFile\0'
const usedSize = 128

/** What the file header says. None of it is needed to read the chunks, and of a log that was not closed it is not true. */
export type FileHeader = {
  readonly first_chunk: bigint
  readonly last_chunk: bigint
  readonly next_record_id: bigint
  /** `3.1`, on Windows 11 and Server 2022 `3.2`. */
  readonly version: string
  readonly chunk_count: number
  /** The log was not closed: the rest of the header may be older than the chunks. */
  readonly is_dirty: boolean
  /** The log has reached its size: old records were written over, or new ones were refused. */
  readonly is_full: boolean
}

export type FileHeaderReading = { readonly header: FileHeader | undefined; readonly problems: readonly Problem[] }

/** Whether octets begin as an event log. */
export function isEventLog(bytes: Uint8Array): boolean {
  for (let i = 0; i < magic.length; i += 1) if (bytes[i] !== magic.charCodeAt(i)) return false
  return true
}

/** @param bytes the first 4,096 octets of the file, or all when it has fewer */
export function readFileHeader(bytes: Uint8Array): FileHeaderReading {
  const problems: Problem[] = []
  const add = (code: ProblemCode, at: number, expected?: string, found?: string) =>
    problems.push({
      code,
      where: `file header at byte ${at}`,
      ...(expected === undefined ? {} : { expected }),
      ...(found === undefined ? {} : { found: excerpt(found) }),
    })
  if (bytes.length < fileHeaderSize) add('evtx/file-truncated', bytes.length, `${fileHeaderSize} octets`)
  if (bytes.length < usedSize) return { header: undefined, problems }
  if (!isEventLog(bytes)) {
    add('evtx/file-magic', 0, 'ElfFile', JSON.stringify(String.fromCharCode(...bytes.subarray(0, 8))))
    return { header: undefined, problems }
  }
  const data = new DataView(bytes.buffer, bytes.byteOffset, usedSize)
  const header: FileHeader = {
    first_chunk: data.getBigUint64(8, true),
    last_chunk: data.getBigUint64(16, true),
    next_record_id: data.getBigUint64(24, true),
    version: `${data.getUint16(38, true)}.${data.getUint16(36, true)}`,
    chunk_count: data.getUint16(42, true),
    is_dirty: (data.getUint32(120, true) & 1) !== 0,
    is_full: (data.getUint32(120, true) & 2) !== 0,
  }
  const blockSize = data.getUint16(40, true)
  if (blockSize !== fileHeaderSize) add('evtx/file-header', 40, String(fileHeaderSize), String(blockSize))
  if (header.version !== '3.1' && header.version !== '3.2') add('evtx/file-header', 36, '3.1 or 3.2', header.version)
  const crc = data.getUint32(124, true)
  const expected = crc32(bytes.subarray(0, 120))
  if (crc !== expected) add('evtx/file-header-crc', 124, hexOf(expected), hexOf(crc))
  if (header.is_dirty) add('evtx/file-dirty', 120)
  return { header, problems }
}

/** What only the end of the file tells. @param octets of the whole file @param filled chunks that are not empty */
export function problemsAtEnd(header: FileHeader | undefined, octets: number, filled: number): readonly Problem[] {
  const rest = Math.max(0, octets - fileHeaderSize) % chunkSize
  const problems: Problem[] = []
  if (rest !== 0) problems.push({ code: 'evtx/file-truncated' satisfies ProblemCode, where: `the end, byte ${octets}` })
  if (header !== undefined && !header.is_dirty && header.chunk_count !== (filled & 0xffff))
    problems.push({
      code: 'evtx/file-chunks' satisfies ProblemCode,
      where: 'file header at byte 42',
      expected: String(filled),
      found: String(header.chunk_count),
    })
  return problems
}

export function hexOf(crc: number): string {
  return crc.toString(16).padStart(8, '0')
}
