import type { Gunzip } from 'node:zlib'
import zlib from 'node:zlib'
import { ByteReader } from './byte-reader.ts'
import type { Decode } from './decompress.ts'
import { chunkSize, Damage, throughZlib } from './decompress.ts'
import { Xxh64 } from './xxhash64.ts'
import { FrameDecoder, longestBlock } from './zstd-block.ts'
import { damaged } from './zstd-tables.ts'

/**
 * Zstandard data: RFC 8878 §3. Frames follow one another; their contents are one text.
 *
 *     frame: magic 28 B5 2F FD | descriptor 1 | window 0-1 | dictionary id 0-4 | content size 0-8 | blocks | checksum 0-4
 *     skippable frame: magic 5x 2A 4D 18 | size 4 | data
 *     block header: 3 bytes; bit 0 last, bits 1-2 type (raw, repeated, compressed, reserved), bits 3-23 size
 *
 * A frame whose window is larger than `windowBytes` is refused before anything is allocated for it. Node's own decoder
 * does the rest where there is one (from Node 22.15 on), ours elsewhere; both check the checksum of a frame that has one.
 */
export function unzstd(windowBytes: number, native: NativeZstd | null = nativeZstd ?? null): Decode {
  return async function* (compressed) {
    const reader = new ByteReader(compressed)
    for (;;) {
      const magic = await reader.peek(4)
      if (magic.length === 0) return
      if (isFrame(magic)) yield* frame(reader, windowBytes, native)
      else if (isSkippable(magic)) await skipFrame(reader)
      else throw damaged('bytes that begin no frame')
    }
  }
}

/** Makes a decoder; all of node:zlib's have one shape. */
export type NativeZstd = () => Gunzip

/** Undefined where Node has none. Its window is bounded to 128 MiB by itself, unless told otherwise. */
export const nativeZstd = nativeOf(zlib)

function nativeOf(library: object): NativeZstd | undefined {
  const create = 'createZstdDecompress' in library ? library.createZstdDecompress : undefined
  if (typeof create !== 'function') return undefined
  return () => create({ chunkSize }) as Gunzip // the types are those of Node 20
}

/** What compressed files begin with: pzstd and others put a skippable frame first. */
export function looksLikeZstd(head: Uint8Array): boolean {
  return isFrame(head) || isSkippable(head)
}

function isFrame(head: Uint8Array): boolean {
  return head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd
}

function isSkippable(head: Uint8Array): boolean {
  return ((head[0] ?? 0) & 0xf0) === 0x50 && head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18
}

async function* frame(reader: ByteReader, windowBytes: number, native: NativeZstd | null): AsyncGenerator<Uint8Array> {
  const header = await readHeader(reader)
  if (header.window > windowBytes)
    throw new Damage('zstd/window', `a window of at most ${windowBytes} bytes`, `one of ${header.window}`)
  if (native === null) yield* decoded(header, reader)
  else
    yield* throughZlib(wholeFrame(header, reader), native(), { code: damaged('').code, expected: damaged('').expected })
}

async function* decoded(header: FrameHeader, reader: ByteReader): AsyncGenerator<Uint8Array> {
  const { window, contentSize, hasChecksum } = header
  const decoder = new FrameDecoder(window)
  const checksum = new Xxh64()
  let given = 0
  for await (const { type, size, bytes } of blocks(reader)) {
    const content = bytes.subarray(3)
    const piece =
      type === 0
        ? decoder.raw(content)
        : type === 1
          ? decoder.repeated(content[0] ?? 0, size)
          : decoder.compressed(content)
    given += piece.length
    if (hasChecksum) checksum.update(piece)
    if (piece.length > 0) yield piece
  }
  if (contentSize !== undefined && given !== contentSize)
    throw damaged(`${given} bytes where its header says ${contentSize}`)
  if (hasChecksum && little(await exactly(reader, 4)) !== checksum.low32())
    throw damaged('another checksum than it states')
}

/** The bytes of one frame, block by block: then no input gives more than a block before the reader is asked again. */
async function* wholeFrame(header: FrameHeader, reader: ByteReader): AsyncGenerator<Uint8Array> {
  yield header.bytes
  for await (const { bytes } of blocks(reader)) yield bytes
  if (header.hasChecksum) yield await exactly(reader, 4)
}

/** `bytes` with the header of three. */
type Block = { readonly type: number; readonly size: number; readonly bytes: Uint8Array }

async function* blocks(reader: ByteReader): AsyncGenerator<Block> {
  for (let last = false; !last; ) {
    const header = little(await ahead(reader, 3))
    last = (header & 1) === 1
    const [type, size] = [(header >> 1) & 3, header >> 3]
    if (type === 3) throw damaged('a block of the reserved type')
    if (size > longestBlock) throw damaged(`a block of ${size} bytes`)
    yield { type, size, bytes: await exactly(reader, 3 + (type === 1 ? 1 : size)) }
  }
}

type FrameHeader = {
  readonly bytes: Uint8Array
  /** Bytes. */
  readonly window: number
  readonly contentSize: number | undefined
  readonly hasChecksum: boolean
}

/** §3.1.1.1; it has at most 18 bytes. */
async function readHeader(reader: ByteReader): Promise<FrameHeader> {
  const descriptor = (await ahead(reader, 5))[4] ?? 0
  if ((descriptor & 8) !== 0) throw damaged('a reserved bit')
  const isSingle = (descriptor & 0x20) !== 0
  const dictionaryAt = isSingle ? 5 : 6
  const sizeAt = dictionaryAt + ([0, 1, 2, 4][descriptor & 3] ?? 0)
  const flag = descriptor >> 6
  const length = sizeAt + (flag === 0 ? (isSingle ? 1 : 0) : 1 << flag)
  const bytes = Uint8Array.from(await exactly(reader, length))
  const dictionary = little(bytes.subarray(dictionaryAt, sizeAt))
  if (dictionary !== 0)
    throw new Damage('archive/unsupported', 'Zstandard data without a dictionary', `dictionary ${dictionary}`)
  const stated = little(bytes.subarray(sizeAt)) + (flag === 1 ? 256 : 0)
  const windowDescriptor = bytes[5] ?? 0
  const base = 2 ** (10 + (windowDescriptor >> 3))
  const window = isSingle ? stated : base + (base / 8) * (windowDescriptor & 7)
  return { bytes, window, contentSize: length === sizeAt ? undefined : stated, hasChecksum: (descriptor & 4) !== 0 }
}

async function skipFrame(reader: ByteReader): Promise<void> {
  const size = little((await exactly(reader, 8)).subarray(4))
  if ((await reader.skip(size)) < size) throw damaged(ends)
}

const ends = 'the end of the data within a frame'

async function ahead(reader: ByteReader, length: number): Promise<Uint8Array> {
  const bytes = await reader.peek(length)
  if (bytes.length < length) throw damaged(ends)
  return bytes
}

async function exactly(reader: ByteReader, length: number): Promise<Uint8Array> {
  const bytes = await reader.take(length)
  if (bytes.length < length) throw damaged(ends)
  return bytes
}

/** Sizes beyond 2^53 come out rounded: they are refused anyway. */
function little(bytes: Uint8Array): number {
  return bytes.reduceRight((value, byte) => value * 256 + byte, 0)
}
