/**
 * Writes DER, and anything that only looks like it: for certificates that no well-behaved library would make.
 * X.690 §8: identifier, length, contents.
 */

/** One element: tag octet, definite length in the shortest form (X.690 §10.1), contents. */
export function element(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat(contents)
  return Buffer.concat([Uint8Array.of(tag), lengthOctets(body.length), body])
}

export function lengthOctets(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length)
  const octets: number[] = []
  for (let left = length; left > 0; left = Math.floor(left / 256)) octets.unshift(left % 256)
  return Uint8Array.of(0x80 | octets.length, ...octets)
}

export const sequence = (...contents: readonly Uint8Array[]) => element(0x30, ...contents)
export const set = (...contents: readonly Uint8Array[]) => element(0x31, ...contents)
/** `[number]`, constructed: EXPLICIT, or IMPLICIT over a SEQUENCE. */
export const tagged = (number: number, ...contents: readonly Uint8Array[]) => element(0xa0 | number, ...contents)
/** `[number]` IMPLICIT over a primitive type. */
export const primitive = (number: number, contents: Uint8Array) => element(0x80 | number, contents)
export const octets = (contents: Uint8Array) => element(0x04, contents)
export const bits = (contents: Uint8Array, unused = 0) => element(0x03, Uint8Array.of(unused), contents)
export const boolean = (value: boolean) => element(0x01, Uint8Array.of(value ? 0xff : 0))
export const nothing = element(0x05)

/** INTEGER of a number that is not negative; bytes are taken as they are, sign and padding included. */
export function integer(value: number | bigint | Uint8Array): Uint8Array {
  if (value instanceof Uint8Array) return element(0x02, value)
  const hex = BigInt(value).toString(16)
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
  return element(0x02, (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Uint8Array.of(0), bytes]) : bytes)
}

/** `1.2.840.113549` as OBJECT IDENTIFIER. */
export function oid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return element(0x06, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)))
}

function base128(arc: number): number[] {
  const groups = [arc % 128]
  for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) groups.unshift((left % 128) | 0x80)
  return groups
}

/** A character string of any kind; Latin-1 for T61, big-endian for BMP and Universal. */
export function text(tag: TextTag, value: string): Uint8Array {
  const points = [...value].map(character => character.codePointAt(0) ?? 0)
  if (tag === 'utf8') return element(0x0c, Buffer.from(value, 'utf8'))
  if (tag === 'bmp') return element(0x1e, Buffer.from(value, 'utf16le').swap16())
  if (tag === 'universal')
    return element(
      0x1c,
      Buffer.concat(points.map(point => Uint8Array.of(0, point >> 16, (point >> 8) & 0xff, point & 0xff))),
    )
  return element({ printable: 0x13, t61: 0x14, ia5: 0x16 }[tag], Buffer.from(value, 'latin1'))
}

export type TextTag = 'utf8' | 'printable' | 't61' | 'ia5' | 'bmp' | 'universal'

/** UTCTime until 2049, GeneralizedTime from 2050 on (RFC 5280 §4.1.2.5). */
export function time(instant: Date): Uint8Array {
  const digits = instant.toISOString().replace(/[-:T]/g, '').slice(0, 14)
  const utc = instant.getUTCFullYear() >= 1950 && instant.getUTCFullYear() < 2050
  return element(utc ? 0x17 : 0x18, Buffer.from(`${utc ? digits.slice(2) : digits}Z`, 'latin1'))
}

const attributeTypes = {
  CN: '2.5.4.3',
  SN: '2.5.4.4',
  serialNumber: '2.5.4.5',
  C: '2.5.4.6',
  L: '2.5.4.7',
  ST: '2.5.4.8',
  street: '2.5.4.9',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  title: '2.5.4.12',
  postalCode: '2.5.4.17',
  GN: '2.5.4.42',
  UID: '0.9.2342.19200300.100.1.1',
  DC: '0.9.2342.19200300.100.1.25',
  emailAddress: '1.2.840.113549.1.9.1',
} as const

export type AttributeType = keyof typeof attributeTypes

