import { createHash } from 'node:crypto'
import type { Certificate } from '../x509/index.ts'
import { hashNameOf } from './algorithms.ts'
import type { CertificatePool, Work } from './chain.ts'
import { findChain, poolOfCertificates } from './chain.ts'
import { isSignersCertificate } from './cms.ts'
import { hex } from './der.ts'
import type { Doubt, Reason } from './reasons.ts'
import type { Signature } from './signature.ts'
import { checkSigner } from './signer-check.ts'
import type { Timestamp } from './timestamp.ts'
import { certificateIdOf } from './timestamp.ts'

/** What became of one counter-signature. */
export type TimestampVerification = {
  readonly kind: Timestamp['kind']
  /** Milliseconds since the epoch, UTC. Believed only when it is valid. */
  readonly time: number | undefined
  readonly is_valid: boolean
  readonly reasons: readonly Reason[]
  readonly doubts: readonly Doubt[]
  /** Of whoever counter-signed, up to a root. */
  readonly chain: readonly Certificate[]
}

export type TimestampTrust = {
  readonly roots: CertificatePool
  readonly intermediates: CertificatePool
  readonly work: Work
}

/**
 * Whether a timestamp tells when the signature was there: it is over the octets of that signature, it holds, and a chain for
 * timestamps leads to a root, all of it valid at the time it tells. As on Windows, a timestamp outlives its certificate.
 */
export function verifyTimestamp(
  timestamp: Timestamp,
  signature: Signature,
  { roots, intermediates, work }: TimestampTrust,
): TimestampVerification {
  const signed = signature.signer?.signature ?? new Uint8Array(0)
  const own = timestamp.kind === 'pkcs9' ? signature.certificates : timestamp.token.certificates
  const signer = timestamp.kind === 'pkcs9' ? timestamp.signer : timestamp.token.signers[0]
  const { kind, time } = timestamp
  const failed = (reasons: readonly Reason[]): TimestampVerification => ({
    kind,
    time,
    is_valid: false,
    reasons,
    doubts: [],
    chain: [],
  })
  if (signer === undefined) return failed([{ code: 'no-signer' }])
  if (time === undefined) return failed([{ code: 'signature-unreadable', detail: 'no time' }])
  const certificate = own.find(one => isSignersCertificate(signer, one))
  const content =
    timestamp.kind === 'pkcs9'
      ? { octets: signed, type: undefined }
      : { octets: timestamp.token.content ?? new Uint8Array(0), type: timestamp.token.content_type }
  const check = checkSigner(signer, content, certificate, work)
  const reasons = [...check.reasons]
  if (timestamp.kind === 'rfc3161') {
    const { digest, digest_oid } = timestamp.info
    if (hashOf(digest_oid, signed) !== digest) reasons.push({ code: 'digest-differs', detail: 'messageImprint' })
  }
  if (certificate === undefined) return failed(reasons)
  const id = certificateIdOf(signer)
  if (id !== undefined && hashOf(id.digest_oid, certificate.der) !== hex(id.digest))
    reasons.push({ code: 'certificate-missing', detail: 'the one that is meant' })
  const others = [poolOfCertificates(own), intermediates]
  const chain = findChain(certificate, { roots, others, purpose: 'timeStamping', time, work })
  reasons.push(...chain.reasons)
  return {
    kind,
    time,
    is_valid: reasons.length === 0,
    reasons,
    doubts: [...check.doubts, ...chain.doubts],
    chain: chain.certificates,
  }
}

function hashOf(oid: string, octets: Uint8Array): string | undefined {
  const name = hashNameOf(oid)
  return name && createHash(name).update(octets).digest('hex')
}
