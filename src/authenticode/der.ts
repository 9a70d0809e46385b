import { Buffer } from 'node:buffer'
import type { Problem } from '../base/index.ts'
import { mostElements } from './bounds.ts'
import { note } from './note.ts'
import type { ProblemCode } from './problem-codes.ts'

/**
 * The DER of a signature, walked along its grammar: nothing is read that no grammar asks for, so nothing can be made deep. That
 * of certificates is read by their own room; its walk stops at the size of one certificate, and a catalog is larger.
 */
export type DerWalk = {
  readonly bytes: Uint8Array
  readonly problems: Problem[]
  /** In what it lies, for a person: empty, or `nested signature 1, `. */
  readonly label: string
  /** What is being read, for a person: `signer`. */
  part: string
  elementsLeft: number
  /** Places where the grammar could not be followed. */
  faults: number
}

/** Offsets are into the bytes of the walk. */
export type Element = {
  readonly tag: number
  readonly start: number
  readonly contents: number
  readonly end: number
}

/** Elements that follow each other. */
export type Cursor = { readonly walk: DerWalk; at: number; readonly end: number }

/** Tags with their class and constructed bits (X.690 §8.1.2). */
export const tags = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  sequence: 0x30,
  set: 0x31,
} as const

export function walkOver(bytes: Uint8Array, problems: Problem[], label = ''): DerWalk {
  const plain =
    bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return { bytes: plain, problems, label, part: 'signature', elementsLeft: mostElements, faults: 0 }
}

export function cursorOver(walk: DerWalk, start = 0, end = walk.bytes.length): Cursor {
  return { walk, at: start, end }
}

export function inside(walk: DerWalk, element: Element): Cursor {
  return { walk, at: element.contents, end: element.end }
}

export function noteAt(walk: DerWalk, code: ProblemCode, at: number, expected?: string, found?: string): void {
  note(walk.problems, code, `${walk.label}${walk.part} at byte ${at}`, expected, found)
}

/**
 * The next element. X.690 §8.1: identifier octets, length octets, contents octets. Lengths of BER are told: an indefinite one
 * ends the reading, as no signature of Authenticode was seen to have one.
 *
 * @returns undefined at the end, and with a problem where none can be read; then the cursor stands at its end
 */
export function next(cursor: Cursor): Element | undefined {
  const { walk, at: start, end: limit } = cursor
  if (start >= limit) return undefined
  walk.elementsLeft -= 1
  if (walk.elementsLeft < 0) return stop(cursor, 'authenticode/too-many', `at most ${mostElements} elements`)
  const { bytes } = walk
  const tag = bytes[start] ?? 0
  if ((tag & 0x1f) === 0x1f) return stop(cursor, 'authenticode/der', 'a tag of one octet', hex(bytes, start, start + 4))
  let contents = start + 2
  if (contents > limit) return stop(cursor, 'authenticode/der-cut', 'tag and length')
  let length = bytes[start + 1] ?? 0
  if (length === 0x80) return stop(cursor, 'authenticode/ber', 'a definite length')
  if (length > 0x80) {
    const octets = length & 0x7f
    contents += octets
    if (octets > 4 || contents > limit)
      return stop(cursor, 'authenticode/der-cut', 'a length of at most four octets', hex(bytes, start, start + 8))
    length = 0
    for (let at = start + 2; at < contents; at += 1) length = length * 256 + (bytes[at] ?? 0)
    if (length < 0x80 || bytes[start + 2] === 0)
      noteAt(walk, 'authenticode/ber', start, 'the shortest length', hex(bytes, start + 1, contents))
  }
  const end = contents + length
  if (end > limit) return stop(cursor, 'authenticode/der-cut', `${length} octets`, `${limit - contents} octets`)
  cursor.at = end
  return { tag, start, contents, end }
}

function stop(cursor: Cursor, code: ProblemCode, expected: string, found?: string): undefined {
  noteAt(cursor.walk, code, cursor.at, expected, found)
  cursor.walk.faults += 1
  cursor.at = cursor.end
  return undefined
}

/** The tag of the next element, if there is one. */
function nextTag({ walk, at, end }: Cursor): number | undefined {
  return at < end ? walk.bytes[at] : undefined
}

/** The next element if it has this tag; otherwise the cursor stays. */
export function takeIf(cursor: Cursor, tag: number): Element | undefined {
  return nextTag(cursor) === tag ? next(cursor) : undefined
}

/** The next element, which must have this tag. */
export function take(cursor: Cursor, tag: number, what: string): Element | undefined {
  const found = nextTag(cursor)
  if (found === tag) return next(cursor)
  return stop(
    cursor,
    'authenticode/der',
    `${what} (tag ${tag.toString(16).padStart(2, '0')})`,
    found === undefined ? 'nothing' : `tag ${found.toString(16).padStart(2, '0')}`,
  )
}

/** The contents of the next element, which must have this tag, as elements. */
export function takeInside(cursor: Cursor, tag: number, what: string): Cursor | undefined {
  const element = take(cursor, tag, what)
  return element && inside(cursor.walk, element)
}

/** Notes what stands before the end. */
export function expectEnd({ walk, at, end }: Cursor): void {
  if (at < end) noteAt(walk, 'authenticode/trailing-bytes', at, 'the end', `${end - at} octets`)
}

/** A view of the element with its tag and length. */
export function derOf({ bytes }: DerWalk, { start, end }: Element): Uint8Array {
  return bytes.subarray(start, end)
}

/** A view of the contents. */
export function contentsOf({ bytes }: DerWalk, { contents, end }: Element): Uint8Array {
  return bytes.subarray(contents, end)
}

export function hex(bytes: Uint8Array, start = 0, end = bytes.length): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(
    'hex',
    start,
    Math.min(end, bytes.length),
  )
}

export function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}
