import type { FileHandle } from 'node:fs/promises'
import { open } from 'node:fs/promises'

/**
 * Whether a file is one Zstandard frame after another to its last byte. A server takes a frame that is cut off for the
 * end of what it was sent, without an error (seen in 26.7), so this is asked before. Reads the headers of blocks alone.
 *
 * ```text
 * frame  = 28 B5 2F FD, descriptor, [window], [dictionary id], [content size], block+, [checksum]
 * block  = 3 bytes little-endian: bit 0 last, bits 1-2 type (0 raw, 1 RLE, 2 compressed), the rest the size; then the bytes
 * ```
 *
 * RFC 8878 §3.1.1. Skippable frames (§3.1.2) are passed over.
 */
export async function isWholeZstd(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    let at = 0
    while (at < size) {
      const end = await endOfFrame(file, at)
      if (end === undefined || end > size) return false
      at = end
    }
    return size > 0
  } finally {
    await file.close()
  }
}

const magic = 0xfd2fb528
const skippable = 0x184d2a50

/** Where the frame at `start` would end; undefined where none begins. */
async function endOfFrame(file: FileHandle, start: number): Promise<number | undefined> {
  const head = await bytesAt(file, start, 8)
  if (head.length < 8) return undefined
  const kind = head.readUInt32LE(0)
  if ((kind & 0xfffffff0) === skippable) return start + 8 + head.readUInt32LE(4)
  if (kind !== magic) return undefined
  const descriptor = head.readUInt8(4)
  const single = (descriptor >> 5) & 1
  const contentSize = [single, 2, 4, 8][descriptor >> 6] ?? 0
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0
  let at = start + 5 + (1 - single) + dictionary + contentSize
  for (let last = false; !last; ) {
    const header = await bytesAt(file, at, 3)
    if (header.length < 3) return undefined
    const block = header.readUIntLE(0, 3)
    last = (block & 1) === 1
    const type = (block >> 1) & 3
    if (type === 3) return undefined
    at += 3 + (type === 1 ? 1 : block >> 3)
  }
  return at + (descriptor & 4 ? 4 : 0)
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position)
  return buffer.subarray(0, bytesRead)
}