/** A Name with one attribute in each RDN, in the given order; the string type fits the attribute unless it is told. */
export function name(
  attributes: readonly (readonly [type: AttributeType | `${number}.${string}`, value: string, tag?: TextTag])[],
): Uint8Array {
  return sequence(
    ...attributes.map(([type, value, tag]) => {
      const fitting =
        type === 'C' || type === 'serialNumber'
          ? 'printable'
          : type === 'emailAddress' || type === 'DC'
            ? 'ia5'
            : 'utf8'
      const dotted = type in attributeTypes ? attributeTypes[type as AttributeType] : type // checked by `in`
      return set(sequence(oid(dotted), text(tag ?? fitting, value)))
    }),
  )
}

/** One Extension: `critical` is left out when false, as DER wants (X.690 §11.5). */
export function extension(dotted: string, value: Uint8Array, critical = false): Uint8Array {
  return sequence(oid(dotted), ...(critical ? [boolean(true)] : []), octets(value))
}

/** AlgorithmIdentifier; without parameters none are written. */
export function algorithm(dotted: string, parameters?: Uint8Array): Uint8Array {
  return sequence(oid(dotted), ...(parameters === undefined ? [] : [parameters]))
}

/** SubjectPublicKeyInfo of RSA. */
export function rsaKey(modulus: Uint8Array, exponent = 65537): Uint8Array {
  const positive = (modulus[0] ?? 0) >= 0x80 ? Buffer.concat([Uint8Array.of(0), modulus]) : modulus
  return sequence(algorithm('1.2.840.113549.1.1.1', nothing), bits(sequence(integer(positive), integer(exponent))))
}

/** SubjectPublicKeyInfo of an elliptic curve; the point is not looked at. */
export function ecKey(point: Uint8Array, curve = '1.2.840.10045.3.1.7'): Uint8Array {
  return sequence(algorithm('1.2.840.10045.2.1', oid(curve)), bits(point))
}

/** The parts of a TBSCertificate, each as its own DER; what is left out is not written. */
export type CertificateParts = {
  /** 0 is v1. Left out: no version field, which also means v1. */
  readonly version?: number
  readonly serial: Uint8Array
  readonly signatureAlgorithm: Uint8Array
  readonly issuer: Uint8Array
  readonly notBefore: Uint8Array
  readonly notAfter: Uint8Array
  readonly subject: Uint8Array
  readonly key: Uint8Array
  /** Left out when empty. */
  readonly extensions?: readonly Uint8Array[]
  /** The signature as it stands: nobody here verifies it. */
  readonly signature: Uint8Array
}

/** A Certificate (RFC 5280 §4.1) of these parts. */
export function certificate(parts: CertificateParts): Uint8Array {
  const { version, serial, signatureAlgorithm, issuer, notBefore, notAfter, subject, key, extensions = [] } = parts
  const tbs = sequence(
    ...(version === undefined ? [] : [tagged(0, integer(version))]),
    serial,
    signatureAlgorithm,
    issuer,
    sequence(notBefore, notAfter),
    subject,
    key,
    ...(extensions.length === 0 ? [] : [tagged(3, sequence(...extensions))]),
  )
  return sequence(tbs, signatureAlgorithm, bits(parts.signature))
}

/** A certificate with nothing wrong in it, save for the parts that are given. Its key is no point on any curve. */
export function plainCertificate(parts: Partial<CertificateParts> = {}): Uint8Array {
  return certificate({
    version: 2,
    serial: integer(0x0123456789abcdefn),
    signatureAlgorithm: algorithm('1.2.840.10045.4.3.2'),
    issuer: name([
      ['C', 'NO'],
      ['O', 'Norrfell Trust'],
      ['CN', 'Norrfell CA 1'],
    ]),
    notBefore: time(new Date('2026-01-02T03:04:05Z')),
    notAfter: time(new Date('2026-04-02T03:04:04Z')),
    subject: name([['CN', 'www.norrfell.example']]),
    key: ecKey(Uint8Array.from({ length: 65 }, (_, i) => (i === 0 ? 4 : i))),
    extensions: [extension('2.5.29.17', sequence(primitive(2, Buffer.from('www.norrfell.example'))))],
    signature: sequence(integer(7), integer(9)),
    ...parts,
  })
}
