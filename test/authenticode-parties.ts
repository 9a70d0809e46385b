import type { KeyObject } from 'node:crypto'
import { checkPrimeSync, createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { readCertificate } from '../src/x509/index.ts'
import { algorithm, bits, boolean, certificate, extension, integer, name, nothing, oid, sequence, time } from './der.ts'

/** Invented authorities and signers, with keys. Ed25519 keys are made of a seed, so that the same files come out each time. */
export type Party = {
  /** The certificate. */
  readonly der: Uint8Array
  readonly name: Uint8Array
  readonly issuerName: Uint8Array
  readonly serial: number
  readonly key: KeyObject
}

export type KeyKind = 'ed25519' | 'rsa' | 'rsa-1024' | 'rsa-seeded' | 'p256'

/** @param seed of the kinds `ed25519` and `rsa-seeded`; the others are new each time */
export function makeKey(kind: KeyKind, seed: string): KeyObject {
  if (kind === 'ed25519') {
    const secret = createHash('sha256').update(seed).digest()
    const head = Buffer.from('302e020100300506032b657004220420', 'hex')
    return createPrivateKey({ key: Buffer.concat([head, secret]), format: 'der', type: 'pkcs8' })
  }
  if (kind === 'rsa-seeded') return seededRsaKey(seed)
  if (kind === 'p256') return generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey
  return generateKeyPairSync('rsa', { modulusLength: kind === 'rsa' ? 2048 : 1024 }).privateKey
}

/** An RSA key of 1024 bits out of a seed: the first primes behind two numbers. */
function seededRsaKey(seed: string): KeyObject {
  const exponent = 65537n
  const primeFrom = (word: string): bigint => {
    const octets = createHash('sha512').update(`${seed} ${word}`).digest()
    let candidate = BigInt(`0x${octets.toString('hex')}`) | (3n << 510n) | 1n
    while (!checkPrimeSync(candidate) || candidate % exponent === 1n) candidate += 2n
    return candidate
  }
  const [p, q] = [primeFrom('p'), primeFrom('q')]
  const d = inverseOf(exponent, (p - 1n) * (q - 1n))
  const numbers = { n: p * q, e: exponent, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverseOf(q, p) }
  const encoded = Object.entries(numbers).map(([part, value]) => {
    const digits = value.toString(16)
    return [part, Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex').toString('base64url')]
  })
  return createPrivateKey({ key: { kty: 'RSA', ...Object.fromEntries(encoded) }, format: 'jwk' })
}

/** By Euclid's algorithm. */
function inverseOf(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n]
  while (a > 1n) {
    const quotient = b / a
    ;[a, b, x, y] = [b - quotient * a, a, y - quotient * x, x]
  }
  return ((x % modulus) + modulus) % modulus
}

export type HashWord = 'md5' | 'sha1' | 'sha256' | 'sha384'

export const hashOids: Readonly<Record<HashWord, string>> = {
  md5: '1.2.840.113549.2.5',
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
}

const rsaOids = { md5: 4, sha1: 5, sha256: 11, sha384: 12 } as const
const ecOids = { md5: '1', sha1: '1', sha256: '3.2', sha384: '3.3' } as const

/** The signature over `data`, and the AlgorithmIdentifier that tells how it was made. */
export function signWith(
  key: KeyObject,
  hash: HashWord,
  data: Uint8Array,
): { readonly signature: Uint8Array; readonly algorithm: Uint8Array } {
  const kind = key.asymmetricKeyType
  const signature = sign(kind === 'ed25519' ? null : hash, data, key)
  if (kind === 'ed25519') return { signature, algorithm: algorithm('1.3.101.112') }
  if (kind === 'ec') return { signature, algorithm: algorithm(`1.2.840.10045.4.${ecOids[hash]}`) }
  return { signature, algorithm: algorithm(`1.2.840.113549.1.1.${rsaOids[hash]}`, nothing) }
}

export type PartyOptions = {
  readonly common_name: string
  /** Default: it signs its own certificate. */
  readonly issuer?: Party
  readonly serial?: number
  /** Default: `ed25519`. */
  readonly key?: KeyKind | KeyObject
  readonly from?: string
  readonly to?: string
  readonly extensions?: readonly Uint8Array[]
  readonly hash?: HashWord
}

export function makeParty(options: PartyOptions): Party {
  const { common_name, issuer, serial = 7, key: kind = 'ed25519', hash = 'sha256' } = options
  const { from = '2025-01-01T00:00:00Z', to = '2030-01-01T00:00:00Z', extensions = [] } = options
  const key = typeof kind === 'string' ? makeKey(kind, common_name) : kind
  const subject = name([
    ['O', 'Norrfell'],
    ['CN', common_name],
  ])
  const issuerKey = issuer?.key ?? key
  const parts = {
    version: 2,
    serial: integer(serial),
    signatureAlgorithm: signWith(issuerKey, hash, new Uint8Array(1)).algorithm,
    issuer: issuer?.name ?? subject,
    notBefore: time(new Date(from)),
    notAfter: time(new Date(to)),
    subject,
    key: createPublicKey(key).export({ format: 'der', type: 'spki' }),
    extensions,
  }
  const reading = readCertificate(certificate({ ...parts, signature: new Uint8Array(1) }))
  if (!('certificate' in reading)) throw new Error('a certificate of a test cannot be read')
  const { signature } = signWith(issuerKey, hash, reading.certificate.tbs)
  return { der: certificate({ ...parts, signature }), name: subject, issuerName: parts.issuer, serial, key }
}

/** @param pathLength how many authorities may stand below */
export function authority(pathLength?: number): readonly Uint8Array[] {
  const constraints = sequence(boolean(true), ...(pathLength === undefined ? [] : [integer(pathLength)]))
  return [extension('2.5.29.19', constraints, true), usage(0x06, 1)]
}

/** Purposes of a certificate: `codeSigning` 3, `timeStamping` 8; or an OID in full. */
export function purposes(...told: readonly (number | string)[]): Uint8Array {
  const oids = told.map(one => oid(typeof one === 'number' ? `1.3.6.1.5.5.7.3.${one}` : one))
  return extension('2.5.29.37', sequence(...oids))
}

/** What a clock must have, marked as critical (RFC 3161 §2.3). */
export const timeStamping = extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.8')), true)

/** keyUsage of one octet. */
export function usage(octet: number, unused: number): Uint8Array {
  return extension('2.5.29.15', bits(Uint8Array.of(octet), unused), true)
}

export const digitalSignature = usage(0x80, 7)

/** A root, an authority below it, a signer and a clock. */
export function makeParties(kind: KeyKind = 'ed25519') {
  const root = makeParty({ common_name: 'Norrfell Root', extensions: authority(), key: kind })
  const issuing = makeParty({
    common_name: 'Norrfell Code CA',
    issuer: root,
    serial: 11,
    extensions: authority(0),
    key: kind,
  })
  const signer = makeParty({
    common_name: 'Norrfell Software',
    issuer: issuing,
    serial: 13,
    extensions: [purposes(3), digitalSignature],
    key: kind,
    to: '2026-06-01T00:00:00Z',
  })
  const clock = makeParty({
    common_name: 'Norrfell Clock',
    issuer: root,
    serial: 17,
    extensions: [timeStamping, digitalSignature],
    key: kind,
  })
  return { root, issuing, signer, clock }
}

export type Parties = ReturnType<typeof makeParties>
