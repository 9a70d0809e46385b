import { createHash } from 'node:crypto'
import type { Problem } from '../base/index.ts'
import { describeProblem } from '../base/index.ts'
import type { PemBlock } from '../formats/index.ts'
import type { CertificateFacts, SubjectName } from '../pivots/index.ts'
import { certificateIdOf, factsOf } from '../pivots/index.ts'
import type { Certificate, Fingerprints } from '../x509/index.ts'
import { fingerprintsOf, longestCertificate, readCertificate } from '../x509/index.ts'
import { certificateBlocks } from './certificate-blocks.ts'
import type { CertificateLines } from './certificate-line.ts'
import { certificateLines, keyOf } from './certificate-line.ts'

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
  /** What goes into the certificate tables: also of bytes that could not be read. */
  readonly certificate?: CertificateLines
  /** What was read; undefined when nothing could be. */
  readonly read?: Certificate
}

/** The certificates of a PEM bundle or of a DER file, in order. */
export function readCertificates(content: Uint8Array, readAt: Date): readonly CertificateRecord[] {
  return [...eachCertificate(content, readAt)]
}

/** The same one after the other: whoever takes them may do something else in between. */
export function* eachCertificate(content: Uint8Array, readAt: Date): Generator<CertificateRecord> {
  const head = `"read_at":"${readAt.toISOString()}"`
  for (const block of certificateBlocks(content)) yield recordOf(block, head)
}

function recordOf({ byte_offset, bytes, der, problem: damage }: PemBlock, head: string): CertificateRecord {
  const made = damage === undefined ? certificateRecord(der, head) : unreadable(der, damage)
  return { byte_offset, bytes, der, ...made }
}

/** One certificate. `head`: what its line begins with, members of a JSON object. */
export function certificateRecord(
  der: Uint8Array,
  head: string,
): Pick<CertificateRecord, 'line' | 'problem' | 'certificate' | 'read'> {
  const reading = readCertificate(der)
  if ('problem' in reading) return unreadable(der, reading.problem)
  const { certificate } = reading
  const fingerprints = fingerprintsOf(certificate)
  const facts = factsOf(certificate, fingerprints)
  const id = certificateIdOf(facts)
  const line = sightingLine(head, certificate, fingerprints, facts)
  const told = { line, read: certificate }
  return id === undefined ? told : { ...told, certificate: certificateLines(id, facts, certificate.der) }
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
    ...(der.length === 0 ? {} : { certificate: certificateLines(hashes.sha256.slice(0, 32), facts, kept) }),
  }
}

/**
 * The fields of sources/certificate-file, as JSON. Trailing bytes belong to the file, not to the certificate. Written by
 * hand, since most values need no escapes: hashes, numbers and times.
 */
function sightingLine(
  head: string,
  { subject, issuer, serial, not_before, not_after }: Certificate,
  { sha256, sha1, md5, spki_sha256, tbs_no_ct_sha256 }: Fingerprints,
  facts: CertificateFacts,
): string {
  let line = `{${head},"sha256":"${sha256}","sha1":"${sha1}","md5":"${md5}"`
  if (spki_sha256 !== undefined) line += `,"spki_sha256":"${spki_sha256}"`
  if (tbs_no_ct_sha256 !== undefined) line += `,"tbs_no_ct_sha256":"${tbs_no_ct_sha256}"`
  if (subject !== undefined) line += `,"subject":${quoted(subject.text)}`
  if (issuer !== undefined) line += `,"issuer":${quoted(issuer.text)}`
  if (serial !== undefined) line += `,"serial":"${serial}"`
  if (not_before !== undefined) line += `,"not_before":"${new Date(not_before).toISOString()}"`
  if (not_after !== undefined) line += `,"not_after":"${new Date(not_after).toISOString()}"`
  line += `,"names":[${facts.names.map(quotedName).join(',')}]`
  const key = keyOf(facts)
  if (key !== '') line += `,"key_algorithm":${quoted(key)}`
  if (facts.key_bits !== undefined) line += `,"key_bits":${facts.key_bits}`
  if (facts.signature_algorithm !== undefined) line += `,"signature_algorithm":${quoted(facts.signature_algorithm)}`
  if (facts.self_issued !== undefined) line += `,"self_issued":${facts.self_issued}`
  if (facts.subject_key_id !== undefined) line += `,"subject_key_id":"${facts.subject_key_id}"`
  if (facts.authority_key_id !== undefined) line += `,"authority_key_id":"${facts.authority_key_id}"`
  return `${line},"is_ca":${facts.is_ca ?? false},"is_precertificate":${facts.is_precertificate ?? false}}`
}

function quotedName({ value }: SubjectName): string {
  return quoted(value)
}

function quoted(text: string): string {
  return plain.test(text) ? `"${text}"` : JSON.stringify(text)
}

/** Printable ASCII without what JSON escapes. */
const plain = /^[ !#-[\]-~]*$/

function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

/** Certificates have no head that could grow: the id is over the whole file. */
export function bundleIdOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
