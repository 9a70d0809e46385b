import { codeOfType, type RegistryData, type RegistryType, typeOfCode } from './value.ts'

/** What an event says that was written. Data are absent when it does not say: Sysmon tells no octets. */
export type ToldData = { readonly type: RegistryType; readonly data: RegistryData | undefined }

/**
 * Sysmon's Details: `DWORD (0x00000001)`, `QWORD (0x00000000-0x00000001)` with the upper half first, `Binary Data`, `(Empty)`,
 * and otherwise text, of which the type is not told. A text that looks like one of the first cannot be told from it.
 */
export function dataOfDetails(details: string): ToldData {
  const dword = /^DWORD \(0x([0-9a-f]{1,8})\)$/i.exec(details)?.[1]
  if (dword !== undefined) return { type: 'REG_DWORD', data: Number.parseInt(dword, 16) }
  const [, high, low] = /^QWORD \(0x([0-9a-f]{1,8})-0x([0-9a-f]{1,8})\)$/i.exec(details) ?? []
  if (high !== undefined && low !== undefined)
    return { type: 'REG_QWORD', data: (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`) }
  if (details === 'Binary Data') return { type: 'REG_BINARY', data: undefined }
  return { type: 'unknown', data: details === '(Empty)' ? '' : details }
}

/** `%%1872` is REG_NONE, and so on in the order of the types to `%%1883`, REG_QWORD. */
const firstTypeMessage = 1872

/**
 * NewValueType (or OldValueType) of event 4657: `%%1873`, or its words where a collector has put them in, `REG_SZ`.
 */
export function typeOf4657(value_type: string): RegistryType {
  const message = /^%%(\d{4})$/.exec(value_type.trim())?.[1]
  if (message !== undefined) return typeOfCode(Number(message) - firstTypeMessage)
  const name = value_type.trim().toUpperCase()
  return typeOfCode(codeOfType(name) ?? -1)
}

/**
 * NewValue (or OldValue) of event 4657, by its type. Numbers are decimal there (seen in OTRF's data, Windows 10), in hexadecimal
 * with `0x`. How Windows tells REG_BINARY and its kin is not verified: no event with one was seen, so they have no data.
 */
export function dataOf4657(value: string, value_type: string): ToldData {
  const type = typeOf4657(value_type)
  if (type === 'REG_SZ' || type === 'REG_EXPAND_SZ' || type === 'REG_LINK' || type === 'unknown')
    return { type, data: value }
  if (type === 'REG_MULTI_SZ') return { type, data: value === '' ? [] : textsOf(value) }
  const number = /^(?:0x[0-9a-f]{1,16}|\d{1,20})$/i.test(value.trim()) ? BigInt(value.trim()) : undefined
  if (type === 'REG_QWORD') return { type, data: number === undefined || number >= 2n ** 64n ? undefined : number }
  if (type === 'REG_DWORD' || type === 'REG_DWORD_BIG_ENDIAN')
    return { type, data: number === undefined || number >= 2n ** 32n ? undefined : Number(number) }
  return { type, data: undefined }
}

/** One text a line; the last line may be empty. */
function textsOf(value: string): readonly string[] {
  const texts = value.split('\n').map(text => (text.endsWith('\r') ? text.slice(0, -1) : text))
  return texts.at(-1) === '' ? texts.slice(0, -1) : texts
}

/** What was done, in one set of words for all who tell it. */
export type RegistryOperation =
  | 'key_created'
  | 'key_deleted'
  | 'key_renamed'
  | 'value_set'
  | 'value_deleted'
  | 'value_renamed'
  | 'unknown'

/** Sysmon's EventType of events 12 to 14. */
export function operationOfEventType(event_type: string): RegistryOperation {
  return bySysmon.get(event_type.trim().toUpperCase()) ?? 'unknown'
}

const bySysmon: ReadonlyMap<string, RegistryOperation> = new Map([
  ['CREATEKEY', 'key_created'],
  ['DELETEKEY', 'key_deleted'],
  ['RENAMEKEY', 'key_renamed'],
  ['SETVALUE', 'value_set'],
  ['DELETEVALUE', 'value_deleted'],
  ['RENAMEVALUE', 'value_renamed'],
])

/** 4657's OperationType; `is_new` tells whether the value was there before, which Sysmon does not. */
export function operationOf4657(operation_type: string): { operation: RegistryOperation; is_new: boolean | undefined } {
  const told = operation_type.trim()
  if (told === '%%1904' || told === 'New registry value created') return { operation: 'value_set', is_new: true }
  if (told === '%%1905' || told === 'Existing registry value modified') return { operation: 'value_set', is_new: false }
  if (told === '%%1906' || told === 'Registry value deleted') return { operation: 'value_deleted', is_new: undefined }
  return { operation: 'unknown', is_new: undefined }
}
