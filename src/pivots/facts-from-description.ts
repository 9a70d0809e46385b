import type { CertificateFacts, NameFact } from './facts.ts'
import { normalName, readNameText } from './name-text.ts'
import { hexadecimal } from './normal-text.ts'
import { normalSerial } from './serial.ts'
import { apexesOf, nameOfText, subjectNames } from './subject-names.ts'

/**
 * A certificate as a sensor describes it, in the fields of certificate_sighting and of tls_session without their
 * prefixes. Absent, null and empty all mean that the sensor does not say.
 */
export type DescribedCertificate = {
  /** Hexadecimal in any case, colons allowed. */
  readonly sha256?: string | null
  readonly sha1?: string | null
  readonly md5?: string | null
  readonly spki_sha256?: string | null
  readonly tbs_no_ct_sha256?: string | null
  /** Any form that `readNameText` reads. */
  readonly subject?: string | null
  readonly issuer?: string | null
  readonly serial?: string | null
  /** 10 where the source writes serial numbers in decimal. */
  readonly serial_base?: 10 | 16
  /** Milliseconds since the epoch, UTC; digits in text are taken too, as stores write 64-bit numbers. */
  readonly not_before?: number | string | null
  readonly not_after?: number | string | null
  readonly names?: readonly string[] | null
  readonly key_algorithm?: string | null
  readonly key_bits?: number | null
  readonly signature_algorithm?: string | null
  readonly self_issued?: boolean | null
  readonly subject_key_id?: string | null
  readonly authority_key_id?: string | null
  readonly is_ca?: boolean | null
  readonly is_precertificate?: boolean | null
  readonly ja4x?: string | null
  readonly jarm?: string | null
  /** Canonical text of addresses it was met at. */
  readonly addresses?: readonly string[] | null
}

/** Names of one description that are read. */
const mostNames = 10_000

/** What a description says, in the form of what bytes say. Never throws; what is no hash or number is left out. */
export function factsFromDescription(described: DescribedCertificate): CertificateFacts {
  const subject = nameOf(described.subject)
  const issuer = nameOf(described.issuer)
  const given = (described.names ?? []).slice(0, mostNames).map(nameOfText)
  const names = subjectNames(given, subject)
  const facts: Mutable<CertificateFacts> = { names, apexes: apexesOf(names), problems: [] }
  const hashes = [
    ['sha256', 64],
    ['sha1', 40],
    ['md5', 32],
    ['spki_sha256', 64],
    ['tbs_no_ct_sha256', 64],
  ] as const
  for (const [field, digits] of hashes) {
    const value = hexadecimal(described[field] ?? '')
    if (value.length === digits && isHexadecimal(value)) facts[field] = value
  }
  for (const field of ['subject_key_id', 'authority_key_id'] as const) {
    const value = hexadecimal(described[field] ?? '')
    if (value !== '' && isHexadecimal(value)) facts[field] = value
  }
  for (const field of ['not_before', 'not_after'] as const) {
    const value = described[field]
    const instant = value === undefined || value === null || value === '' ? Number.NaN : Number(value)
    if (Number.isFinite(instant)) facts[field] = instant
  }
  const serial = described.serial ? normalSerial(described.serial, described.serial_base) : undefined
  if (serial !== undefined) facts.serial = serial
  if (subject !== undefined) facts.subject = subject
  if (issuer !== undefined) facts.issuer = issuer
  if (described.key_algorithm) facts.key_algorithm = described.key_algorithm
  if (typeof described.key_bits === 'number') facts.key_bits = described.key_bits
  if (described.signature_algorithm) facts.signature_algorithm = described.signature_algorithm
  const selfIssued = described.self_issued ?? sameName(subject, issuer)
  if (selfIssued !== undefined) facts.self_issued = selfIssued
  if (typeof described.is_ca === 'boolean') facts.is_ca = described.is_ca
  if (typeof described.is_precertificate === 'boolean') facts.is_precertificate = described.is_precertificate
  if (described.ja4x) facts.ja4x = described.ja4x
  if (described.jarm) facts.jarm = [described.jarm]
  if (described.addresses && described.addresses.length > 0) facts.addresses = described.addresses
  return facts
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

function nameOf(text: string | null | undefined): readonly NameFact[] | undefined {
  const attributes = text ? readNameText(text) : []
  return attributes.length === 0 ? undefined : attributes
}

function sameName(subject: readonly NameFact[] | undefined, issuer: readonly NameFact[] | undefined) {
  if (subject === undefined || issuer === undefined) return undefined
  return normalName(subject) === normalName(issuer)
}

function isHexadecimal(text: string): boolean {
  return /^[0-9a-f]*$/.test(text)
}
