import { Buffer } from 'node:buffer'
import { assert } from '../../base/index.ts'
import { checksumOf } from '../base-block.ts'
import { baseBlockSize, keyHeaderSize, segmentSize, valueHeaderSize } from '../bounds.ts'
import { nowhere } from '../key.ts'
import { upperCase } from '../upper-case.ts'
import type { RegistryData, RegistryType } from '../value.ts'
import { bytesOfData, codeOf, utf16Octets } from '../value-bytes.ts'
import { addCell, addOctets, type Cells, finishedBins, noCells, put16, put32, put64, putLetters } from './cells.ts'
import { descriptorFor } from './descriptor.ts'

export type WrittenKey = {
  readonly name: string
  /** FILETIME. Default that of the hive. */
  readonly last_written?: bigint
  readonly class_name?: string
  readonly values?: readonly WrittenValue[]
  /** In any order. Two of one name are the caller's mistake. */
  readonly subkeys?: readonly WrittenKey[]
}

export type WrittenValue = {
  readonly name: string
  /** A number for a type without a name. */
  readonly type: RegistryType | number
  /** Octets are stored as they are, whatever the type. */
  readonly data: RegistryData
}

export type HiveWriteOptions = {
  /** Default 5, as since XP. Lists are `lf` and long data are whole in 3, `lh` and in segments since 5. */
  readonly minor_version?: 3 | 4 | 5 | 6
  /** FILETIME. Default 2026-03-02T09:00:00Z. */
  readonly last_written?: bigint
  /** Both sequence numbers. Default 1. */
  readonly sequence?: number
  readonly file_name?: string
  /** Subkeys in one list; with more there is a list of lists. Default 1,000, about as Windows has it. */
  readonly most_in_list?: number
  /** `li` lists keys without anything of their names. Default by version. */
  readonly list?: 'lf' | 'lh' | 'li'
  /** A user who may do everything with every key, as Windows has it in a user's own hive. Default none. */
  readonly user_sid?: string
}

type Writer = {
  readonly cells: Cells
  readonly options: Required<Omit<HiveWriteOptions, 'user_sid'>> & Pick<HiveWriteOptions, 'user_sid'>
  security: number
  keyCount: number
}

/** A hive with these keys, closed properly, as Windows would have written it. It is for fixtures: everything is in memory. */
export function writeHive(root: WrittenKey, options: HiveWriteOptions = {}): Uint8Array {
  const minor_version = options.minor_version ?? 5
  const writer: Writer = {
    cells: noCells(),
    options: {
      minor_version,
      last_written: options.last_written ?? 134_169_156_000_000_000n,
      sequence: options.sequence ?? 1,
      file_name: options.file_name ?? '',
      most_in_list: options.most_in_list ?? 1000,
      list: options.list ?? (minor_version >= 5 ? 'lh' : 'lf'),
      ...(options.user_sid === undefined ? {} : { user_sid: options.user_sid }),
    },
    security: 0,
    keyCount: 0,
  }
  const rootPlace = addKeyNode(writer, root, nowhere, true)
  writer.security = addSecurity(writer)
  fillKey(writer, root, rootPlace)
  put32(writer.cells, writer.security, 12, writer.keyCount)
  return withBaseBlock(writer, rootPlace, finishedBins(writer.cells))
}

function withBaseBlock({ options }: Writer, rootPlace: number, bins: Uint8Array): Uint8Array {
  const hive = new Uint8Array(baseBlockSize + bins.length)
  const data = new DataView(hive.buffer)
  hive.set(Buffer.from('regf', 'latin1'))
  data.setUint32(4, options.sequence, true)
  data.setUint32(8, options.sequence, true)
  data.setBigUint64(12, options.last_written, true)
  data.setUint32(20, 1, true)
  data.setUint32(24, options.minor_version, true)
  data.setUint32(32, 1, true)
  data.setUint32(36, rootPlace, true)
  data.setUint32(40, bins.length, true)
  data.setUint32(44, 1, true)
  hive.set(utf16Octets(options.file_name.slice(-31)), 48)
  data.setUint32(508, checksumOf(hive), true)
  hive.set(bins, baseBlockSize)
  // The first bin repeats when the hive was written.
  data.setBigUint64(baseBlockSize + 20, options.last_written, true)
  return hive
}

function addKeyNode(writer: Writer, key: WrittenKey, parent: number, isRoot: boolean): number {
  const { cells, options } = writer
  const { bytes: name, isOneOctet } = octetsOfName(key.name)
  const place = addCell(cells, keyHeaderSize + name.length)
  const class_name = utf16Octets(key.class_name ?? '')
  putLetters(cells, place, 'nk')
  put16(cells, place, 2, (isOneOctet ? 0x20 : 0) | (isRoot ? 0x0c : 0))
  put64(cells, place, 4, key.last_written ?? options.last_written)
  put32(cells, place, 16, parent)
  for (const offset of [28, 32, 40, 44, 48]) put32(cells, place, offset, nowhere)
  put16(cells, place, 72, name.length)
  put16(cells, place, 74, class_name.length)
  cells.bytes.set(name, place + 4 + keyHeaderSize)
  if (class_name.length > 0) put32(cells, place, 48, addOctets(cells, class_name))
  writer.keyCount += 1
  return place
}

