import type { Value, ValueType } from './value.ts'
import { textOf } from './value-text.ts'

/** Everything that a JSON string cannot hold as it is, and halves of surrogate pairs, which JSON.stringify escapes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const special = /["\\\u0000-\u001f\ud800-\udfff]/

export function quoted(text: string): string {
  return special.test(text) ? JSON.stringify(text) : `"${text}"`
}

/** Numbers are numbers where JSON can hold them exactly; hexadecimal ones, times and octets are text as in XML. */
export function valueJson(type: ValueType, value: Value): string {
  if (typeof value === 'string') return quoted(value)
  if (value === null) return 'null'
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number' && type !== 'hex32' && type !== 'handle' && Number.isFinite(value)) return plain(value)
  if (typeof value === 'bigint' && (type === 'uint64' || type === 'int64') && isExact(value)) return String(value)
  return `"${textOf(type, value)}"`
}

/** -0 is 0 in JSON. */
function plain(value: number): string {
  return Object.is(value, -0) ? '0' : String(value)
}

function isExact(value: bigint): boolean {
  return value <= 9007199254740991n && value >= -9007199254740991n
}
