import { createHash } from 'node:crypto'
import type { CertificateFacts } from '../src/pivots/facts.ts'
import { factsFromDescription } from '../src/pivots/facts-from-description.ts'
import { type UngroupedCertificate, ungroupedCertificate } from '../src/pivots/indexed-certificate.ts'
import { readNameText } from '../src/pivots/name-text.ts'
import type { HostSighting } from '../src/pivots/pivot-index.ts'

/** What a test says of a certificate; names in any text form, the rest as facts have it. */
export type Saying = Partial<Omit<CertificateFacts, 'names' | 'subject' | 'issuer'>> & {
  readonly subject?: string
  readonly issuer?: string
  readonly names?: readonly string[]
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Facts as from bytes: self-issued unless an issuer is given, and without shapes in common. */
export function factsSaying(
  label: string,
  { subject = '', issuer = subject, names = [], ...rest }: Saying,
): CertificateFacts {
  const described = factsFromDescription({ subject, names })
  return {
    ...described,
    sha256: hashOf(label),
    sha1: hashOf(label).slice(0, 40),
    tbs_no_ct_sha256: hashOf(`tbs ${label}`),
    spki_sha256: hashOf(`key ${label}`),
    key_sha256: hashOf(`modulus ${label}`),
    serial: hashOf(`serial ${label}`).slice(0, 32).toUpperCase(),
    subject: readNameText(subject),
    issuer: readNameText(issuer),
    self_issued: subject !== '' && subject === issuer,
    extensions: [{ oid: `1.2.3.${Number.parseInt(hashOf(label).slice(0, 8), 16)}`, critical: false }],
    ...rest,
  }
}

/** A certificate of an index, by a label that makes everything about it that is not said its own. */
export function saying(label: string, what: Saying = {}): UngroupedCertificate {
  return ungroupedCertificate(factsSaying(label, what))
}

export function idOf(label: string): string {
  return hashOf(label).slice(0, 32)
}

export function metAt(label: string, ip: string, first = '2026-03-01', last = first): HostSighting {
  return {
    certificate_id: idOf(label),
    ip,
    port: 443,
    sighting: 'scan',
    server_name: '',
    first_seen: `${first}T00:00:00Z`,
    last_seen: `${last}T00:00:00Z`,
  }
}
