import { Buffer } from 'node:buffer'
import type { Problem } from '../base/index.ts'
import { excerpt } from '../base/index.ts'
import type { ProblemCode } from './problem-codes.ts'

/**
 * A walk over the DER of one certificate: the bytes, the element read last, and what was found wrong. Nothing is copied
 * and nothing is allocated for an element: whoever needs its place after the next is read takes it out first.
 */
export type Walk = {
  readonly bytes: Uint8Array
  /** The same memory; it has the decoders. */
  readonly buffer: Buffer
  /** The same memory; it compares four octets at once. */
  readonly data: DataView
  /** What views are made of, and where `bytes` begins in it. */
  readonly memory: ArrayBufferLike
  readonly offset: number
  readonly problems: Problem[]
  /** What is being read, for a person: `issuer`. */
  part: string
  elementsLeft: number

  // The element read last. Offsets are into `bytes`.
  /** The identifier octet; 0x100 and the number for tags that need more octets than one. */
  tag: number
  start: number
  contents: number
  /** End of the contents. */
  contentsEnd: number
  /** End of the element: behind `contentsEnd` only when the length is indefinite. */
  end: number
  /** The element says that it is longer than it can be: what holds one value does not hold it whole. */
  cut: boolean
}

/** Tags with their class and constructed bits (X.690 §8.1.2, X.680 §8.6). */
export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const

/** A certificate with more is an attack: one of 1 MiB that consists of empty elements has half a million. */
const mostElements = 200_000
/** Indefinite lengths in each other. A certificate has about ten levels. */
const deepestIndefinite = 32
/** Problems kept for one certificate; the last says that there are more. */
export const mostProblems = 64

/** Starts a walk. `bytes` must not change while the certificate is in use. */
export function walkOver(bytes: Uint8Array): Walk {
  const { buffer, byteOffset, byteLength } = bytes
  return {
    // Reading octets out of a Buffer is slower where other arrays are read as well.
    bytes: bytes.constructor === Uint8Array ? bytes : new Uint8Array(buffer, byteOffset, byteLength),
    buffer: Buffer.isBuffer(bytes) ? bytes : Buffer.from(buffer, byteOffset, byteLength),
    data: new DataView(buffer, byteOffset, byteLength),
    memory: buffer,
    offset: byteOffset,
    problems: [],
    part: 'certificate',
    elementsLeft: mostElements,
    tag: 0,
    start: 0,
    contents: 0,
    contentsEnd: 0,
    end: 0,
    cut: false,
  }
}

/** Notes a problem at byte `at`. */
export function note(walk: Walk, code: ProblemCode, at: number, expected?: string, found?: string): void {
  const { problems, part } = walk
  if (problems.length >= mostProblems) return
  if (problems.length === mostProblems - 1) {
    problems.push({ code: 'x509/more-problems' satisfies ProblemCode, found: `more than ${mostProblems - 1}` })
    return
  }
  problems.push({
    code,
    where: `${part} at byte ${at}`,
    ...(expected === undefined ? {} : { expected }),
    ...(found === undefined ? {} : { found: excerpt(found) }),
  })
}

/** A view of the bytes from `start` to `end`. */
export function view({ memory, offset }: Walk, start: number, end: number): Uint8Array {
  return new Uint8Array(memory, offset + start, end - start)
}

/** Lower-case hexadecimal of the bytes from `start` to `end`. */
export function hexOf({ buffer }: Walk, start: number, end: number): string {
  return buffer.toString('hex', start, end)
}

/**
 * Reads the head of the element at `at`, which must end at `limit` at the latest. One that says it is longer is cut there,
 * with a problem. X.690 §8.1: identifier octets, length octets, contents octets.
 *
 * @returns false when nothing is there, or nothing that can be walked over; only the second is a problem
 */
export function readElement(walk: Walk, at: number, limit: number): boolean {
  const { bytes } = walk
  if (at >= limit) return false
  walk.elementsLeft -= 1
  if (walk.elementsLeft < 0) return refuseMore(walk, at)
  const tag = bytes[at] ?? 0
  const length = bytes[at + 1] ?? 0x80
  const contents = at + 2
  const end = contents + length
  if (length >= 0x80 || (tag & 0x1f) === 0x1f || end > limit) return readLongHead(walk, at, limit)
  walk.tag = tag
  walk.start = at
  walk.contents = contents
  walk.contentsEnd = end
  walk.end = end
  walk.cut = false
  return true
}

function refuseMore(walk: Walk, at: number): boolean {
  if (walk.elementsLeft === -1) note(walk, 'der/too-many-elements', at, `at most ${mostElements}`)
  return false
}

