import { bits, boolean, element, extension, integer, octets, oid, primitive, sequence, tagged } from '../../test/der.ts'
import type { Random } from './random.ts'

/** Extensions as certificate makers write them. RFC 5280 §4.2, RFC 6962 §3.1 and §3.3. */

/** KeyUsage is a named BIT STRING: unused bits at the end are counted (X.690 §11.2.2). */
const usages = { server: [0xa0, 5], serverEc: [0x80, 7], authority: [0x06, 1], all: [0xa4, 2] } as const

export const keyUsage = (usage: keyof typeof usages) =>
  extension('2.5.29.15', bits(Uint8Array.of(usages[usage][0]), usages[usage][1]), true)

const purposes = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2' } as const

export const extendedKeyUsage = (...wanted: readonly (keyof typeof purposes)[]) =>
  extension('2.5.29.37', sequence(...wanted.map(purpose => oid(purposes[purpose]))))

export const basicConstraints = (authority: boolean, critical = true) =>
  extension('2.5.29.19', sequence(...(authority ? [boolean(true)] : [])), critical)

export const subjectKeyIdentifier = (ski: Uint8Array) => extension('2.5.29.14', octets(ski))
export const authorityKeyIdentifier = (ski: Uint8Array) => extension('2.5.29.35', sequence(primitive(0, ski)))

/** dNSName is [2], iPAddress is [7]; `ips` are dotted quads. */
export function subjectAltNames(names: readonly string[], ips: readonly string[] = []) {
  return extension(
    '2.5.29.17',
    sequence(
      ...names.map(name => primitive(2, Buffer.from(name, 'latin1'))),
      ...ips.map(ip => primitive(7, Uint8Array.from(ip.split('.').map(Number)))),
    ),
  )
}

export const policy = (dotted: string) => extension('2.5.29.32', sequence(sequence(oid(dotted))))

const uri = (address: string) => primitive(6, Buffer.from(address, 'latin1'))

export function authorityAccess(ocsp: string | undefined, issuers: string) {
  const access = (dotted: string, address: string) => sequence(oid(dotted), uri(address))
  return extension(
    '1.3.6.1.5.5.7.1.1',
    sequence(
      ...(ocsp === undefined ? [] : [access('1.3.6.1.5.5.7.48.1', ocsp)]),
      access('1.3.6.1.5.5.7.48.2', issuers),
    ),
  )
}

export const revocationList = (address: string) =>
  extension('2.5.29.31', sequence(sequence(tagged(0, tagged(0, uri(address))))))

export const comment = (text: string) => extension('2.16.840.1.113730.1.13', element(0x16, Buffer.from(text, 'latin1')))

/** Critical NULL: not a certificate, a promise of one (RFC 6962 §3.1). */
export const poison = extension('1.3.6.1.4.1.11129.2.4.3', Uint8Array.of(5, 0), true)

/**
 * SignedCertificateTimestampList of two SCTs with random signatures.
 * SCT: version (0), log id [32], timestamp u64 in ms, extensions<0..2^16-1>, hash 4, signature 3, signature<0..2^16-1>
 * (RFC 6962 §3.2); each and the list itself stand behind a u16 length (§3.3).
 */
export function timestamps(random: Random, logs: readonly Uint8Array[], logged: number) {
  const scts = logs.map((log, n) => {
    const instant = Buffer.alloc(8)
    instant.writeBigUInt64BE(BigInt(logged + n * 137))
    return afterLength(
      Buffer.concat([Uint8Array.of(0), log, instant, Uint8Array.of(0, 0, 4, 3), afterLength(signatureEc(random))]),
    )
  })
  return extension('1.3.6.1.4.1.11129.2.4.2', octets(afterLength(Buffer.concat(scts))))
}

/** An ECDSA-Sig-Value of two random numbers. */
export const signatureEc = (random: Random, octetCount = 32) =>
  sequence(integer(positive(random, octetCount)), integer(positive(random, octetCount)))

/** Contents of a positive INTEGER of just this many octets: the top bit is clear, the next is set. */
export function positive(random: Random, octetCount: number): Uint8Array {
  const bytes = random.bytes(octetCount)
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return bytes
}

const afterLength = (bytes: Uint8Array) => Buffer.concat([Uint8Array.of(bytes.length >> 8, bytes.length & 0xff), bytes])
