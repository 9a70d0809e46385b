import type { Chunk } from './chunk.ts'
import { note } from './chunk.ts'
import { guidAt } from './guid.ts'
import { textOfOctets } from './memo.ts'
import { sidAt, sizeOfSid } from './sid.ts'
import { ansiText, characters } from './strings.ts'
import { systemTimeText } from './times.ts'
import { isKnownType, sizeOfType, typeNames, type Value } from './value.ts'

/**
 * The value of `size` octets at `at`. Nothing in it is copied but strings and octets. One that cannot be of its type keeps
 * its octets, with a problem.
 *
 * @param type without the array flag
 */
export function valueAt(chunk: Chunk, type: number, at: number, size: number): Value {
  const { data } = chunk
  if (type === 0x01) return characters(chunk, at, size)
  const expected = sizeOfType[type] ?? 0
  if (expected !== 0 && size !== expected) return oddSize(chunk, type, at, size, expected)
  switch (type) {
    case 0x00:
      return null
    case 0x02:
      return ansiText(chunk, at, size)
    case 0x03:
      return data.getInt8(at)
    case 0x04:
      return data.getUint8(at)
    case 0x05:
      return data.getInt16(at, true)
    case 0x06:
      return data.getUint16(at, true)
    case 0x07:
      return data.getInt32(at, true)
    case 0x08:
    case 0x14:
    case 0x20:
      return data.getUint32(at, true)
    case 0x09:
      return data.getBigInt64(at, true)
    case 0x0a:
    case 0x10:
    case 0x11:
    case 0x15:
      return data.getBigUint64(at, true)
    case 0x0b:
      return data.getFloat32(at, true)
    case 0x0c:
      return data.getFloat64(at, true)
    case 0x0d:
      return booleanAt(chunk, at)
    case 0x0f:
      return textOfOctets(chunk, 0, at, size, guidAt)
    case 0x12:
      return systemTimeText(chunk, at) ?? refuse(chunk, at, size, 'a SYSTEMTIME')
    case 0x13:
      return sizeOfSid(chunk, at, size) === undefined
        ? refuse(chunk, at, size, 'a SID')
        : textOfOctets(chunk, 1, at, size, sidAt)
    case 0x23:
      return characters(chunk, at, size)
    default:
      if (isKnownType[type] !== true) note(chunk, 'evtx/value-type', at, undefined, `0x${type.toString(16)}`)
      return octets(chunk, at, size)
  }
}

function octets({ bytes }: Chunk, at: number, size: number): Uint8Array {
  return bytes.slice(at, at + size)
}

function booleanAt(chunk: Chunk, at: number): boolean {
  const value = chunk.data.getUint32(at, true)
  if (value > 1) note(chunk, 'evtx/boolean', at, '0 or 1', String(value))
  return value !== 0
}

function refuse(chunk: Chunk, at: number, size: number, expected: string): Uint8Array {
  note(chunk, 'evtx/value', at, expected, chunk.buffer.toString('hex', at, Math.min(at + size, at + 32)))
  return octets(chunk, at, size)
}

/** Nothing is null. A size may have four octets, and booleans and numbers are seen in other widths than their own. */
function oddSize(chunk: Chunk, type: number, at: number, size: number, expected: number): Value {
  if (size === 0) return null
  if (type === 0x10 && size === 4) return BigInt(chunk.data.getUint32(at, true))
  if (type === 0x20 && size === 8) return chunk.data.getBigUint64(at, true)
  if (type === 0x0d && size < 4) return littleEndian(chunk, at, size) !== 0
  note(chunk, 'evtx/value', at, `${expected} octets of ${typeNames[type]}`, String(size))
  return octets(chunk, at, size)
}

function littleEndian({ bytes }: Chunk, at: number, size: number): number {
  let value = 0
  for (let i = size - 1; i >= 0; i -= 1) value = value * 256 + (bytes[at + i] ?? 0)
  return value
}
