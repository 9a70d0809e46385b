import { Buffer } from 'node:buffer'
import { longestText } from './bounds.ts'
import { type Notes, note } from './note.ts'

/** Types of values by their number (winnt.h), in the words of Windows. */
const types = [
  'REG_NONE',
  'REG_SZ',
  'REG_EXPAND_SZ',
  'REG_BINARY',
  'REG_DWORD',
  'REG_DWORD_BIG_ENDIAN',
  'REG_LINK',
  'REG_MULTI_SZ',
  'REG_RESOURCE_LIST',
  'REG_FULL_RESOURCE_DESCRIPTOR',
  'REG_RESOURCE_REQUIREMENTS_LIST',
  'REG_QWORD',
] as const

/** `unknown`: a number without a name, or a source that does not tell the type. */
export type RegistryType = (typeof types)[number] | 'unknown'

/** Text, lists of text (REG_MULTI_SZ), numbers (REG_QWORD: bigint); octets for everything else, and where they do not fit the type. */
export type RegistryData = string | readonly string[] | number | bigint | Uint8Array

export type RegistryValue = {
  /** Empty for the default value of a key. */
  readonly name: string
  readonly type: RegistryType
  /** Programs may choose any number. */
  readonly type_code: number
  readonly data: RegistryData
  /** As they lie in the hive. */
  readonly bytes: Uint8Array
}

export function typeOfCode(code: number): RegistryType {
  return types[code] ?? 'unknown'
}

/** @returns undefined when the name is none */
export function codeOfType(type: string): number | undefined {
  const code = types.indexOf(type as (typeof types)[number]) // any text may be looked for
  return code === -1 ? undefined : code
}

/** A value out of its octets. @param where for problems */
export function typedValue(
  name: string,
  type_code: number,
  bytes: Uint8Array,
  notes: Notes,
  where: string,
): RegistryValue {
  const type = typeOfCode(type_code)
  if (type === 'unknown') note(notes, 'registry/value-type', where, 'a type from 0 to 11', String(type_code))
  return { name, type, type_code, data: dataOf(type, bytes, notes, where), bytes }
}

function dataOf(type: RegistryType, bytes: Uint8Array, notes: Notes, where: string): RegistryData {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (type === 'REG_SZ' || type === 'REG_EXPAND_SZ' || type === 'REG_LINK') return textOf(bytes, notes, where)
  if (type === 'REG_MULTI_SZ') return textsOf(bytes, notes, where)
  if (type === 'REG_DWORD' || type === 'REG_DWORD_BIG_ENDIAN') {
    if (bytes.length === 4) return data.getUint32(0, type === 'REG_DWORD')
    note(notes, 'registry/value-size', where, '4 octets', `${bytes.length} octets`)
  } else if (type === 'REG_QWORD') {
    if (bytes.length === 8) return data.getBigUint64(0, true)
    note(notes, 'registry/value-size', where, '8 octets', `${bytes.length} octets`)
  }
  return bytes
}

/** UTF-16LE without the NULs at its end: some programs count the terminator and some do not. Halves of surrogate pairs stay. */
function textOf(bytes: Uint8Array, notes: Notes, where: string): RegistryData {
  const text = wholeText(bytes, notes, where)
  if (typeof text === 'string' && text.includes('\0'))
    note(notes, 'registry/value-text', where, 'no NUL inside', `one behind ${text.indexOf('\0')} characters`)
  return text
}

function textsOf(bytes: Uint8Array, notes: Notes, where: string): RegistryData {
  const text = wholeText(bytes, notes, where)
  if (typeof text !== 'string') return text
  if (text === '') return []
  // Most programs stop at the first empty text, so what stands behind it is hidden from them.
  if (text.includes('\0\0') || text.startsWith('\0'))
    note(notes, 'registry/value-text', where, 'no empty text inside', 'one')
  return text.split('\0')
}

function wholeText(bytes: Uint8Array, notes: Notes, where: string): string | Uint8Array {
  if (bytes.length > longestText) {
    note(notes, 'registry/too-large', where, `at most ${longestText} octets of text`, String(bytes.length))
    return bytes
  }
  if (bytes.length % 2 === 1 && bytes.at(-1) !== 0)
    note(notes, 'registry/value-text', where, 'an even number of octets', String(bytes.length))
  return unterminated(utf16(bytes))
}

export function unterminated(text: string): string {
  let end = text.length
  while (end > 0 && text.charCodeAt(end - 1) === 0) end -= 1
  return text.slice(0, end)
}

/** UTF-16LE; an odd octet at the end is left out. Half of a surrogate pair stays as it is. */
export function utf16(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf16le')
}

export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}
