import { byteAt, type Cell, cellAt, signature, signatureOf, spend, type Work } from './bins.ts'
import { type HiveKey, nowhere } from './key.ts'
import { type Notes, note } from './note.ts'

/*
 * Lists of subkeys, in a cell: two letters, u16 number of elements, then
 *   "li"        u32 place of a key
 *   "lf" "lh"   u32 place of a key, u32 the beginning or the hash of its name (not used here: it may lie)
 *   "ri"        u32 place of a list of another kind
 */
const elementSizes: ReadonlyMap<number, number> = new Map([
  [signature('li'), 4],
  [signature('lf'), 8],
  [signature('lh'), 8],
])
const listOfLists = signature('ri')

/** The places of the subkeys of a key, in the order of its list: that of their names in upper case. */
export function subkeyPlaces(work: Work, key: HiveKey, notes: Notes): readonly number[] {
  const places: number[] = []
  // Windows does not look at the list of a key without subkeys; it may be left over.
  if (key.subkey_count === 0 || key.places.subkeys === nowhere) {
    if (key.subkey_count > 0) noteCount(key, 0, notes)
    return places
  }
  addPlaces(work, key.places.subkeys, places, notes, true)
  if (places.length !== key.subkey_count) noteCount(key, places.length, notes)
  return places
}

function addPlaces(work: Work, place: number, places: number[], notes: Notes, mayBeOfLists: boolean): void {
  const { bins } = work
  const cell = cellAt(bins, place, notes)
  if (cell === undefined) return
  const letters = signatureOf(bins, cell)
  const size = elementSizes.get(letters)
  if (size === undefined && (letters !== listOfLists || !mayBeOfLists)) {
    note(notes, 'registry/subkeys', byteAt(place), mayBeOfLists ? 'li, lf, lh or ri' : 'li, lf or lh')
    return
  }
  for (const element of elementsOf(work, cell, size ?? 4, notes)) {
    if (!spend(work, size ?? 4, notes, place)) return
    if (size === undefined) addPlaces(work, element, places, notes, false)
    else places.push(element)
  }
}

function* elementsOf({ bins }: Work, { at, end }: Cell, size: number, notes: Notes): Generator<number> {
  const stated = bins.data.getUint16(at + 2, true)
  const fitting = Math.floor((end - at - 4) / size)
  if (stated > fitting) note(notes, 'registry/subkeys', byteAt(at - 4), `at most ${fitting} elements`, String(stated))
  for (let i = 0; i < Math.min(stated, fitting); i += 1) yield bins.data.getUint32(at + 4 + i * size, true)
}

function noteCount(key: HiveKey, found: number, notes: Notes): void {
  note(notes, 'registry/subkey-count', byteAt(key.places.own), String(key.subkey_count), String(found))
}
