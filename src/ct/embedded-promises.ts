import { createHash } from 'node:crypto'
import { leafHash } from '../merkle/index.ts'
import type { Certificate } from '../x509/index.ts'
import { signedByLogs } from '../x509/index.ts'
import { promisedIndex } from './entry.ts'
import { logKeyOf } from './log-key.ts'
import type { CtLog } from './log-list.ts'
import { uintBytes } from './octets.ts'
import { isPromiseOf, promiseMessage } from './sct.ts'

/** A promise in a certificate, with what could be found out about it. */
export type EmbeddedPromise = {
  readonly log_id: string
  /** Undefined when no list has the log. */
  readonly log?: CtLog
  /** Milliseconds since the epoch by the log's clock. */
  readonly timestamp: number
  /** Where a static-ct log promised to put it. */
  readonly index?: number
  /** What the log puts into its tree for it, 32 bytes; undefined where the certificate or its issuer could not be read whole. */
  readonly leaf_hash?: Uint8Array
  /**
   * `unknown_log`, `unknown_issuer`: nobody can say. `invalid`: the log did not sign this for this certificate, or the issuer is
   * another.
   */
  readonly state: 'valid' | 'invalid' | 'unknown_log' | 'unknown_issuer'
}

/**
 * The SCTs in a certificate, each held against the key of its log (RFC 6962 §3.2, §3.3). The issuer is needed, since a log signs the hash of its key. Where a
 * precertificate was signed by a certificate made for it, the issuer is the one that issued that (RFC 6962 §3.1): give the real one.
 */
export function embeddedPromises(
  certificate: Certificate,
  issuer: Certificate | undefined,
  logs: readonly CtLog[],
): readonly EmbeddedPromise[] {
  const tbs = signedByLogs(certificate)
  const spki = issuer?.public_key?.spki
  const scts = certificate.extensions.signed_certificate_timestamps ?? []
  return scts.map(sct => {
    const { log_id, timestamp, extensions } = sct
    const log = logs.find(one => one.log_id === log_id)
    const index = promisedIndex(extensions)
    const about = {
      log_id,
      timestamp,
      ...(log === undefined ? {} : { log }),
      ...(index === undefined ? {} : { index }),
    }
    const key = log === undefined ? undefined : logKeyOf(Buffer.from(log.key, 'base64'))
    if (issuer === undefined) return { ...about, state: key === undefined ? 'unknown_log' : 'unknown_issuer' }
    if (tbs === undefined || spki === undefined || sct.version !== 0)
      return { ...about, state: key === undefined ? 'unknown_log' : 'invalid' }
    const issuer_key_hash = createHash('sha256').update(spki).digest()
    const entry = { kind: 'precertificate', der: certificate.der, tbs, issuer_key_hash } as const
    // RFC 6962 §3.2, §3.4: what is signed and what the leaf is over are the same bytes, version and type included.
    const leaf_hash = leafHash(promiseMessage({ timestamp, extensions }, entry))
    if (key === undefined) return { ...about, leaf_hash, state: 'unknown_log' }
    const algorithms = Uint8Array.of(sct.hash_algorithm, sct.signature_algorithm)
    const signature = Buffer.concat([algorithms, uintBytes(sct.signature.length, 2), sct.signature])
    const isValid = isPromiseOf(key, { timestamp, extensions, signature }, entry)
    return { ...about, leaf_hash, state: isValid ? 'valid' : 'invalid' }
  })
}
