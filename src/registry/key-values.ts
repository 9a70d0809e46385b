import { byteAt, type Cell, cellAt, signature, signatureOf, spend, type Work } from './bins.ts'
import { segmentSize, valueHeaderSize } from './bounds.ts'
import { type HiveKey, nameOf, nowhere } from './key.ts'
import { type Notes, note } from './note.ts'
import { type RegistryValue, typedValue } from './value.ts'

/*
 * List of values, in a cell: u32 place of each. Value, in a cell:
 *   0   "vk"                    2   u16 octets of the name
 *   4   u32 octets of data; with its highest bit set the data, at most 4 octets, are in the next field
 *   8   u32 place of data       12  u32 type       16  u16 flags: 1 the name has one octet a character
 *   20  the name
 * Data of more than 16,344 octets, since version 1.4: "db", u16 segments, u32 place of a list of their places.
 */
const valueSignature = signature('vk')
const bigSignature = signature('db')
const inPlaceFlag = 0x80000000

/** The values of a key, in the order in which they were made. */
export function readValues(work: Work, key: HiveKey, notes: Notes): readonly RegistryValue[] {
  const values: RegistryValue[] = []
  const { bins } = work
  if (key.value_count === 0) return values
  const cell = key.places.values === nowhere ? undefined : cellAt(bins, key.places.values, notes)
  const fitting = cell === undefined ? 0 : Math.floor((cell.end - cell.at) / 4)
  if (fitting < key.value_count)
    note(notes, 'registry/value-list', byteAt(key.places.own), `${key.value_count} values`, `room for ${fitting}`)
  if (cell === undefined) return values
  for (let i = 0; i < Math.min(fitting, key.value_count); i += 1) {
    if (!spend(work, 4, notes, cell.at - 4)) break
    const value = readValue(work, bins.data.getUint32(cell.at + 4 * i, true), notes)
    if (value !== undefined) values.push(value)
  }
  return values
}

function readValue(work: Work, place: number, notes: Notes): RegistryValue | undefined {
  const { bytes, data } = work.bins
  const cell = cellAt(work.bins, place, notes)
  if (cell === undefined) return undefined
  const { at, end } = cell
  if (signatureOf(work.bins, cell) !== valueSignature || end - at < valueHeaderSize) {
    note(notes, 'registry/value', byteAt(place), 'vk')
    return undefined
  }
  const nameSize = data.getUint16(at + 2, true)
  const nameEnd = Math.min(end, at + valueHeaderSize + nameSize)
  if (nameEnd - at - valueHeaderSize < nameSize)
    note(notes, 'registry/name', byteAt(place), `at most ${end - at - valueHeaderSize} octets`, String(nameSize))
  if (!spend(work, valueHeaderSize + nameSize, notes, place)) return undefined
  const isOneOctet = (data.getUint16(at + 16, true) & 1) !== 0
  const name = nameOf(bytes.subarray(at + valueHeaderSize, nameEnd), isOneOctet)
  if (name.includes('\0')) note(notes, 'registry/name-hidden', byteAt(place), 'no NUL', JSON.stringify(name))
  const found = dataOfValue(work, cell, notes)
  return found === undefined ? undefined : typedValue(name, data.getUint32(at + 12, true), found, notes, byteAt(place))
}

function dataOfValue(work: Work, { at }: Cell, notes: Notes): Uint8Array | undefined {
  const { bytes, data } = work.bins
  const stated = data.getUint32(at + 4, true)
  const size = stated >= inPlaceFlag ? stated - inPlaceFlag : stated
  if (stated >= inPlaceFlag) {
    if (size > 4) note(notes, 'registry/value-data', byteAt(at - 4), 'at most 4 octets', String(size))
    return bytes.slice(at + 8, at + 8 + Math.min(4, size))
  }
  if (size === 0) return new Uint8Array()
  const place = data.getUint32(at + 8, true)
  const cell = cellAt(work.bins, place, notes)
  if (cell === undefined) {
    note(notes, 'registry/value-data', byteAt(at - 4), `${size} octets`, 'none')
    return new Uint8Array()
  }
  // Before version 1.4 there are no segments, and data may begin with these letters; then they are as long as they say.
  const room = cell.end - cell.at
  if (size > segmentSize && room < size && signatureOf(work.bins, cell) === bigSignature)
    return bigData(work, cell, size, notes)
  if (room < size) note(notes, 'registry/value-data', byteAt(at - 4), `${size} octets`, String(room))
  if (!spend(work, Math.min(room, size), notes, place)) return undefined
  return bytes.slice(cell.at, cell.at + Math.min(room, size))
}

function bigData(work: Work, { at, end }: Cell, size: number, notes: Notes): Uint8Array | undefined {
  const { bytes, data } = work.bins
  const count = data.getUint16(at + 2, true)
  const list = end - at < 8 ? undefined : cellAt(work.bins, data.getUint32(at + 4, true), notes)
  const parts: Uint8Array[] = []
  let found = 0
  const fitting = list === undefined ? 0 : Math.floor((list.end - list.at) / 4)
  for (let i = 0; i < Math.min(count, fitting) && found < size; i += 1) {
    const cell = cellAt(work.bins, data.getUint32((list?.at ?? 0) + 4 * i, true), notes)
    if (cell === undefined) break
    const length = Math.min(segmentSize, size - found, cell.end - cell.at)
    if (!spend(work, 4 + length, notes, cell.at)) return undefined
    parts.push(bytes.subarray(cell.at, cell.at + length))
    found += length
    // What follows a short segment would stand at the wrong place.
    if (length < segmentSize && found < size) break
  }
  if (found < size) note(notes, 'registry/big-data', byteAt(at - 4), `${size} octets`, String(found))
  const whole = new Uint8Array(found)
  let to = 0
  for (const part of parts) {
    whole.set(part, to)
    to += part.length
  }
  return whole
}
