import { Buffer } from 'node:buffer'
import { fileTimeText } from './times.ts'
import type { Value, ValueType } from './value.ts'

/** A value as Windows shows it in the XML of an event. Null is empty. */
export function textOf(type: ValueType, value: Value): string {
  if (typeof value === 'string') return value
  if (value === null) return ''
  if (typeof value === 'bigint') return type === 'filetime' ? fileTimeText(value) : integerText(type, value)
  if (typeof value === 'number') return integerText(type, value)
  if (typeof value === 'boolean') return String(value)
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex').toUpperCase()
}

function integerText(type: ValueType, value: number | bigint): string {
  return type === 'hex32' || type === 'hex64' || type === 'size' || type === 'handle'
    ? `0x${value.toString(16)}`
    : String(value)
}
