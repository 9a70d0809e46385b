import type { Extension } from './certificate.ts'
import type { Walk } from './der.ts'
import { expectEnd, note, readElement, readExpected, tags, view } from './der.ts'
import type { Extensions } from './extensions/index.ts'
import { extensionReaders } from './extensions/list.ts'
import type { ExtensionReader } from './extensions/reader.ts'
import { comesAgain, createMemo, keep, recall } from './memo.ts'
import { oidAt } from './oids.ts'
import { readBoolean } from './primitives.ts'

/** Certificates with more are not read to their end. Real ones have up to twenty. */
const mostExtensions = 500

/** A reader and its place in the list. */
type Known = {
  readonly reader: ExtensionReader
  readonly index: number
  /** The number of the reading in which it was last met: a second time in one is a duplicate. */
  metIn: number
}

/** Readings are numbered. */
let reading = 0

const readers: ReadonlyMap<string, Known> = new Map(
  extensionReaders.map((reader, index) => [reader.oid, { reader, index, metIn: 0 }]),
)

export type ReadExtensions = {
  readonly list: readonly Extension[]
  readonly byName: Extensions
}

export const noExtensions: ReadExtensions = { list: Object.freeze([]), byName: Object.freeze({}) }

/**
 * The extensions in `[3]`, which is the element read last. RFC 5280 §4.1.2.9:
 *
 *   extensions [3] EXPLICIT SEQUENCE SIZE (1..MAX) OF Extension
 *   Extension ::= SEQUENCE { extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }
 */
export function readExtensions(walk: Walk): ReadExtensions {
  const { contents, contentsEnd: outerEnd } = walk
  if (!readExpected(walk, contents, outerEnd, tags.sequence, 'Extensions')) return noExtensions
  const { contents: first, contentsEnd, end } = walk
  if (first === contentsEnd && !walk.cut) note(walk, 'extension/empty', first, 'an extension')
  const list: Extension[] = []
  const byName: Record<string, unknown> = {}
  reading += 1
  for (let at = first; at < contentsEnd; ) {
    if (list.length === mostExtensions) {
      note(walk, 'extension/too-many', at, `at most ${mostExtensions} extensions`)
      break
    }
    if (!readExpected(walk, at, contentsEnd, tags.sequence, 'Extension')) break
    at = walk.end
    const extension = readExtension(walk, byName, list)
    if (extension !== undefined) list.push(extension)
    walk.part = 'extensions'
  }
  expectEnd(walk, end, outerEnd)
  return { list, byName: byName as Extensions } // each field was set by the reader that declares it
}

/** The Extension that is the element read last; what its reader makes of it goes into `byName`. */
function readExtension(
  walk: Walk,
  byName: Record<string, unknown>,
  before: readonly Extension[],
): Extension | undefined {
  const { bytes, start, contents, contentsEnd } = walk
  if (!readExpected(walk, contents, contentsEnd, tags.oid, 'extnID') || walk.cut) return undefined
  const { text: oid, name: anyName } = oidAt(walk, walk.contents, walk.contentsEnd)
  const known = readers.get(oid)
  const name = known?.reader.name ?? anyName
  walk.part = name
  let at = walk.end
  let critical = false
  if (at < contentsEnd && bytes[at] === tags.boolean && readElement(walk, at, contentsEnd)) {
    critical = readBoolean(walk)
    if (!critical) note(walk, 'der/default-encoded', at, undefined, 'critical FALSE')
    at = walk.end
  }
  if (!readExpected(walk, at, contentsEnd, tags.octetString, 'extnValue')) return undefined
  const { contents: valueStart, contentsEnd: valueEnd, cut } = walk
  expectEnd(walk, walk.end, contentsEnd)
  const extension = { oid, name, critical, value: view(walk, valueStart, valueEnd) }
  if (known === undefined ? isAmong(before, oid) : known.metIn === reading) note(walk, 'extension/duplicate', start)
  else if (known === undefined) {
    if (critical) note(walk, 'extension/unknown-critical', start)
  } else {
    known.metIn = reading
    const value = cut ? undefined : readValue(walk, known, valueStart, valueEnd)
    if (value !== undefined) byName[known.reader.field] = value
  }
  return extension
}

function isAmong(extensions: readonly Extension[], oid: string): boolean {
  for (const extension of extensions) if (extension.oid === oid) return true
  return false
}

/** What the readers made of octets that came before. */
const kept = createMemo<unknown>(4096, 256)

function readValue(walk: Walk, { reader, index }: Known, start: number, end: number): unknown {
  if (reader.repeats) {
    const value = recall(kept, index, walk.data, start, end)
    if (value !== undefined) return value
  }
  const problems = walk.problems.length
  const value = reader.read(walk, start, end)
  // A value with a problem is read anew each time: each certificate must carry the problem.
  if (walk.problems.length !== problems) return value
  if (value === undefined) note(walk, 'extension/unreadable', start)
  else if (reader.repeats && comesAgain(kept) && !holdsBytes(value)) keep(kept, index, walk.data, start, end, value)
  return value
}

/** Bytes are views into one certificate: what holds some, as a directory name does, is never kept for another. */
function holdsBytes(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return value instanceof Uint8Array || Object.values(value).some(holdsBytes)
}
