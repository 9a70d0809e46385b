import { ECDH, hash } from 'node:crypto'
import type { Certificate, Fingerprints, GeneralName, PublicKey } from '../x509/index.ts'
import type { CertificateFacts, SubjectName } from './facts.ts'
import { apexesOf, hostNameOf, subjectNames } from './subject-names.ts'

/** What the bytes of a certificate say. Never throws; what could not be read is undefined, which is the same as absent. */
export function factsOf(certificate: Certificate, fingerprints: Fingerprints): CertificateFacts {
  const { subject, issuer, public_key, extensions } = certificate
  const given = extensions.subject_alt_name?.map(subjectName).filter(name => name !== undefined) ?? []
  const names = subjectNames(given, subject?.attributes)
  const policies = extensions.certificate_policies
  // All fields at once, known or not: objects that grow field by field cost more than everything else here.
  const facts: Known<CertificateFacts> = {
    sha256: fingerprints.sha256,
    sha1: fingerprints.sha1,
    md5: fingerprints.md5,
    spki_sha256: fingerprints.spki_sha256,
    key_sha256: public_key === undefined ? undefined : keyHash(public_key),
    tbs_no_ct_sha256: fingerprints.tbs_no_ct_sha256,
    subject_key_id: extensions.subject_key_identifier,
    authority_key_id: extensions.authority_key_identifier?.key_identifier,
    serial: certificate.serial,
    // As they are: they have more than a NameFact, and the same issuer is the same array, which normalName remembers.
    subject: subject?.attributes,
    issuer: issuer?.attributes,
    subject_der_sha256: fingerprints.subject_sha256,
    issuer_der_sha256: fingerprints.issuer_sha256,
    not_before: certificate.not_before,
    not_after: certificate.not_after,
    names,
    apexes: apexesOf(names),
    key_algorithm: public_key?.kind,
    key_bits: public_key?.bits,
    key_curve: public_key?.curve,
    key_exponent: public_key?.exponent,
    signature_algorithm: certificate.signature_algorithm?.name,
    version: certificate.version,
    extensions: certificate.extension_list,
    key_usage: extensions.key_usage,
    extended_key_usage: extensions.extended_key_usage,
    self_issued: isSelfIssued(certificate),
    is_ca: extensions.basic_constraints?.ca ?? false,
    is_precertificate: extensions.precertificate_poison === true,
    crl_urls: extensions.crl_distribution_points,
    authority_urls: extensions.authority_information_access?.flatMap(({ location }) =>
      location.type === 'uri' ? location.value : [],
    ),
    cps_urls: policies?.flatMap(({ cps }) => cps),
    policies: policies?.map(({ oid }) => oid),
    scts: extensions.signed_certificate_timestamps,
    problems: codesOf(certificate.problems),
    addresses: undefined,
    ja4x: undefined,
    jarm: undefined,
  }
  return facts as CertificateFacts // undefined stands for absent
}

type Known<T> = { readonly [K in keyof Required<T>]: T[K] | undefined }

function codesOf(problems: Certificate['problems']): readonly string[] {
  return problems.length === 0 ? noCodes : [...new Set(problems.map(({ code }) => code))].sort()
}

const noCodes: readonly string[] = []

/** Kinds that pivots know. Host names in their normal form; a NUL inside stays, as the reader's problem says. */
function subjectName(name: GeneralName): SubjectName | undefined {
  switch (name.type) {
    case 'dns':
      return { type: 'dns', value: hostNameOf(name.value) }
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
