/**
 * Worthless test keys, computed from their names.
 *
 * Anyone who has this file has the keys: they sign nothing but the invented certificates in `examples/`. Computing
 * them keeps private keys out of the repository and makes every run produce the same bytes.
 */
import { checkPrimeSync, createECDH, createHash, type webcrypto } from 'node:crypto'
import { digest } from './random.ts'

const exponent = 65537n

export type SigningKey = { readonly privateKey: webcrypto.CryptoKey; readonly publicKey: webcrypto.CryptoKey }

const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }

/** An RSA key of 2048 bits. The two primes are the first ones at or after a hash of the name. */
export async function rsaKey(name: string): Promise<SigningKey> {
  const p = primeFrom(`${name}/p`)
  const q = primeFrom(`${name}/q`)
  const d = inverse(exponent, (p - 1n) * (q - 1n))
  const open = { kty: 'RSA', n: base64url(p * q), e: base64url(exponent) }
  const secret = {
    ...open,
    d: base64url(d),
    p: base64url(p),
    q: base64url(q),
    dp: base64url(d % (p - 1n)),
    dq: base64url(d % (q - 1n)),
    qi: base64url(inverse(q, p)),
  }
  return {
    privateKey: await crypto.subtle.importKey('jwk', secret, rsa, true, ['sign']),
    publicKey: await crypto.subtle.importKey('jwk', open, rsa, true, ['verify']),
  }
}

/** The public half of a P-256 key. Nothing here is signed with ECDSA, whose signatures are random. */
export async function p256PublicKey(name: string): Promise<webcrypto.CryptoKey> {
  const pair = createECDH('prime256v1')
  pair.setPrivateKey(createHash('sha256').update(digest(name)).digest())
  const point = pair.getPublicKey()
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  }
  return crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify'])
}

/** A prime of 1024 bits with both top bits set, so that two of them make a modulus of exactly 2048 bits. */
function primeFrom(label: string): bigint {
  const blocks = [0, 1, 2, 3].map(index => digest(`${label}/${index}`))
  const bytes = Buffer.concat(blocks)
  bytes[0] = (bytes[0] ?? 0) | 0xc0
  bytes[127] = (bytes[127] ?? 0) | 1
  let candidate = BigInt(`0x${bytes.toString('hex')}`)
  while (candidate % exponent === 1n || !checkPrimeSync(candidate)) candidate += 2n
  return candidate
}

/** x with a·x = 1 (mod m), by the extended Euclidean algorithm. */
function inverse(a: bigint, m: bigint): bigint {
  let [oldR, r, oldS, s] = [a, m, 1n, 0n]
  while (r !== 0n) {
    const quotient = oldR / r
    const nextR = oldR - quotient * r
    const nextS = oldS - quotient * s
    oldR = r
    r = nextR
    oldS = s
    s = nextS
  }
  return ((oldS % m) + m) % m
}

function base64url(value: bigint): string {
  const hex = value.toString(16)
  return Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex').toString('base64url')
}
