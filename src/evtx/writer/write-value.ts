import { Buffer } from 'node:buffer'
import { assert } from '../../base/index.ts'
import type { Value, ValueType } from '../value.ts'
import { noOctets, type Octets, put8, put16, put32, put64, putBytes, putCharacters } from './octets.ts'

/** Writes the octets of one value. @param inArray strings of an array end with a NUL */
export function putValue(octets: Octets, type: ValueType, value: Value, inArray = false): void {
  if (value === null) return
  if (value instanceof Uint8Array) {
    putBytes(octets, value)
    return
  }
  switch (type) {
    case 'string':
    case 'event_xml':
      putCharacters(octets, String(value))
      if (inArray) put16(octets, 0)
      return
    case 'ansi_string':
      put8(octets, ...[...String(value)].map(character => character.charCodeAt(0) & 0xff), ...(inArray ? [0] : []))
      return
    case 'int8':
    case 'uint8':
      put8(octets, Number(value) & 0xff)
      return
    case 'int16':
    case 'uint16':
      put16(octets, Number(value) & 0xffff)
      return
    case 'int32':
    case 'uint32':
    case 'hex32':
    case 'handle':
    case 'boolean':
      put32(octets, Number(value) >>> 0)
      return
    case 'int64':
    case 'uint64':
    case 'hex64':
    case 'size':
    case 'filetime':
      assert(typeof value === 'bigint', `a ${type} is a bigint`)
      put64(octets, value)
      return
    case 'float32':
      putBytes(octets, new Uint8Array(Float32Array.of(Number(value)).buffer))
      return
    case 'float64':
      putBytes(octets, new Uint8Array(Float64Array.of(Number(value)).buffer))
      return
    case 'guid':
      putBytes(octets, guidOctets(String(value)))
      return
    case 'sid':
      putBytes(octets, sidOctets(String(value)))
      return
    case 'systemtime':
      putSystemTime(octets, String(value))
      return
    case 'null':
    case 'binary':
    case 'xml':
      assert(false, `a ${type} is written from octets`)
  }
}

/** `{5770385f-c22a-43e0-bf4c-06f5698ffbd9}`: the first three parts are little-endian. */
export function guidOctets(text: string): Uint8Array {
  const hex = text.replace(/[{}-]/g, '')
  assert(hex.length === 32, `${text} is a GUID`)
  const octets = Buffer.from(hex, 'hex')
  return Uint8Array.from([3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15], at => octets[at] ?? 0)
}

/** `S-1-5-18` */
export function sidOctets(text: string): Uint8Array {
  const [, revision = '1', authority = '0', ...parts] = text.split('-')
  const octets = noOctets()
  put8(octets, Number(revision), parts.length)
  const value = BigInt(authority)
  for (let shift = 40n; shift >= 0n; shift -= 8n) put8(octets, Number((value >> shift) & 0xffn))
  for (const part of parts) put32(octets, Number(part))
  return octets.bytes.slice(0, octets.length)
}

/** `2026-03-02T09:00:00.123Z` */
function putSystemTime(octets: Octets, text: string): void {
  const time = new Date(text)
  put16(octets, time.getUTCFullYear())
  put16(octets, time.getUTCMonth() + 1)
  put16(octets, time.getUTCDay())
  put16(octets, time.getUTCDate())
  put16(octets, time.getUTCHours())
  put16(octets, time.getUTCMinutes())
  put16(octets, time.getUTCSeconds())
  put16(octets, time.getUTCMilliseconds())
}
