import { createHash } from 'node:crypto'
import type { Problem } from '../base/index.ts'
import { describeProblem } from '../base/index.ts'
import { looksLikePem, readPem } from '../formats/index.ts'
import type { CertificateFacts } from '../pivots/index.ts'
import { factsOf } from '../pivots/index.ts'
import type { Certificate, Fingerprints } from '../x509/index.ts'
import { fingerprintsOf, longestCertificate, readCertificate } from '../x509/index.ts'
import { certificateIdOf, certificateLine } from './certificate-line.ts'

/** A file of certificates larger than this is not read whole; no bundle we know has 1 MiB. */
export const longestBundle = 64 << 20

/** One certificate of a file as the line that is mapped, or what is wrong with it. */
export type CertificateRecord = {
  readonly byte_offset: number
  readonly bytes: number
  readonly der: Uint8Array
  /** JSON, without a newline. */
  readonly line: string
  /** Nothing of it could be read: it goes to quarantine. What could be read in part has no problem here. */
  readonly problem?: Problem
  /** What goes into the certificate tables, without the sequence: also of bytes that could not be read. */
  readonly certificate?: string
}

/** The certificates of a PEM bundle or of a DER file, in order. */
export function readCertificates(content: Uint8Array, readAt: Date): readonly CertificateRecord[] {
  const read_at = readAt.toISOString()
  const blocks = looksLikePem(content) ? readPem(content) : [{ byte_offset: 0, bytes: content.length, der: content }]
  return blocks.map(block => {
    const { byte_offset, bytes, der } = block
    const damage = 'problem' in block ? block.problem : undefined
    const reading = damage !== undefined ? { problem: damage } : readCertificate(der)
    if ('problem' in reading) return { byte_offset, bytes, der, ...unreadable(der, reading.problem) }
    const { certificate } = reading
    const fingerprints = fingerprintsOf(certificate)
    const facts = factsOf(certificate, fingerprints)
    const id = certificateIdOf(facts)
    return {
      byte_offset,
      bytes,
      der,
      line: JSON.stringify({ read_at, ...sightingOf(certificate, fingerprints, facts) }),
      ...(id === undefined ? {} : { certificate: certificateLine(id, facts, certificate.der) }),
    }
  })
}

/** Bytes that are no certificate to us may be one to whoever uses them: they can be found by their hashes. */
function unreadable(der: Uint8Array, problem: Problem): Pick<CertificateRecord, 'line' | 'problem' | 'certificate'> {
  const kept = der.subarray(0, longestCertificate)
  const hash = (algorithm: string) => createHash(algorithm).update(der).digest('hex')
  const hashes = { sha256: hash('sha256'), sha1: hash('sha1'), md5: hash('md5') }
  const facts: CertificateFacts = { ...hashes, names: [], apexes: [], problems: [problem.code] }
  return {
    line: JSON.stringify({ problem: describeProblem(problem), der: base64Of(kept) }),
    problem,
    ...(der.length === 0 ? {} : { certificate: certificateLine(hashes.sha256.slice(0, 32), facts, kept) }),
  }
}

/** The fields of sources/certificate-file. Trailing bytes belong to the file, not to the certificate. */
function sightingOf(
  certificate: Certificate,
  fingerprints: Fingerprints,
  facts: CertificateFacts,
): Readonly<Record<string, unknown>> {
  return {
    sha256: fingerprints.sha256,
    sha1: fingerprints.sha1,
    md5: fingerprints.md5,
    spki_sha256: fingerprints.spki_sha256,
    tbs_no_ct_sha256: fingerprints.tbs_no_ct_sha256,
    subject: certificate.subject?.text,
    issuer: certificate.issuer?.text,
    serial: certificate.serial,
    not_before: isoTime(certificate.not_before),
    not_after: isoTime(certificate.not_after),
    names: facts.names.map(({ value }) => value),
    key_algorithm: [facts.key_algorithm, facts.key_curve].filter(part => part !== undefined).join(' ') || undefined,
    key_bits: facts.key_bits,
    signature_algorithm: facts.signature_algorithm,
    self_issued: facts.self_issued,
    subject_key_id: facts.subject_key_id,
    authority_key_id: facts.authority_key_id,
    is_ca: facts.is_ca ?? false,
    is_precertificate: facts.is_precertificate ?? false,
  }
}

function isoTime(milliseconds: number | undefined): string | undefined {
  return milliseconds === undefined ? undefined : new Date(milliseconds).toISOString()
}

function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

/** Certificates have no head that could grow: the id is over the whole file. */
export function bundleIdOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
