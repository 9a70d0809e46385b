import type { Hash } from 'node:crypto'
import { createHash } from 'node:crypto'
import { CountersealError } from '../base/index.ts'
import { pieceSize } from './bounds.ts'

/** A file whose parts can be asked for. A large one need not lie in memory. */
export type FileRanges = {
  /** Octets. */
  readonly size: number
  /** The octets from `start` to `end`, all of them. They are not kept, and may lie in memory that is used again. */
  read(start: number, end: number): Uint8Array | Promise<Uint8Array>
}

/** A file that lies in memory. */
export function rangesOf(bytes: Uint8Array): FileRanges {
  return { size: bytes.length, read: (start, end) => bytes.subarray(start, end) }
}

/** A copy of the octets from `start` to `end`, or to the end of the file. */
export async function copyRange(file: FileRanges, start: number, end: number): Promise<Uint8Array> {
  const stop = Math.min(end, file.size)
  if (start >= stop) return new Uint8Array(0)
  return Uint8Array.from(await readRange(file, start, stop))
}

async function readRange(file: FileRanges, start: number, end: number): Promise<Uint8Array> {
  const answer = file.read(start, end)
  const octets = answer instanceof Uint8Array ? answer : await answer
  if (octets.length === end - start) return octets
  const message = `Octets ${start} to ${end} of a file of ${file.size} were asked for, and ${octets.length} came: it changed meanwhile.`
  throw new CountersealError('input/unreadable', { message })
}

/** From `start` to `end`, which is not in it. */
export type Range = readonly [start: number, end: number]

/** Hash functions as node:crypto calls them. */
export type HashName = 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512'

/** One or more hashes that are fed the same octets. */
export type Hashes = ReadonlyMap<HashName, Hash>

export function createHashes(names: Iterable<HashName>): Hashes {
  return new Map([...new Set(names)].map(name => [name, createHash(name)]))
}

export function feed(hashes: Hashes, octets: Uint8Array): void {
  for (const hash of hashes.values()) hash.update(octets)
}

/** Feeds the ranges in their order, in pieces. Stops with what `signal` says when it says so. */
export async function feedRanges(
  hashes: Hashes,
  file: FileRanges,
  ranges: Iterable<Range>,
  signal?: AbortSignal,
): Promise<void> {
  for (const [start, end] of ranges)
    for (let at = start; at < end; at += pieceSize) {
      signal?.throwIfAborted()
      feed(hashes, await readRange(file, at, Math.min(at + pieceSize, end)))
    }
}

/** Hashes in lower-case hexadecimal. */
export type Digests = ReadonlyMap<HashName, string>

/** The hashes go on afterwards. */
export function digestsOf(hashes: Hashes): Digests {
  return new Map([...hashes].map(([name, hash]) => [name, hash.copy().digest('hex')]))
}
