import { ECDH, hash } from 'node:crypto'
import { normalHostName } from '../hostname/index.ts'
import type { Certificate, Fingerprints, GeneralName, PublicKey } from '../x509/index.ts'
import type { CertificateFacts, SubjectName } from './facts.ts'
import { apexesOf, subjectNames } from './subject-names.ts'

/** What the bytes of a certificate say. Never throws; what could not be read is absent. */
export function factsOf(certificate: Certificate, fingerprints: Fingerprints): CertificateFacts {
  const { subject, issuer, public_key, extensions, serial, not_before, not_after, version } = certificate
  const names = subjectNames(
    (extensions.subject_alt_name ?? []).flatMap(name => subjectName(name) ?? []),
    subject?.attributes,
  )
  const key_sha256 = public_key === undefined ? undefined : keyHash(public_key)
  const policies = extensions.certificate_policies
  const selfIssued = isSelfIssued(certificate)
  const facts: Mutable<CertificateFacts> = {
    sha256: fingerprints.sha256,
    sha1: fingerprints.sha1,
    md5: fingerprints.md5,
    names,
    apexes: apexesOf(names),
    extensions: certificate.extension_list,
    is_ca: extensions.basic_constraints?.ca ?? false,
    is_precertificate: extensions.precertificate_poison === true,
    problems: [...new Set(certificate.problems.map(({ code }) => code))].sort(),
  }
  if (fingerprints.spki_sha256 !== undefined) facts.spki_sha256 = fingerprints.spki_sha256
  if (fingerprints.tbs_no_ct_sha256 !== undefined) facts.tbs_no_ct_sha256 = fingerprints.tbs_no_ct_sha256
  if (fingerprints.subject_sha256 !== undefined) facts.subject_der_sha256 = fingerprints.subject_sha256
  if (fingerprints.issuer_sha256 !== undefined) facts.issuer_der_sha256 = fingerprints.issuer_sha256
  if (key_sha256 !== undefined) facts.key_sha256 = key_sha256
  if (serial !== undefined) facts.serial = serial
  // As they are: they have more than a NameFact, and the same issuer is the same array, which normalName remembers.
  if (subject !== undefined) facts.subject = subject.attributes
  if (issuer !== undefined) facts.issuer = issuer.attributes
  if (not_before !== undefined) facts.not_before = not_before
  if (not_after !== undefined) facts.not_after = not_after
  if (version !== undefined) facts.version = version
  if (public_key !== undefined) {
    facts.key_algorithm = public_key.kind
    if (public_key.bits !== undefined) facts.key_bits = public_key.bits
    if (public_key.curve !== undefined) facts.key_curve = public_key.curve
    if (public_key.exponent !== undefined) facts.key_exponent = public_key.exponent
  }
  if (certificate.signature_algorithm !== undefined) facts.signature_algorithm = certificate.signature_algorithm.name
  if (selfIssued !== undefined) facts.self_issued = selfIssued
  if (extensions.subject_key_identifier !== undefined) facts.subject_key_id = extensions.subject_key_identifier
  const authority = extensions.authority_key_identifier?.key_identifier
  if (authority !== undefined) facts.authority_key_id = authority
  if (extensions.key_usage !== undefined) facts.key_usage = extensions.key_usage
  if (extensions.extended_key_usage !== undefined) facts.extended_key_usage = extensions.extended_key_usage
  if (extensions.crl_distribution_points !== undefined) facts.crl_urls = extensions.crl_distribution_points
  const access = extensions.authority_information_access
  if (access !== undefined)
    facts.authority_urls = access.flatMap(({ location }) => (location.type === 'uri' ? location.value : []))
  if (policies !== undefined) {
    facts.policies = policies.map(({ oid }) => oid)
    facts.cps_urls = policies.flatMap(({ cps }) => cps)
  }
  if (extensions.signed_certificate_timestamps !== undefined) facts.scts = extensions.signed_certificate_timestamps
  return facts
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** Kinds that pivots know. Host names in their normal form; a NUL inside stays, as the reader's problem says. */
function subjectName(name: GeneralName): SubjectName | undefined {
  switch (name.type) {
    case 'dns':
      return { type: 'dns', value: normalHostName(name.value) }
    case 'email':
      return { type: 'email', value: name.value.trim().toLowerCase() }
    case 'ip':
    case 'uri':
      return { type: name.type, value: name.value }
    default:
      return undefined
  }
}

function isSelfIssued({ subject, issuer }: Certificate): boolean | undefined {
  if (subject === undefined || issuer === undefined) return undefined
  return subject.attributes.length > 0 && Buffer.compare(subject.der, issuer.der) === 0
}

/** Names that node:crypto has for curves whose points may stand compressed. */
const opensslCurves: Readonly<Record<string, string>> = {
  'P-256': 'prime256v1',
  'P-384': 'secp384r1',
  'P-521': 'secp521r1',
  secp256k1: 'secp256k1',
}

/** SHA-256 over the RSA modulus, or over the point uncompressed (SEC 1 §2.3.3); undefined for other keys. */
function keyHash({ modulus, point, curve }: PublicKey): string | undefined {
  if (modulus !== undefined) return modulus.length === 0 ? undefined : hash('sha256', modulus)
  if (point === undefined || point.length === 0) return undefined
  if (point[0] === 4) return hash('sha256', point)
  const openssl = curve === undefined || !Object.hasOwn(opensslCurves, curve) ? undefined : opensslCurves[curve]
  if (openssl === undefined) return undefined
  try {
    const whole = ECDH.convertKey(point, openssl, undefined, undefined, 'uncompressed')
    return typeof whole === 'string' ? undefined : hash('sha256', whole)
  } catch {
    return undefined // no point of this curve: the key's other hash, over SubjectPublicKeyInfo, still stands
  }
}
