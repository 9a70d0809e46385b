import { crc32 } from 'node:zlib'
import { chunkHeaderSize, chunkSize } from '../bounds.ts'
import { hashOfName } from '../names.ts'
import { tokens } from '../tokens.ts'
import { cutAt, noOctets, type Octets, put8, put32, put64, putBytes, reserve } from './octets.ts'
import { putFragment } from './write-markup.ts'
import type { WrittenRecord, WrittenTemplate } from './written.ts'

/** A chunk while it is written. Names and templates lie where they are needed first; later uses refer to them. */
export type ChunkWriter = {
  readonly octets: Octets
  /** Where names and templates lie. */
  readonly names: Map<string, number>
  readonly templates: Map<WrittenTemplate, number>
  firstId: bigint
  lastId: bigint
  count: number
  lastRecord: number
}

const nameSlots = 64
const templateSlots = 32

export function newChunk(): ChunkWriter {
  const octets = noOctets()
  reserve(octets, chunkHeaderSize)
  return { octets, names: new Map(), templates: new Map(), firstId: 0n, lastId: 0n, count: 0, lastRecord: 0 }
}

/** Adds a record. False, and nothing has changed, when it does not fit. */
export function addRecord(chunk: ChunkWriter, id: bigint, { written, fragment }: WrittenRecord): boolean {
  const { octets } = chunk
  const start = octets.length
  putBytes(octets, Uint8Array.of(0x2a, 0x2a, 0, 0))
  put32(octets, 0)
  put64(octets, id)
  put64(octets, written)
  putFragment(chunk, fragment)
  put8(octets, tokens.end)
  const size = Math.ceil((octets.length - start + 4) / 8) * 8
  reserve(octets, size - 4 - (octets.length - start))
  put32(octets, size)
  octets.data.setUint32(start + 4, size, true)
  if (octets.length > chunkSize) {
    forget(chunk, start)
    return false
  }
  if (chunk.count === 0) chunk.firstId = id
  chunk.lastId = id
  chunk.lastRecord = start
  chunk.count += 1
  return true
}

function forget({ octets, names, templates }: ChunkWriter, start: number): void {
  for (const [name, at] of names) if (at >= start) names.delete(name)
  for (const [template, at] of templates) if (at >= start) templates.delete(template)
  cutAt(octets, start)
}

/** The 64 KiB of the chunk, with its tables and checksums. @param number counted from 1, of all records of the log */
export function finishChunk(chunk: ChunkWriter, number: bigint): Uint8Array {
  const { octets, names, templates, firstId, lastId, count, lastRecord } = chunk
  const bytes = new Uint8Array(chunkSize)
  bytes.set(octets.bytes.subarray(0, octets.length))
  const data = new DataView(bytes.buffer)
  bytes.set(Buffer.from('ElfChnk\0', 'latin1'))
  data.setBigUint64(8, number, true)
  data.setBigUint64(16, number + BigInt(Math.max(0, count - 1)), true)
  data.setBigUint64(24, firstId, true)
  data.setBigUint64(32, lastId, true)
  data.setUint32(40, 128, true)
  data.setUint32(44, lastRecord, true)
  data.setUint32(48, octets.length, true)
  // Each slot leads to the newest of its names or templates, and each of those to the one before it.
  for (const [name, at] of names) link(data, 128 + 4 * (hashOfName(name) % nameSlots), at)
  for (const at of templates.values()) link(data, 384 + 4 * (data.getUint32(at + 4, true) % templateSlots), at)
  sealChunk(bytes)
  return bytes
}

function link(data: DataView, slot: number, at: number): void {
  data.setUint32(at, data.getUint32(slot, true), true)
  data.setUint32(slot, at, true)
}

/** Makes the checksums of a chunk right: of the records, then of the header. */
export function sealChunk(bytes: Uint8Array): void {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = Math.min(chunkSize, Math.max(chunkHeaderSize, data.getUint32(48, true)))
  data.setUint32(52, crc32(bytes.subarray(chunkHeaderSize, end)), true)
  data.setUint32(124, crc32(bytes.subarray(128, chunkHeaderSize), crc32(bytes.subarray(0, 120))), true)
}
