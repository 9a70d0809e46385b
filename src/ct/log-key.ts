import type { KeyObject } from 'node:crypto'
import { createHash, createPublicKey, verify } from 'node:crypto'
import { octetsOf } from './octets.ts'

/** The key of a log. Its id is SHA-256 over the DER of the key (RFC 6962 §3.2), in lower-case hex. */
export type LogKey = { readonly log_id: string; readonly key: KeyObject }

/** Undefined for what is no key of a log: ECDSA on P-256, or RSA of at least 2048 bits (RFC 6962 §2.1.4). */
export function logKeyOf(spki: Uint8Array): LogKey | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
    const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {}
    const fits =
      (key.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1') ||
      (key.asymmetricKeyType === 'rsa' && modulusLength >= 2048)
    return fits ? { log_id: createHash('sha256').update(spki).digest('hex'), key } : undefined
  } catch {
    return undefined
  }
}

/**
 * Whether the log signed this: `digitally-signed` of TLS 1.2 (RFC 5246 §4.7), hash u8 = 4 (SHA-256), signature u8 (1 RSA, 3 ECDSA), u16 signature.
 */
export function isSignedBy({ key }: LogKey, message: Uint8Array, digitallySigned: Uint8Array): boolean {
  const octets = octetsOf(digitallySigned)
  const hash = octets.uint(1)
  const algorithm = octets.uint(1)
  const signature = octets.vector(2)
  if (octets.hasFailed() || !octets.isAtEnd() || hash !== 4) return false
  if (algorithm !== (key.asymmetricKeyType === 'rsa' ? 1 : 3)) return false
  try {
    return verify('sha256', message, key, signature)
  } catch {
    return false
  }
}
