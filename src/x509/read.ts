import { Buffer } from 'node:buffer'
import { readAlgorithm } from './algorithms.ts'
import type { Certificate, CertificateReading } from './certificate.ts'
import type { Walk } from './der.ts'
import { expectEnd, note, readElement, readExpected, tags, view, walkOver } from './der.ts'
import { readBitString } from './primitives.ts'
import type { ProblemCode } from './problem-codes.ts'
import type { Tbs } from './tbs.ts'
import { readTbs } from './tbs.ts'

/** A certificate longer than this is not read. The largest of the corpus has 12 KiB. */
export const longestCertificate = 1 << 20

/**
 * Reads one certificate. Never throws on any bytes, and takes time that grows with their number. The certificate holds
 * views into `der`, which must not change afterwards. RFC 5280 §4.1:
 *
 *   Certificate ::= SEQUENCE { tbsCertificate TBSCertificate, signatureAlgorithm AlgorithmIdentifier, signature BIT STRING }
 */
export function readCertificate(der: Uint8Array): CertificateReading {
  const walk = walkOver(der)
  const limit = Math.min(der.length, longestCertificate)
  if (!readElement(walk, 0, limit) || walk.tag !== tags.sequence) return unreadable(walk, der, 'a SEQUENCE')
  if (der.length > longestCertificate && walk.cut) return tooLong(der)
  const { contentsEnd, end } = walk
  if (!readElement(walk, walk.contents, contentsEnd) || walk.tag !== tags.sequence)
    return unreadable(walk, der, 'a SEQUENCE in it')
  const tbs = view(walk, walk.start, walk.end)
  const tbsEnd = walk.end
  const parts = readTbs(walk)
  const outer = readOuter(walk, tbsEnd, contentsEnd, parts)
  walk.part = 'certificate'
  expectEnd(walk, end, der.length)
  const certificate: Certificate = {
    der: view(walk, 0, end),
    tbs,
    version: parts.version,
    serial: parts.serial,
    issuer: parts.issuer,
    subject: parts.subject,
    not_before: parts.not_before,
    not_after: parts.not_after,
    public_key: parts.public_key,
    signature_algorithm: outer.algorithm,
    signature: outer.signature,
    extension_list: parts.extensions.list,
    extensions: parts.extensions.byName,
    problems: walk.problems,
  }
  return { certificate }
}

function unreadable({ problems }: Walk, der: Uint8Array, expected: string): CertificateReading {
  const [first] = problems
  const found = first?.code ?? `${der.length} bytes: ${Buffer.from(der.subarray(0, 16)).toString('hex')}`
  return { problem: { code: 'x509/unreadable' satisfies ProblemCode, expected, found } }
}

function tooLong(der: Uint8Array): CertificateReading {
  const code = 'x509/too-long' satisfies ProblemCode
  return { problem: { code, expected: `at most ${longestCertificate} bytes`, found: `${der.length} bytes` } }
}

type Outer = Pick<Certificate, 'signature'> & { readonly algorithm: Certificate['signature_algorithm'] }

/** What follows tbsCertificate, from `at` to `end`. */
function readOuter(walk: Walk, at: number, end: number, tbs: Tbs): Outer {
  walk.part = 'signatureAlgorithm'
  if (!readExpected(walk, at, end, tags.sequence, 'signatureAlgorithm'))
    return { algorithm: undefined, signature: undefined }
  const { start, end: algorithmEnd } = walk
  // RFC 5280 §4.1.1.2. Only the inner one is signed: an outer one that differs was put there by anyone.
  if (tbs.algorithmEnd > 0 && !isSame(walk.bytes, tbs.algorithmStart, tbs.algorithmEnd, start, algorithmEnd))
    note(walk, 'x509/signature-algorithm-mismatch', start)
  const algorithm = readAlgorithm(walk)
  walk.part = 'signature'
  if (!readExpected(walk, algorithmEnd, end, tags.bitString, 'signature')) return { algorithm, signature: undefined }
  const { contentsEnd, cut } = walk
  expectEnd(walk, walk.end, end)
  const from = readBitString(walk)
  return { algorithm, signature: cut ? undefined : view(walk, from, contentsEnd) }
}

function isSame(bytes: Uint8Array, a: number, aEnd: number, b: number, bEnd: number): boolean {
  if (aEnd - a !== bEnd - b) return false
  for (let i = 0; i < aEnd - a; i += 1) if (bytes[a + i] !== bytes[b + i]) return false
  return true
}
