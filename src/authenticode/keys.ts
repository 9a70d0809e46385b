import { Buffer } from 'node:buffer'
import type { KeyObject } from 'node:crypto'
import { constants, createPublicKey, verify } from 'node:crypto'
import type { Certificate, PublicKey } from '../x509/index.ts'
import type { SignatureScheme } from './algorithms.ts'
import type { HashName } from './ranges.ts'

/** What trying a signature with a key came to. */
export type Check = 'holds' | 'wrong' | 'unsupported'

/** Bits of a key that is used. Larger ones cost more than a few milliseconds each time, and nobody has them. */
const longestKey = { rsa: 16_384, dsa: 4096 }

const keys = new WeakMap<Certificate, KeyObject | 'unusable'>()

/** Whether `signature` over `data` was made with the key of `certificate`. Costs up to a few milliseconds. */
export function checkSignature(
  certificate: Certificate,
  scheme: SignatureScheme,
  hash: HashName,
  data: Uint8Array,
  signature: Uint8Array,
): Check {
  const { public_key } = certificate
  if (public_key === undefined) return 'unsupported'
  if (family(public_key.kind) !== family(scheme.key)) return 'wrong'
  if (!isUsable(public_key)) return 'unsupported'
  const key = keys.get(certificate) ?? openKey(public_key)
  keys.set(certificate, key)
  if (key === 'unusable') return 'unsupported'
  const padding =
    scheme.key === 'rsa-pss'
      ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: scheme.saltLength ?? 32 }
      : scheme.key === 'rsa'
        ? { padding: constants.RSA_PKCS1_PADDING }
        : {}
  try {
    return verify(scheme.key === 'ed25519' ? null : hash, data, { key, ...padding }, signature) ? 'holds' : 'wrong'
  } catch {
    // OpenSSL throws where a key and a signature cannot belong together: the signature is hostile, or odd.
    return 'wrong'
  }
}

function family(kind: string): string {
  return kind === 'rsa-pss' ? 'rsa' : kind
}

/** A curve that is written out is refused: whoever writes it chooses the generator (CVE-2020-0601). */
function isUsable({ kind, bits, curve, exponent }: PublicKey): boolean {
  if (family(kind) === 'rsa') return exponent !== undefined && (bits ?? Infinity) <= longestKey.rsa
  if (kind === 'ec') return curve !== undefined && bits !== undefined
  return kind === 'ed25519' || (kind === 'dsa' && (bits ?? Infinity) <= longestKey.dsa)
}

function openKey({ spki }: PublicKey): KeyObject | 'unusable' {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
  } catch {
    // The reader of certificates has told what is wrong with the key.
    return 'unusable'
  }
}