/** Everything but a tag of one octet with a length of one octet that fits. */
function readLongHead(walk: Walk, at: number, limit: number): boolean {
  const { bytes } = walk
  const lengthAt = readTag(walk, at, limit)
  if (lengthAt >= limit) return refuse(walk, cutCode(walk, limit), at, 'tag and length')
  const first = bytes[lengthAt] ?? 0
  let contents = lengthAt + 1
  let length = first
  if (first === 0x80) return readIndefinite(walk, at, contents, limit)
  if (first === 0xff) return refuse(walk, 'der/length', at, 'a length', 'ff')
  if (first > 0x80) {
    contents += first & 0x7f
    if (contents > limit) return refuse(walk, cutCode(walk, limit), at, 'a whole length')
    length = 0
    for (let i = lengthAt + 1; i < contents; i += 1) length = Math.min(length * 256 + (bytes[i] ?? 0), 2 ** 40)
    if (length < 0x80 || bytes[lengthAt + 1] === 0)
      note(walk, 'der/length-not-minimal', at, undefined, hexOf(walk, lengthAt, Math.min(contents, lengthAt + 16)))
  }
  const end = contents + length
  walk.start = at
  walk.contents = contents
  walk.cut = end > limit
  walk.contentsEnd = walk.cut ? limit : end
  walk.end = walk.contentsEnd
  if (walk.cut) note(walk, cutCode(walk, limit), at, `${length} bytes`, `${limit - contents} bytes`)
  return true
}

/** Whose end it is that something does not fit in: the input's, or that of the element around it. */
function cutCode({ bytes }: Walk, limit: number): ProblemCode {
  return limit === bytes.length ? 'der/truncated' : 'der/beyond-parent'
}

/** Sets the tag. X.690 §8.1.2.4: numbers from 31 on follow in septets; at most four are read. @returns where the length stands */
function readTag(walk: Walk, at: number, limit: number): number {
  const { bytes } = walk
  const first = bytes[at] ?? 0
  walk.tag = first
  if ((first & 0x1f) !== 0x1f) return at + 1
  let number = 0
  for (let i = at + 1; i < Math.min(limit, at + 5); i += 1) {
    const octet = bytes[i] ?? 0
    number = number * 128 + (octet & 0x7f)
    if (octet < 0x80) {
      walk.tag = 0x100 + number
      return i + 1
    }
  }
  return limit
}

function refuse(walk: Walk, code: ProblemCode, at: number, expected: string, found?: string): boolean {
  note(walk, code, at, expected, found)
  return false
}

/** X.690 §8.1.3.6: the contents are elements, and two zero octets end them. */
function readIndefinite(walk: Walk, at: number, contents: number, limit: number): boolean {
  const tag = walk.tag
  if (((walk.bytes[at] ?? 0) & 0x20) === 0)
    return refuse(walk, 'der/length', at, 'a definite length of a primitive element', '80')
  note(walk, 'der/indefinite-length', at)
  const mark = endOfContents(walk, contents, limit)
  walk.tag = tag
  walk.start = at
  walk.contents = contents
  walk.cut = mark === undefined
  walk.contentsEnd = mark ?? limit
  walk.end = mark === undefined ? limit : mark + 2
  if (mark === undefined) note(walk, 'der/unclosed', at)
  return true
}

/** Where the end-of-contents mark of the contents at `from` stands. Costs one step per element passed over. */
function endOfContents(walk: Walk, from: number, limit: number): number | undefined {
  const { bytes } = walk
  let depth = 1
  let at = from
  while (at + 2 <= limit) {
    walk.elementsLeft -= 1
    if (walk.elementsLeft < 0) {
      refuseMore(walk, at)
      return undefined
    }
    if (bytes[at] === 0 && bytes[at + 1] === 0) {
      depth -= 1
      if (depth === 0) return at
      at += 2
      continue
    }
    const lengthAt = readTag(walk, at, limit)
    if (lengthAt >= limit) return undefined
    const first = bytes[lengthAt] ?? 0
    at = lengthAt + 1
    if (first === 0x80) {
      depth += 1
      if (depth > deepestIndefinite) {
        note(walk, 'der/too-deep', at, `at most ${deepestIndefinite} levels`)
        return undefined
      }
    } else if (first < 0x80) at += first
    else {
      const octets = first & 0x7f
      let length = 0
      for (let i = 0; i < octets; i += 1) length = Math.min(length * 256 + (bytes[at + i] ?? 0), 2 ** 40)
      at += octets + length
    }
  }
  return undefined
}

/**
 * Reads the element at `at` if it has this tag. Notes what is there instead, or that nothing is.
 *
 * @param what the name of the element in its grammar
 */
export function readExpected(walk: Walk, at: number, limit: number, tag: number, what: string): boolean {
  if (at >= limit) return refuse(walk, 'der/missing', at, what)
  if (!readElement(walk, at, limit)) return false
  if (walk.tag === tag) return true
  return refuse(walk, 'der/tag', at, `${what} (${tagText(tag)})`, tagText(walk.tag))
}

/** Notes what stands between `at`, where everything that belongs here was read, and `end`. */
export function expectEnd(walk: Walk, at: number, end: number): void {
  if (at < end)
    note(walk, 'der/trailing-bytes', at, 'the end', `${end - at} bytes: ${hexOf(walk, at, Math.min(end, at + 16))}`)
}

/** A tag for a person. */
export function tagText(tag: number): string {
  return tag < 0x100 ? `tag ${tag.toString(16).padStart(2, '0')}` : `tag number ${tag - 0x100}`
}
