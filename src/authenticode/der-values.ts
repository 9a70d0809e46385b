import { Buffer } from 'node:buffer'
import { longestText } from './bounds.ts'
import type { Cursor, DerWalk, Element } from './der.ts'
import { contentsOf, hex, noteAt, tags, take } from './der.ts'

/** Contents octets of an object identifier that are read. */
const longestOid = 64

/** `2.16.840.1.101.3.4.2.1`; what cannot be read stands as `#` and hexadecimal. X.690 §8.19. */
export function oidOf(walk: DerWalk, element: Element): string {
  const octets = contentsOf(walk, element)
  if (octets.length === 0 || octets.length > longestOid || (octets[octets.length - 1] ?? 0) >= 0x80)
    return `#${hex(octets, 0, longestOid)}`
  const arcs: number[] = []
  let arc = 0
  for (const octet of octets) {
    arc = arc * 128 + (octet & 0x7f)
    if (arc > Number.MAX_SAFE_INTEGER) return `#${hex(octets)}`
    if (octet >= 0x80) continue
    if (arcs.length === 0) {
      const first = Math.min(Math.floor(arc / 40), 2)
      arcs.push(first, arc - first * 40)
    } else arcs.push(arc)
    arc = 0
  }
  return arcs.join('.')
}

export type Algorithm = { readonly oid: string; readonly parameters: Uint8Array | undefined }

/** AlgorithmIdentifier ::= SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY OPTIONAL } */
export function takeAlgorithm(cursor: Cursor, what: string): Algorithm | undefined {
  const sequence = take(cursor, tags.sequence, what)
  if (sequence === undefined) return undefined
  const { walk } = cursor
  const parts: Cursor = { walk, at: sequence.contents, end: sequence.end }
  const oid = take(parts, tags.oid, 'algorithm')
  if (oid === undefined) return undefined
  return {
    oid: oidOf(walk, oid),
    parameters: parts.at < parts.end ? walk.bytes.subarray(parts.at, parts.end) : undefined,
  }
}

/** A serial number as certificates have it: upper-case hexadecimal without the octet that only keeps it positive. */
export function serialOf(walk: DerWalk, element: Element): string {
  const octets = contentsOf(walk, element).subarray(0, 4096)
  if ((octets[0] ?? 0) >= 0x80) {
    const size = BigInt(octets.length * 8)
    const text = ((1n << size) - BigInt(`0x${hex(octets)}`)).toString(16).toUpperCase()
    return `-${text.length % 2 === 0 ? text : `0${text}`}`
  }
  let from = 0
  while (from < octets.length - 1 && octets[from] === 0) from += 1
  return hex(octets, from).toUpperCase()
}

/** An INTEGER of at most six octets as a number; undefined when it has more. */
export function smallIntegerOf(walk: DerWalk, element: Element): number | undefined {
  const octets = contentsOf(walk, element)
  if (octets.length === 0 || octets.length > 6) return undefined
  let value = (octets[0] ?? 0) >= 0x80 ? -1 : 0
  for (const octet of octets) value = value * 256 + octet
  return value
}

/** Text of a character string: BMPString (tag 1E, or [0] in SpcString) is UTF-16BE, the rest UTF-8, which holds ASCII. */
export function textOf(octets: Uint8Array, isWide: boolean): string {
  const cut = octets.subarray(0, longestText)
  if (!isWide) return Buffer.from(cut).toString('utf8')
  return Buffer.from(cut.subarray(0, cut.length & ~1))
    .swap16()
    .toString('utf16le')
}

const utc = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/
const generalized = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:[.,](\d{1,9}))?Z$/

/**
 * Milliseconds since the epoch, UTC. RFC 5280 §4.1.2.5 for UTCTime (years below 50 are 20YY), RFC 3161 §2.4.2 for genTime, which
 * may have a fraction.
 */
export function timeOf(walk: DerWalk, element: Element): number | undefined {
  const text = Buffer.from(contentsOf(walk, element).subarray(0, 40)).toString('latin1')
  const parts = element.tag === 0x17 ? utc.exec(text) : element.tag === 0x18 ? generalized.exec(text) : null
  const [year = NaN, month = NaN, day = NaN, hour = NaN, minute = NaN, second = NaN] = (parts ?? [])
    .slice(1, 7)
    .map(Number)
  const full = element.tag === 0x17 ? (year < 50 ? 2000 : 1900) + year : year
  const time = new Date(0).setUTCFullYear(full, month - 1, day) + ((hour * 60 + minute) * 60 + second) * 1000
  const isReal =
    month >= 1 &&
    month <= 12 &&
    hour < 24 &&
    minute < 60 &&
    second <= 60 &&
    new Date(time - second * 1000).getUTCDate() === day
  if (!isReal) {
    noteAt(walk, 'authenticode/time', element.start, 'a time that ends with Z', text)
    return undefined
  }
  return time + Math.floor(Number(`0.${parts?.[7] ?? '0'}`) * 1000)
}
