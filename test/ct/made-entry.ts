import { createHash } from 'node:crypto'
import { uintBytes } from '../../src/ct/octets.ts'
import * as der from '../der.ts'

/** A chain and entries for logs of tests: real DER, with signatures that nobody made, since no log of ours checks them. */

export type MadeEntry = {
  readonly timestamp: number
  readonly kind: 'certificate' | 'precertificate'
  /** As submitted. */
  readonly der: Uint8Array
  /** timestamp, entry_type, signed part, extensions: RFC 6962 §3.4. */
  readonly timestamped: Uint8Array
  readonly chain: readonly Uint8Array[]
}

const poison = der.extension('1.3.6.1.4.1.11129.2.4.3', der.nothing, true)
const caKey = der.ecKey(Buffer.concat([Uint8Array.of(4), Buffer.alloc(64, 7)]))
const caName = der.name([
  ['C', 'US'],
  ['O', 'Test Trust'],
  ['CN', 'Test Issuing CA'],
])
export const issuer: Uint8Array = authority(caKey)
/** Has the name of the issuer, and another key. */
export const otherIssuer: Uint8Array = authority(der.ecKey(Buffer.concat([Uint8Array.of(4), Buffer.alloc(64, 8)])))

function authority(key: Uint8Array): Uint8Array {
  return der.plainCertificate({
    serial: der.integer(77n),
    issuer: caName,
    subject: caName,
    key,
    extensions: [der.extension('2.5.29.19', der.sequence(der.boolean(true)), true)],
  })
}

/** What is in the certificate of an entry before its extensions. */
function partsOf(number: number, names: readonly string[]) {
  return {
    version: 2,
    serial: der.integer(BigInt(1_000_000 + number)),
    issuer: caName,
    subject: der.name([['CN', names[0] ?? '']]),
    notBefore: der.time(new Date('2026-01-01T00:00:00Z')),
    notAfter: der.time(new Date('2026-04-01T00:00:00Z')),
    key: der.ecKey(Buffer.concat([Uint8Array.of(4), createHash('sha512').update(String(number)).digest()])),
  }
}

function namesExtension(names: readonly string[]): Uint8Array {
  return der.extension('2.5.29.17', der.sequence(...names.map(name => der.primitive(2, Buffer.from(name, 'latin1')))))
}

/** Every other one is a precertificate. The same number gives the same entry; `index` makes it one of a static-ct log. */
export function madeEntry(
  number: number,
  {
    timestamp,
    names = [`host${number}.example.test`],
    index,
  }: { timestamp: number; names?: readonly string[]; index?: number },
): MadeEntry {
  const kind = number % 2 === 0 ? 'precertificate' : 'certificate'
  const parts = partsOf(number, names)
  const named = namesExtension(names)
  const whole = der.plainCertificate({ ...parts, extensions: [named] })
  const submitted = kind === 'certificate' ? whole : der.plainCertificate({ ...parts, extensions: [named, poison] })
  const signed =
    kind === 'certificate'
      ? uintVector(whole, 3)
      : Buffer.concat([createHash('sha256').update(caKey).digest(), uintVector(tbsOf(whole), 3)])
  const timestamped = Buffer.concat([
    uintBytes(timestamp, 8),
    uintBytes(kind === 'certificate' ? 0 : 1, 2),
    signed,
    uintVector(indexExtension(index), 2),
  ])
  return { timestamp, kind, der: submitted, timestamped, chain: [issuer] }
}

/** Where a static-ct log promises to put an entry. */
export function indexExtension(index: number | undefined): Uint8Array {
  return index === undefined ? new Uint8Array() : Buffer.concat([Uint8Array.of(0), uintVector(uintBytes(index, 5), 2)])
}

/** The certificate that was issued after the precertificate of this number was logged, with the promises of logs in it. */
export function issuedCertificate(
  number: number,
  scts: readonly Uint8Array[],
  names: readonly string[] = [`host${number}.example.test`],
): Uint8Array {
  const list = uintVector(Buffer.concat(scts.map(sct => uintVector(sct, 2))), 2)
  const promises = der.extension('1.3.6.1.4.1.11129.2.4.2', der.octets(list))
  return der.plainCertificate({ ...partsOf(number, names), extensions: [namesExtension(names), promises] })
}

/** The first element of the outer SEQUENCE. */
function tbsOf(certificate: Uint8Array): Uint8Array {
  const head = certificate[1] === 0x82 ? 4 : certificate[1] === 0x81 ? 3 : 2
  const long = (certificate[head + 1] ?? 0) & 0x7f
  const isLong = (certificate[head + 1] ?? 0) >= 0x80
  const length = isLong ? Buffer.from(certificate).readUIntBE(head + 2, long) : long
  return certificate.subarray(head, head + 2 + (isLong ? long : 0) + length)
}

/** Bytes behind their length. */
export function uintVector(bytes: Uint8Array, lengthBytes: number): Uint8Array {
  return Buffer.concat([uintBytes(bytes.length, lengthBytes), bytes])
}
