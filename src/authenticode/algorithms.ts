import { Buffer } from 'node:buffer'
import type { Algorithm } from './der-values.ts'
import type { HashName } from './ranges.ts'

/** Hash functions by OID. Those without a name in {@link HashName} are not computed: a signature over them is not verified. */
const hashOids: ReadonlyMap<string, HashName | 'md2' | 'md4' | 'sha224'> = new Map([
  ['1.2.840.113549.2.2', 'md2'],
  ['1.2.840.113549.2.4', 'md4'],
  ['1.2.840.113549.2.5', 'md5'],
  ['1.3.14.3.2.26', 'sha1'],
  ['2.16.840.1.101.3.4.2.4', 'sha224'],
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
])

const computed: ReadonlySet<string> = new Set(['md5', 'sha1', 'sha256', 'sha384', 'sha512'] satisfies HashName[])

/** `sha256`, or the OID of one without a name here. */
export function hashText(oid: string): string {
  return hashOids.get(oid) ?? oid
}

/** The hash function if it is one that is computed here. */
export function hashNameOf(oid: string): HashName | undefined {
  const name = hashOids.get(oid)
  return isHashName(name) ? name : undefined
}

function isHashName(name: string | undefined): name is HashName {
  return name !== undefined && computed.has(name)
}

/** How a signature is checked: with what kind of key, and over which hash. Without `hash`, the one that stands elsewhere. */
export type SignatureScheme = {
  readonly key: 'rsa' | 'rsa-pss' | 'ec' | 'dsa' | 'ed25519'
  readonly hash?: HashName
  /** Octets of salt; RSASSA-PSS only. */
  readonly saltLength?: number
}

/** RFC 3279, 4055, 5758, 8410; the first of each kind has the hash beside it, as CMS allows (RFC 5652 §5.3). */
const schemes: ReadonlyMap<string, SignatureScheme> = new Map<string, SignatureScheme>([
  ['1.2.840.113549.1.1.1', { key: 'rsa' }],
  ['1.2.840.113549.1.1.4', { key: 'rsa', hash: 'md5' }],
  ['1.3.14.3.2.3', { key: 'rsa', hash: 'md5' }],
  ['1.2.840.113549.1.1.5', { key: 'rsa', hash: 'sha1' }],
  ['1.3.14.3.2.29', { key: 'rsa', hash: 'sha1' }],
  ['1.2.840.113549.1.1.11', { key: 'rsa', hash: 'sha256' }],
  ['1.2.840.113549.1.1.12', { key: 'rsa', hash: 'sha384' }],
  ['1.2.840.113549.1.1.13', { key: 'rsa', hash: 'sha512' }],
  ['1.2.840.10045.2.1', { key: 'ec' }],
  ['1.2.840.10045.4.1', { key: 'ec', hash: 'sha1' }],
  ['1.2.840.10045.4.3.2', { key: 'ec', hash: 'sha256' }],
  ['1.2.840.10045.4.3.3', { key: 'ec', hash: 'sha384' }],
  ['1.2.840.10045.4.3.4', { key: 'ec', hash: 'sha512' }],
  ['1.2.840.10040.4.1', { key: 'dsa' }],
  ['1.2.840.10040.4.3', { key: 'dsa', hash: 'sha1' }],
  ['2.16.840.1.101.3.4.3.2', { key: 'dsa', hash: 'sha256' }],
  ['1.3.101.112', { key: 'ed25519' }],
])

/** RSASSA-PSS with the parameters that are in use: one hash for everything, and a salt as long as it. RFC 4055 §3.1, in DER. */
const pssParameters: ReadonlyMap<string, SignatureScheme> = new Map(
  (
    [
      ['sha256', '01', 32],
      ['sha384', '02', 48],
      ['sha512', '03', 64],
    ] as const
  ).flatMap(([hash, last, saltLength]) => {
    const salt = `a2030201${saltLength.toString(16)}`
    // The NULL of the hash functions may be left out (RFC 4055 §2.1).
    return ['0500', ''].map((nil): [string, SignatureScheme] => {
      const hashId = sized('30', `060960864801650304020${last.slice(1)}${nil}`)
      const mask = sized('30', `06092a864886f70d010108${hashId}`)
      const sequence = sized('30', `${sized('a0', hashId)}${sized('a1', mask)}${salt}`)
      return [sequence, { key: 'rsa-pss', hash, saltLength }]
    })
  }),
)

function sized(tag: string, body: string): string {
  return `${tag}${(body.length / 2).toString(16).padStart(2, '0')}${body}`
}

/** Undefined for what is not checked here, such as RSASSA-PSS with odd parameters. */
export function schemeOf({ oid, parameters }: Algorithm): SignatureScheme | undefined {
  if (oid !== '1.2.840.113549.1.1.10') return schemes.get(oid)
  return parameters === undefined ? undefined : pssParameters.get(Buffer.from(parameters).toString('hex'))
}
