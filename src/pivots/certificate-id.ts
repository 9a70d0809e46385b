import { createHash } from 'node:crypto'
import { issuerSerialOf } from './attributes/issuer-serial.ts'
import type { CertificateFacts } from './facts.ts'

/** How a certificate is named in a store: 32 hexadecimal digits. */
export type CertificateId = string

/**
 * The first 16 bytes of SHA-256 over the DER. Where neither bytes nor SHA-256 were seen, of SHA-256 over what is known: a
 * provisional name, which certificate_alias joins with the real one when the bytes arrive. Undefined when nothing that
 * names a certificate is known.
 */
export function certificateIdOf(facts: CertificateFacts): CertificateId | undefined {
  if (facts.sha256 !== undefined) return facts.sha256.slice(0, 32)
  if (facts.sha1 !== undefined) return provisional('sha1', facts.sha1)
  if (facts.md5 !== undefined) return provisional('md5', facts.md5)
  const value = issuerSerialOf(facts)
  return value === undefined ? undefined : provisional(issuerSerial, value)
}

/** Precertificate and certificate have the same: by what the CA signs; by issuer and serial where that was not seen. */
export function issuanceOf(id: CertificateId, facts: CertificateFacts, alias = issuerSerialOf(facts)): string {
  if (facts.tbs_no_ct_sha256 !== undefined) return facts.tbs_no_ct_sha256.slice(0, 32)
  return alias === undefined ? id : provisional(issuerSerial, alias)
}

function provisional(kind: string, value: string): CertificateId {
  return createHash('sha256').update(`${kind}\0${value}`).digest('hex').slice(0, 32)
}

/** Aliases of this kind are the value of the pivot attribute of this name. */
export const issuerSerial = 'issuer_serial'
