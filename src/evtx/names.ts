import { chunkHeaderSize, chunkSize, longestName } from './bounds.ts'
import type { Chunk } from './chunk.ts'

/*
 * Name (MS-EVEN6 §2.2.12.3, with the fields that only files have in front):
 *   u32 offset of the next name with the same place in the chunk's table; not needed to read
 *   u16 hash of the characters
 *   u16 number of characters
 *   UTF-16LE characters, then a NUL
 */
const headSize = 8

/** What stands for a name that cannot be read. */
export const unreadableName = '_'

export type Name = {
  readonly text: string
  /** The hash that stands with it is its own. */
  readonly isSound: boolean
}

/** The name at `offset`, or undefined when there is none. It is read once in a chunk. */
export function nameAt(chunk: Chunk, offset: number): Name | undefined {
  const { names } = chunk
  const known = names.get(offset)
  if (known !== undefined) return known
  const name = names.has(offset) ? undefined : readName(chunk, offset)
  names.set(offset, name)
  return name
}

function readName(chunk: Chunk, offset: number): Name | undefined {
  if (offset < chunkHeaderSize || offset + headSize > chunkSize) return undefined
  const length = chunk.data.getUint16(offset + 6, true)
  const start = offset + headSize
  if (length === 0 || length > longestName || start + 2 * length > chunkSize) return undefined
  const text = chunk.buffer.toString('utf16le', start, start + 2 * length)
  return { text, isSound: chunk.data.getUint16(offset + 4, true) === hashOfName(text) }
}

/** Octets of the name at `offset`, when it is read: head, characters and NUL. */
export function sizeOfName(chunk: Chunk, offset: number): number {
  return offset + headSize > chunkSize ? headSize : headSize + 2 * chunk.data.getUint16(offset + 6, true) + 2
}

/** The hash Windows finds names by: each character is added to 65599 times what was there before. Seen in every log. */
export function hashOfName(name: string): number {
  let hash = 0
  for (let i = 0; i < name.length; i += 1) hash = (Math.imul(hash, 65599) + name.charCodeAt(i)) | 0
  return hash & 0xffff
}

/** Whether a name that looks like one stands at `offset`. */
export function looksLikeName(chunk: Chunk, offset: number): boolean {
  if (offset < chunkHeaderSize || offset + headSize > chunkSize) return false
  const length = chunk.data.getUint16(offset + 6, true)
  return length > 0 && length <= longestName && offset + headSize + 2 * length <= chunkSize
}
