import type { Problem } from '../base/index.ts'
import { type Bins, byteAt, newWork, type Work } from './bins.ts'
import { deepestKey, longestPath, mostProblemsOfKey } from './bounds.ts'
import { findKey, type Hive } from './hive.ts'
import { type HiveKey, readKeyNode } from './key.ts'
import { readValues } from './key-values.ts'
import { type Notes, noNotes, note, noteAgain } from './note.ts'
import { subkeyPlaces } from './subkeys.ts'
import type { RegistryValue } from './value.ts'

/** A key with its values, and what is wrong with it. */
export type KeyReading = {
  /** Below the root, `Microsoft\SystemCertificates`; empty for the root. The name of the root is not part of it. */
  readonly path: string
  /** 0 for the root. */
  readonly depth: number
  readonly key: HiveKey
  /** In the order in which they were made. */
  readonly values: readonly RegistryValue[]
  /** Of the key, its values, and of subkeys that cannot be given. */
  readonly problems: readonly Problem[]
}

export type WalkOptions = {
  /** Where it begins: below the root, in any case; or names, for those with a backslash in them. Default the root. */
  readonly path?: string | readonly string[]
  /** How many levels below that: 0 is the key alone, 1 its subkeys too. Default all. */
  readonly deepest?: number
}

/** The key at a path with its values; undefined when it is not there. */
export function readKey(hive: Hive, path: string | readonly string[]): KeyReading | undefined {
  for (const reading of walkKeys(hive, { path, deepest: 0 })) return reading
  return undefined
}

/** A key that was reached, with the problems of its node. */
type Reached = { readonly path: string; readonly depth: number; readonly key: HiveKey; readonly notes: Notes }

/** A walk: what it may still read, and the places it has been at. */
type Walk = { readonly work: Work; readonly seen: Seen; readonly bins: Bins }

/**
 * The key at a path and all below it, each before its subkeys, in the order of their names. A key comes once, whatever leads
 * to it; what a walk reads is bounded by the size of the hive. Nothing comes when there is no such key.
 */
export function* walkKeys(
  hive: Hive,
  { path = '', deepest = Number.POSITIVE_INFINITY }: WalkOptions = {},
): Generator<KeyReading> {
  const found = findKey(hive, path)
  if (found === undefined) return
  const walk: Walk = { work: newWork(hive.bins), seen: nothingSeen(hive.bins), bins: hive.bins }
  const notes = noNotes(mostProblemsOfKey)
  const key = readKeyNode(walk.work, found.place, notes)
  if (key === undefined) return
  see(walk.seen, found.place)
  const first: Reached = { path: found.names.join('\\'), depth: found.names.length, key, notes }
  // Subkeys that wait, the next one last: what lies deeper comes first.
  const waiting: Reached[] = [first]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const values = readValues(walk.work, next.key, next.notes)
    const below = subkeysOf(walk, next)
    yield { path: next.path, depth: next.depth, key: next.key, values, problems: next.notes.problems }
    if (next.depth - first.depth >= deepest) continue
    for (let i = below.length - 1; i >= 0; i -= 1) {
      const child = below[i]
      if (child !== undefined) waiting.push(child)
    }
  }
}

/** The subkeys of a key. One that cannot be given is a problem of the key. */
function subkeysOf(walk: Walk, parent: Reached): readonly Reached[] {
  const { work, seen } = walk
  const below: Reached[] = []
  const depth = parent.depth + 1
  for (const place of subkeyPlaces(work, parent.key, parent.notes)) {
    if (work.octetsLeft < 0) break
    if (hasSeen(seen, place)) {
      note(parent.notes, 'registry/key-again', byteAt(place))
      continue
    }
    const notes = noNotes(mostProblemsOfKey)
    const key = readKeyNode(work, place, notes)
    if (key === undefined) {
      noteAgain(parent.notes, notes.problems)
      continue
    }
    see(seen, place)
    const path = parent.path === '' ? key.name : `${parent.path}\\${key.name}`
    if (depth > deepestKey || path.length > longestPath) {
      note(parent.notes, 'registry/too-deep', byteAt(place), `at most ${deepestKey} levels, ${longestPath} characters`)
      continue
    }
    if (key.places.parent !== parent.key.places.own)
      note(notes, 'registry/parent', byteAt(place), byteAt(parent.key.places.own), byteAt(key.places.parent))
    below.push({ path, depth, key, notes })
  }
  return below
}

/** Places of cells, one bit for each 8 octets of a hive. */
type Seen = Uint8Array

function nothingSeen({ bytes }: Bins): Seen {
  return new Uint8Array(Math.ceil(bytes.length / 64))
}

function see(seen: Seen, place: number): void {
  const bit = place >>> 3
  seen[bit >>> 3] = (seen[bit >>> 3] ?? 0) | (1 << (bit & 7))
}

function hasSeen(seen: Seen, place: number): boolean {
  const bit = place >>> 3
  return (((seen[bit >>> 3] ?? 0) >> (bit & 7)) & 1) !== 0
}
