import { type Bins, byteAt, type Cell, cellAt, signature, signatureOf, spend, type Work } from './bins.ts'
import { baseBlockSize, keyHeaderSize } from './bounds.ts'
import { type Notes, note } from './note.ts'
import { latin1, unterminated, utf16 } from './value.ts'

/*
 * Key node, in a cell:
 *   0   "nk"                        2   u16 flags                     4   u64 FILETIME last written
 *   16  u32 place of the parent     20  u32 subkeys                   28  u32 place of their list
 *   36  u32 values                  40  u32 place of their list       44  u32 place of the security descriptor
 *   48  u32 place of class name     72  u16 octets of the name        74  u16 octets of the class name
 *   76  the name
 * No place is 0xffffffff.
 */
const keySignature = signature('nk')
const rootFlag = 0x04
const linkFlag = 0x10
const oneOctetFlag = 0x20
const handleFlag = 0x40
export const nowhere = 0xffffffff

/** A key of a hive, without its values and subkeys. */
export type HiveKey = {
  readonly name: string
  /** FILETIME, 100 ns since 1601-01-01 UTC: when a value or a subkey was last set or deleted. */
  readonly last_written: bigint
  /** A text that programs may add to a key. Nobody sees it in an editor. */
  readonly class_name: string | undefined
  /** The key stands for another one: its value SymbolicLinkValue says for which. */
  readonly is_link: boolean
  /** As the key says; what can be read may be fewer. */
  readonly subkey_count: number
  readonly value_count: number
  /** Where its cell begins in the file. */
  readonly offset: number
  /** What the rest of the room needs. */
  readonly places: KeyPlaces
}

export type KeyPlaces = {
  /** Of its cell, behind the base block. */
  readonly own: number
  readonly parent: number
  readonly subkeys: number
  readonly values: number
  readonly security: number
}

/** Whether a key node lies at a place, and whether it says that it is the root. */
export function isRootKey(bins: Bins, place: number): boolean {
  const { bytes, data } = bins
  return (
    place + 4 + keyHeaderSize <= bytes.length &&
    data.getUint16(place + 4, true) === keySignature &&
    (data.getUint16(place + 6, true) & rootFlag) !== 0
  )
}

export function readKeyNode(work: Work, place: number, notes: Notes): HiveKey | undefined {
  const cell = keyCell(work, place, notes)
  if (cell === undefined) return undefined
  const { data } = work.bins
  const u32 = (offset: number) => data.getUint32(cell.at + offset, true)
  const flags = data.getUint16(cell.at + 2, true)
  const name = nameIn(work, cell, notes)
  if (!spend(work, keyHeaderSize + name.length, notes, place)) return undefined
  return {
    name,
    last_written: data.getBigUint64(cell.at + 4, true),
    class_name: readClassName(work, cell, notes),
    is_link: (flags & linkFlag) !== 0,
    subkey_count: u32(20),
    // A predefined handle (HKEY_PERFORMANCE_DATA) keeps its number where others count their values.
    value_count: (flags & handleFlag) === 0 ? u32(36) : 0,
    offset: baseBlockSize + place,
    places: { own: place, parent: u32(16), subkeys: u32(28), values: u32(40), security: u32(44) },
  }
}

/** Only the name: for looking for one. */
export function nameOfKey(work: Work, place: number, notes: Notes): string | undefined {
  const cell = keyCell(work, place, notes)
  if (cell === undefined) return undefined
  const name = nameIn(work, cell, notes)
  return spend(work, keyHeaderSize + name.length, notes, place) ? name : undefined
}

function keyCell({ bins }: Work, place: number, notes: Notes): Cell | undefined {
  const cell = cellAt(bins, place, notes)
  if (cell === undefined) return undefined
  if (signatureOf(bins, cell) === keySignature && cell.end - cell.at >= keyHeaderSize) return cell
  note(notes, 'registry/key', byteAt(place), 'nk')
  return undefined
}

function nameIn({ bins: { bytes, data } }: Work, { at, end }: Cell, notes: Notes): string {
  const size = data.getUint16(at + 72, true)
  const isOneOctet = (data.getUint16(at + 2, true) & oneOctetFlag) !== 0
  const name = nameOf(bytes.subarray(at + keyHeaderSize, Math.min(end, at + keyHeaderSize + size)), isOneOctet)
  if (at + keyHeaderSize + size > end)
    note(notes, 'registry/name', byteAt(at - 4), `at most ${end - at - keyHeaderSize} octets`, String(size))
  // Windows itself allows NULs; editors end names there. Such keys cannot be opened with them.
  if (name.includes('\0') || name.includes('\\'))
    note(notes, 'registry/name-hidden', byteAt(at - 4), 'no NUL, no backslash', JSON.stringify(name))
  return name
}

/** Names of keys and values: one octet a character where that is enough, otherwise UTF-16LE. */
export function nameOf(bytes: Uint8Array, isOneOctet: boolean): string {
  return isOneOctet ? latin1(bytes) : utf16(bytes)
}

function readClassName(work: Work, key: Cell, notes: Notes): string | undefined {
  const { bytes, data } = work.bins
  const size = data.getUint16(key.at + 74, true)
  const place = data.getUint32(key.at + 48, true)
  if (size === 0 || place === nowhere) return undefined
  const cell = cellAt(work.bins, place, notes)
  const isWhole = cell !== undefined && cell.at + size <= cell.end
  if (!isWhole) note(notes, 'registry/class-name', byteAt(key.at - 4), `${size} octets`)
  if (cell === undefined || !spend(work, size, notes, place)) return undefined
  return unterminated(utf16(bytes.subarray(cell.at, Math.min(cell.end, cell.at + size))))
}
