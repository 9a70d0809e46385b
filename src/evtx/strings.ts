import { windows1252 } from '../base/index.ts'
import type { Chunk } from './chunk.ts'
import { textAt } from './memo.ts'

/**
 * UTF-16LE text of `size` octets. NULs at its end are left out: some programs count their terminator and some do not. Those
 * inside stay. Half of a surrogate pair stays as it is; an odd octet at the end is left out.
 */
export function characters(chunk: Chunk, at: number, size: number): string {
  const length = lengthOfText(chunk, at, size)
  return length === 0 ? '' : textAt(chunk, at, length)
}

/** Characters without the NULs at the end. */
export function lengthOfText({ data }: Chunk, at: number, size: number): number {
  let length = size >> 1
  while (length > 0 && data.getUint16(at + 2 * length - 2, true) === 0) length -= 1
  return length
}

/** Programs say nothing of their code page; that of most of the world's Windows is taken. */
export function ansiText({ bytes }: Chunk, at: number, size: number): string {
  let end = at + size
  while (end > at && bytes[end - 1] === 0) end -= 1
  return windows1252(bytes.subarray(at, end))
}
