import { createECDH, createHash } from 'node:crypto'
import { ecKey, integer, rsaKey, sequence } from '../../test/der.ts'
import type { Random } from './random.ts'

export type KeyKind = 'rsa1024' | 'rsa2048' | 'rsa4096' | 'p256' | 'p384'

/** A public key. Points lie on their curve; moduli are random odd numbers, as nobody verifies anything. */
export type Key = {
  readonly kind: KeyKind
  /** DER SubjectPublicKeyInfo. */
  readonly spki: Uint8Array
  /** SHA-1 of the contents of the BIT STRING (RFC 5280 §4.2.1.2, method 1). */
  readonly ski: Uint8Array
}

const curves = {
  p256: { name: 'prime256v1', oid: '1.2.840.10045.3.1.7', octets: 32, ecdh: createECDH('prime256v1') },
  p384: { name: 'secp384r1', oid: '1.3.132.0.34', octets: 48, ecdh: createECDH('secp384r1') },
} as const

/** P-384 costs a millisecond, the others some microseconds. */
export function makeKey(random: Random, kind: KeyKind): Key {
  if (kind === 'p256' || kind === 'p384') {
    const curve = curves[kind]
    const secret = random.bytes(curve.octets)
    // Below the order of either curve, above zero.
    secret[0] = 0x7f
    curve.ecdh.setPrivateKey(secret)
    const point = curve.ecdh.getPublicKey()
    return { kind, spki: ecKey(point, curve.oid), ski: sha1(point) }
  }
  const modulus = random.bytes(Number(kind.slice(3)) / 8)
  modulus[0] = (modulus[0] ?? 0) | 0x80
  modulus[modulus.length - 1] = (modulus[modulus.length - 1] ?? 0) | 1
  const bits = sequence(integer(Buffer.concat([Uint8Array.of(0), modulus])), integer(65537))
  return { kind, spki: rsaKey(modulus), ski: sha1(bits) }
}

export const sha1 = (bytes: Uint8Array | string): Uint8Array => createHash('sha1').update(bytes).digest()
export const sha256Hex = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
