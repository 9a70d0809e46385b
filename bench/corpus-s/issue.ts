import { algorithm, certificate, integer, nothing, time } from '../../test/der.ts'
import { type Dn, dnDer } from './distinguished-name.ts'
import { positive, signatureEc } from './extensions.ts'
import type { Key, KeyKind } from './keys.ts'
import type { Random } from './random.ts'

/** A certificate, and how long it is in service. */
export type Issued = {
  readonly der: Uint8Array
  /** When it was made in truth, ms since the epoch: notBefore may say something else. */
  readonly made: number
  /** When it leaves service. Self-made certificates often serve on after notAfter. */
  readonly until: number
  readonly key: Key
  /** The precertificate of the same issuance, where a log showed it. */
  readonly precertificate?: Uint8Array
}

export type Recipe = {
  /** Left out: v3. 0 is v1. */
  readonly version?: number
  /** Contents octets. */
  readonly serial: Uint8Array
  readonly subject: Dn
  readonly issuer: Dn
  /** ms since the epoch; the second counts. */
  readonly notBefore: number
  readonly notAfter: number
  readonly key: Key
  /** Who signs: tells the algorithm and the length of the signature. */
  readonly signer: KeyKind
  /** Hash of the signature. @default 'sha256' */
  readonly hash?: 'sha1' | 'sha256' | 'sha384' | 'sha512'
  readonly extensions: readonly Uint8Array[]
}

const rsaAlgorithms = {
  sha1: algorithm('1.2.840.113549.1.1.5', nothing),
  sha256: algorithm('1.2.840.113549.1.1.11', nothing),
  sha384: algorithm('1.2.840.113549.1.1.12', nothing),
  sha512: algorithm('1.2.840.113549.1.1.13', nothing),
}
const ecAlgorithms = {
  sha1: algorithm('1.2.840.10045.4.1'),
  sha256: algorithm('1.2.840.10045.4.3.2'),
  sha384: algorithm('1.2.840.10045.4.3.3'),
  sha512: algorithm('1.2.840.10045.4.3.4'),
}

/** Writes a certificate; the signature has the right shape and is random. */
export function writeCertificate(random: Random, recipe: Recipe): Uint8Array {
  const { version = 2, serial, subject, issuer, notBefore, notAfter, key, signer, hash = 'sha256', extensions } = recipe
  const ec = signer === 'p256' || signer === 'p384'
  return certificate({
    ...(version === 0 ? {} : { version }),
    serial: integer(serial),
    signatureAlgorithm: ec ? ecAlgorithms[hash] : rsaAlgorithms[hash],
    issuer: dnDer(issuer),
    notBefore: time(new Date(notBefore)),
    notAfter: time(new Date(notAfter)),
    subject: dnDer(subject),
    key: key.spki,
    extensions: version === 0 ? [] : extensions,
    signature: ec ? signatureEc(random, signer === 'p256' ? 32 : 48) : positive(random, Number(signer.slice(3)) / 8),
  })
}