function fillKey(writer: Writer, key: WrittenKey, place: number): void {
  const { cells } = writer
  put32(cells, place, 44, writer.security)
  const values = key.values ?? []
  if (values.length > 0) {
    const places = values.map(value => addValue(writer, value))
    put32(cells, place, 36, places.length)
    put32(cells, place, 40, addPlaces(cells, places))
    put32(cells, place, 60, Math.max(...values.map(({ name }) => 2 * name.length)))
    put32(cells, place, 64, Math.max(...values.map(({ type, data }) => bytesOfData(type, data).length)))
  }
  const subkeys = sorted(key.subkeys ?? [])
  if (subkeys.length === 0) return
  const places = subkeys.map(subkey => addKeyNode(writer, subkey, place, false))
  put32(cells, place, 20, places.length)
  put32(cells, place, 28, addLists(writer, subkeys, places))
  put32(
    cells,
    place,
    52,
    subkeys.reduce((most, { name }) => Math.max(most, 2 * name.length), 0),
  )
  for (const [i, subkey] of subkeys.entries()) fillKey(writer, subkey, places[i] ?? nowhere)
}

function sorted(keys: readonly WrittenKey[]): readonly WrittenKey[] {
  const named = keys.map(key => ({ key, upper: upperCase(key.name) })).sort((a, b) => (a.upper < b.upper ? -1 : 1))
  for (const [i, { upper }] of named.entries()) assert(upper !== named[i + 1]?.upper, 'subkeys have different names')
  return named.map(({ key }) => key)
}

function addLists(writer: Writer, keys: readonly WrittenKey[], places: readonly number[]): number {
  const { cells, options } = writer
  const lists: number[] = []
  for (let from = 0; from < keys.length; from += options.most_in_list)
    lists.push(addList(writer, keys.slice(from, from + options.most_in_list), places.slice(from)))
  const [first = nowhere] = lists
  if (lists.length === 1) return first
  const place = addCell(cells, 4 + 4 * lists.length)
  putLetters(cells, place, 'ri')
  put16(cells, place, 2, lists.length)
  for (const [i, list] of lists.entries()) put32(cells, place, 4 + 4 * i, list)
  return place
}

function addList({ cells, options }: Writer, keys: readonly WrittenKey[], places: readonly number[]): number {
  const size = options.list === 'li' ? 4 : 8
  const place = addCell(cells, 4 + size * keys.length)
  putLetters(cells, place, options.list)
  put16(cells, place, 2, keys.length)
  for (const [i, { name }] of keys.entries()) {
    put32(cells, place, 4 + size * i, places[i] ?? nowhere)
    if (options.list === 'lh') put32(cells, place, 8 + size * i, hashOfName(name))
    if (options.list === 'lf') put32(cells, place, 8 + size * i, beginningOfName(name))
  }
  return place
}

function hashOfName(name: string): number {
  let hash = 0
  for (const unit of upperCase(name).split('')) hash = (Math.imul(hash, 37) + unit.charCodeAt(0)) >>> 0
  return hash
}

/** The first four characters; nothing when they are not all ASCII. */
function beginningOfName(name: string): number {
  let number = 0
  for (let i = 3; i >= 0; i -= 1) {
    const unit = i < name.length ? name.charCodeAt(i) : 0
    if (unit >= 0x80) return 0
    number = ((number << 8) | unit) >>> 0
  }
  return number
}

function addValue(writer: Writer, { name, type, data }: WrittenValue): number {
  const { cells } = writer
  const { bytes: octets, isOneOctet } = octetsOfName(name)
  const bytes = bytesOfData(type, data)
  const place = addCell(cells, valueHeaderSize + octets.length)
  putLetters(cells, place, 'vk')
  put16(cells, place, 2, octets.length)
  put32(cells, place, 4, bytes.length <= 4 ? 0x80000000 + bytes.length : bytes.length)
  put32(cells, place, 12, codeOf(type))
  put16(cells, place, 16, isOneOctet && octets.length > 0 ? 1 : 0)
  cells.bytes.set(octets, place + 4 + valueHeaderSize)
  if (bytes.length <= 4) cells.bytes.set(bytes, place + 4 + 8)
  else put32(cells, place, 8, addData(writer, bytes))
  return place
}

function addData({ cells, options }: Writer, bytes: Uint8Array): number {
  if (bytes.length <= segmentSize || options.minor_version < 4) return addOctets(cells, bytes)
  const place = addCell(cells, 8)
  const parts: number[] = []
  // Windows gives each segment four octets more than it uses.
  for (let from = 0; from < bytes.length; from += segmentSize) {
    const part = bytes.subarray(from, from + segmentSize)
    const cell = addCell(cells, part.length + 4)
    cells.bytes.set(part, cell + 4)
    parts.push(cell)
  }
  putLetters(cells, place, 'db')
  put16(cells, place, 2, parts.length)
  put32(cells, place, 4, addPlaces(cells, parts))
  return place
}

function addPlaces(cells: Cells, places: readonly number[]): number {
  const list = addCell(cells, 4 * places.length)
  for (const [i, place] of places.entries()) put32(cells, list, 4 * i, place)
  return list
}

function addSecurity({ cells, options }: Writer): number {
  const descriptor = descriptorFor(options.user_sid)
  const place = addCell(cells, 20 + descriptor.length)
  putLetters(cells, place, 'sk')
  put32(cells, place, 4, place)
  put32(cells, place, 8, place)
  put32(cells, place, 16, descriptor.length)
  cells.bytes.set(descriptor, place + 4 + 20)
  return place
}

/** One octet a character where Latin-1 has all of them. */
function octetsOfName(name: string): { bytes: Uint8Array; isOneOctet: boolean } {
  const isOneOctet = name.split('').every(unit => unit.charCodeAt(0) < 0x100)
  return { bytes: isOneOctet ? Buffer.from(name, 'latin1') : utf16Octets(name), isOneOctet }
}
