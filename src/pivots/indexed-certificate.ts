import { issuanceOf } from './certificate-id.ts'
import type { CertificateFacts } from './facts.ts'
import { rfc4514 } from './name-text.ts'
import type { PivotValue } from './pivot.ts'
import type { IndexedCertificate } from './pivot-index.ts'
import { visible } from './stored-text.ts'
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
    issuance: issuanceOf(certificateId, facts),
    sha256: facts.sha256,
    sha1: facts.sha1,
    subject: visible(rfc4514(facts.subject ?? [])),
    issuer: visible(rfc4514(facts.issuer ?? [])),
    serial: facts.serial ?? '',
    not_before: facts.not_before,
    not_after: facts.not_after,
    names: facts.names.map(({ value }) => visible(value)),
    apexes: facts.apexes.map(visible),
    owner: visible(ownerOf(facts, certificateId)),
    self_issued: facts.self_issued,
    is_ca: facts.is_ca,
    values: pivotValuesOf(facts).map(shown),
  }
}

function shown(value: PivotValue): PivotValue {
  const text = visible(value.value)
  return text === value.value ? value : { ...value, value: text }
}
