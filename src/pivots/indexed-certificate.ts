import { issuerSerialOf } from './attributes/issuer-serial.ts'
import type { CertificateFacts } from './facts.ts'
import { rfc4514 } from './name-text.ts'
import type { IndexedCertificate } from './pivot-index.ts'
import { ownerOf, pivotValuesOf } from './values-of.ts'

/** A certificate before owners were grouped. */
export type UngroupedCertificate = Omit<IndexedCertificate, 'owner_group'>

/**
 * A certificate as an index keeps it, straight from its facts: for indexes in memory, and for seeds that no store has.
 *
 * @param certificateId 32 hexadecimal digits; of certificates whose bytes are known, the first of their SHA-256
 */
export function ungroupedCertificate(
  facts: CertificateFacts,
  certificateId = facts.sha256?.slice(0, 32) ?? '',
): UngroupedCertificate {
  return {
    certificate_id: certificateId,
    issuance: facts.tbs_no_ct_sha256?.slice(0, 32) ?? issuerSerialOf(facts) ?? certificateId,
    sha256: facts.sha256,
    sha1: facts.sha1,
    subject: rfc4514(facts.subject ?? []),
    issuer: rfc4514(facts.issuer ?? []),
    serial: facts.serial ?? '',
    not_before: facts.not_before,
    not_after: facts.not_after,
    names: facts.names.map(({ value }) => value),
    apexes: facts.apexes,
    owner: ownerOf(facts, certificateId),
    self_issued: facts.self_issued,
    is_ca: facts.is_ca,
    values: pivotValuesOf(facts),
  }
}
