import { Buffer } from 'node:buffer'
import type { Walk } from './der.ts'
import { note } from './der.ts'

/**
 * The certificate's serial number, which is the element read last: an INTEGER of up to 20 octets that is larger than 0 (RFC
 * 5280 §4.1.2.2). What is not so becomes a problem and is kept.
 */
export function readSerial(walk: Walk): string | undefined {
  const { contents, contentsEnd } = walk
  const serial = readSerialText(walk)
  if (serial?.startsWith('-')) note(walk, 'x509/serial-negative', contents)
  else if (serial === '00') note(walk, 'x509/serial-zero', contents)
  if (contentsEnd - contents > 20)
    note(walk, 'x509/serial-too-long', contents, 'at most 20 octets', `${contentsEnd - contents} octets`)
  return serial
}

/** Octets of a serial number that are written out. */
const longestSerial = 4096

/**
 * The INTEGER read last in upper-case hexadecimal, a negative one as `-` and its magnitude. Undefined when it has no octets,
 * is cut off, or has more than 4096.
 */
export function readSerialText(walk: Walk): string | undefined {
  const { bytes, buffer, contents, contentsEnd } = walk
  if (!checkInteger(walk, longestSerial)) return undefined
  if ((bytes[contents] ?? 0) >= 0x80) return `-${magnitudeOf(bytes, contents, contentsEnd)}`
  let from = contents
  while (from < contentsEnd - 1 && bytes[from] === 0) from += 1
  return buffer.toString('hex', from, contentsEnd).toUpperCase()
}

/** Of a negative number in two's complement: every bit turned, plus one. */
function magnitudeOf(bytes: Uint8Array, start: number, end: number): string {
  const turned = BigInt(`0x${Buffer.from(bytes.subarray(start, end)).toString('hex')}`)
  const hex = ((1n << BigInt((end - start) * 8)) - turned).toString(16).toUpperCase()
  return hex.length % 2 === 0 ? hex : `0${hex}`
}

/**
 * The INTEGER read last as a number, for things that are counted. Undefined, with a problem, when it is larger than a
 * number holds exactly; negative ones are negative.
 */
export function readSmallInteger(walk: Walk): number | undefined {
  const { bytes, contents, contentsEnd } = walk
  if (!checkInteger(walk, 6)) return undefined
  let value = (bytes[contents] ?? 0) >= 0x80 ? -1 : 0
  for (let at = contents; at < contentsEnd; at += 1) value = value * 256 + (bytes[at] ?? 0)
  return value
}

/** X.690 §8.3.2: never nine equal bits at the front. @returns whether there is a value to read */
export function checkInteger(walk: Walk, longest: number): boolean {
  const { bytes, contents, contentsEnd, cut } = walk
  const length = contentsEnd - contents
  if (cut) return false // the problem is noted
  if (length === 0 || length > longest) {
    note(walk, 'der/integer', contents, `1 to ${longest} octets`, `${length} octets`)
    return false
  }
  const [first = 0, second = 0] = [bytes[contents], bytes[contents + 1]]
  if (length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80)))
    note(walk, 'der/integer-not-minimal', contents)
  return true
}

/** Bits of the positive INTEGER between `start` and `end`, whose first octet is not zero. */
export function bitLength(bytes: Uint8Array, start: number, end: number): number {
  return start >= end ? 0 : (end - start - 1) * 8 + (32 - Math.clz32(bytes[start] ?? 0))
}

/** The BOOLEAN read last. X.690 §11.1: FF is true, 00 is false; BER takes any other octet as true. */
export function readBoolean(walk: Walk): boolean {
  const { bytes, contents, contentsEnd } = walk
  const octet = bytes[contents] ?? 0
  if (contentsEnd - contents !== 1 || (octet !== 0 && octet !== 0xff))
    note(walk, 'der/boolean', contents, '00 or FF', `${contentsEnd - contents} octets, ${octet}`)
  return contentsEnd > contents && octet !== 0
}

/**
 * Where the bits of the BIT STRING read last begin. X.690 §8.6: an octet with the number of unused bits stands before
 * them. In certificates nothing that is read as octets may have any.
 */
export function readBitString(walk: Walk): number {
  const { bytes, contents, contentsEnd } = walk
  if (contents === contentsEnd) {
    if (!walk.cut) note(walk, 'der/bit-string', contents, 'the number of unused bits')
    return contents
  }
  const unused = bytes[contents] ?? 0
  if (unused !== 0) note(walk, 'der/bit-string', contents, '0 unused bits', String(unused))
  return contents + 1
}
