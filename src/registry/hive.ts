import type { Problem } from '../base/index.ts'
import { type HiveHeader, noteBaseBlock, readBaseBlock } from './base-block.ts'
import { type Bins, byteAt, cellAt, cellPlaces, newWork, readBins } from './bins.ts'
import { mostProblemsOfHive, pageSize } from './bounds.ts'
import { isRootKey, nameOfKey, readKeyNode } from './key.ts'
import { type Notes, noNotes, note } from './note.ts'
import { type ReplayedEntry, replay } from './replay.ts'
import { subkeyPlaces } from './subkeys.ts'
import { upperCase } from './upper-case.ts'

/** A hive that can be asked for keys. It is read where it is asked; only its bins are gone through beforehand. */
export type Hive = {
  /** After the replay of the logs. Absent when there is no base block to be found. */
  readonly header: HiveHeader | undefined
  /** Changes were being written and no log was applied: it may be old, or torn. */
  readonly is_dirty: boolean
  /** What became of each entry of the logs that were given. */
  readonly log_entries: readonly ReplayedEntry[]
  /** What is wrong with the file and its logs. Keys carry their own problems. */
  readonly problems: readonly Problem[]
  /** For the rest of the room. */
  readonly bins: Bins
  readonly rootPlace: number | undefined
}

export type HiveOptions = {
  /** The files `.LOG1`, `.LOG2` and `.LOG` beside it, in any order. Default none. */
  readonly logs?: readonly Uint8Array[]
}

/** @param file the whole file; it must not change while the hive is in use */
export function openHive(file: Uint8Array, { logs = [] }: HiveOptions = {}): Hive {
  // What is cut out of a Buffer is a view, which would keep all of the file in memory.
  const bytes = new Uint8Array(file.buffer, file.byteOffset, file.byteLength)
  const notes = noNotes(mostProblemsOfHive)
  const own = readBaseBlock(bytes)
  if (own === undefined) note(notes, 'registry/hive-magic', 'byte 0', 'regf')
  else noteBaseBlock(notes, own, bytes)
  const { block, bins: behind, entries } = replay(bytes, logs, notes)
  const isReplayed = entries.some(({ is_applied }) => is_applied)
  const is_dirty = !isReplayed && own !== undefined && own.primary_sequence !== own.secondary_sequence
  if (is_dirty)
    note(notes, 'registry/hive-dirty', 'byte 4', String(own.secondary_sequence), String(own.primary_sequence))
  // Behind the bins there may be anything; a base block that speaks of no whole bins is not believed.
  const claimed = block === undefined ? behind.length : block.bins_size
  const size = claimed >= pageSize ? Math.min(claimed, behind.length) : behind.length
  const bins = readBins(behind.subarray(0, size), claimed, notes)
  const rootPlace = placeOfRoot(bins, block?.root_offset, notes)
  if (block === undefined)
    return { header: undefined, is_dirty, log_entries: entries, problems: notes.problems, bins, rootPlace }
  const { type, isSound, ...header } = block
  return { header, is_dirty, log_entries: entries, problems: notes.problems, bins, rootPlace }
}

/** Where the base block says, or the first key that calls itself the root. */
function placeOfRoot(bins: Bins, stated: number | undefined, notes: Notes): number | undefined {
  const unheard = noNotes(1)
  if (
    stated !== undefined &&
    cellAt(bins, stated, unheard) !== undefined &&
    readKeyNode(newWork(bins), stated, unheard)
  )
    return stated
  for (const place of cellPlaces(bins))
    if (isRootKey(bins, place)) {
      note(notes, 'registry/root', 'byte 36', byteAt(place), stated === undefined ? undefined : byteAt(stated))
      return place
    }
  note(notes, 'registry/root', 'byte 36', 'a root key', 'none')
  return undefined
}

/**
 * The place of the key at a path, and its path as the hive writes it.
 *
 * @param path below the root, `Microsoft\\Cryptography`, in any case; or its names, for those with a backslash in them
 */
export function findKey(
  hive: Hive,
  path: string | readonly string[],
): { place: number; names: readonly string[] } | undefined {
  const wanted = typeof path === 'string' ? path.split('\\').filter(name => name !== '') : path
  const work = newWork(hive.bins)
  const unheard = noNotes(1)
  const names: string[] = []
  let place = hive.rootPlace
  for (const name of wanted) {
    const key = place === undefined ? undefined : readKeyNode(work, place, unheard)
    if (key === undefined) return undefined
    const upper = upperCase(name)
    const places = subkeyPlaces(work, key, unheard)
    place = places.find(one => upperCase(nameOfKey(work, one, unheard) ?? '') === upper)
    if (place !== undefined) names.push(nameOfKey(work, place, unheard) ?? name)
  }
  return place === undefined ? undefined : { place, names }
}
