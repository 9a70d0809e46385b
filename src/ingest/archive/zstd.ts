import { ByteReader } from './byte-reader.ts'
import type { Decode } from './decompress.ts'
import { Damage } from './decompress.ts'
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
 * A frame whose window is larger than `windowBytes` is refused before anything is allocated for it.
 */
export function unzstd(windowBytes: number): Decode {
  return async function* (compressed) {
    const reader = new ByteReader(compressed)
    for (;;) {
      const magic = await reader.peek(4)
      if (magic.length === 0) return
      if (isFrame(magic)) yield* frame(reader, windowBytes)
      else if (isSkippable(magic)) await skipFrame(reader)
      else throw damaged('bytes that begin no frame')
    }
  }
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

async function* frame(reader: ByteReader, windowBytes: number): AsyncGenerator<Uint8Array> {
  const { window, contentSize, hasChecksum } = await readHeader(reader)
  if (window > windowBytes)
    throw new Damage('zstd/window', `a window of at most ${windowBytes} bytes`, `one of ${window}`)
  const decoder = new FrameDecoder(window)
  const checksum = new Xxh64()
  let given = 0
  for (let last = false; !last; ) {
    const header = little(await exactly(reader, 3))
    last = (header & 1) === 1
    const [type, size] = [(header >> 1) & 3, header >> 3]
    if (type === 3) throw damaged('a block of the reserved type')
    if (type !== 1 && size > longestBlock) throw damaged(`a block of ${size} bytes`)
    const content = await exactly(reader, type === 1 ? 1 : size)
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

type FrameHeader = {
  /** Bytes. */
  readonly window: number
  readonly contentSize: number | undefined
  readonly hasChecksum: boolean
}

/** §3.1.1.1 */
async function readHeader(reader: ByteReader): Promise<FrameHeader> {
  const descriptor = (await exactly(reader, 5))[4] ?? 0
  if ((descriptor & 8) !== 0) throw damaged('a reserved bit')
  const isSingle = (descriptor & 0x20) !== 0
  const windowDescriptor = isSingle ? 0 : little(await exactly(reader, 1))
  const dictionary = little(await exactly(reader, [0, 1, 2, 4][descriptor & 3] ?? 0))
  if (dictionary !== 0)
    throw new Damage('archive/unsupported', 'Zstandard data without a dictionary', `dictionary ${dictionary}`)
  const flag = descriptor >> 6
  const sizeLength = flag === 0 ? (isSingle ? 1 : 0) : 1 << flag
  const stated = little(await exactly(reader, sizeLength)) + (flag === 1 ? 256 : 0)
  const contentSize = sizeLength === 0 ? undefined : stated
  const base = 2 ** (10 + (windowDescriptor >> 3))
  const window = isSingle ? stated : base + (base / 8) * (windowDescriptor & 7)
  return { window, contentSize, hasChecksum: (descriptor & 4) !== 0 }
}

async function skipFrame(reader: ByteReader): Promise<void> {
  const size = little((await exactly(reader, 8)).subarray(4))
  if ((await reader.skip(size)) < size) throw damaged(ends)
}

const ends = 'the end of the data within a frame'

async function exactly(reader: ByteReader, length: number): Promise<Uint8Array> {
  const bytes = await reader.take(length)
  if (bytes.length < length) throw damaged(ends)
  return bytes
}

/** Sizes beyond 2^53 come out rounded: they are refused anyway. */
function little(bytes: Uint8Array): number {
  return bytes.reduceRight((value, byte) => value * 256 + byte, 0)
}
