import { Buffer } from 'node:buffer'
import { hash } from 'node:crypto'
import type { Certificate, Fingerprints } from './certificate.ts'
import { readElement, readExpected, tags, walkOver } from './der.ts'
import { oidAt } from './oids.ts'

/**
 * The hashes of a certificate. One over a part is undefined when the part is not there whole: a hash over half a key would
 * be the hash of nothing.
 */
export function fingerprintsOf(certificate: Certificate): Fingerprints {
  const { der, tbs, public_key, subject, issuer } = certificate
  const spki = wholeOf(public_key?.spki)
  const subjectDer = wholeOf(subject?.der)
  const issuerDer = wholeOf(issuer?.der)
  return {
    sha256: hash('sha256', der),
    sha1: hash('sha1', der),
    md5: hash('md5', der),
    spki_sha256: spki && hash('sha256', spki),
    spki_sha1: spki && hash('sha1', spki),
    tbs_no_ct_sha256: wholeOf(tbs) && hashWithoutCt(certificate),
    subject_sha256: subjectDer && hash('sha256', subjectDer),
    issuer_sha256: issuerDer && hash('sha256', issuerDer),
  }
}

/** The element if it is as long as it says. One of indefinite length was read up to its mark, or is cut off. */
function wholeOf(element: Uint8Array | undefined): Uint8Array | undefined {
  if (element === undefined) return undefined
  const first = element[1] ?? 0xff
  if (first === 0x80) return element.at(-1) === 0 && element.at(-2) === 0 ? element : undefined
  const octets = first < 0x80 ? 0 : first & 0x7f
  let length = first < 0x80 ? first : 0
  for (let i = 0; i < octets; i += 1) length = Math.min(length * 256 + (element[2 + i] ?? 0), 2 ** 40)
  return 2 + octets + length === element.length ? element : undefined
}

/** The SCT list and the poison: what a log adds, and what marks a certificate that is not yet one. */
const ctExtensions: ReadonlySet<string> = new Set(['1.3.6.1.4.1.11129.2.4.2', '1.3.6.1.4.1.11129.2.4.3'])

function hashWithoutCt({ tbs, extension_list }: Certificate): string | undefined {
  if (!extension_list.some(extension => ctExtensions.has(extension.oid))) return hash('sha256', tbs)
  const rest = tbsWithoutCt(tbs)
  return rest && hash('sha256', rest)
}

/**
 * RFC 6962 §3.2: tbsCertificate without the extensions, and the lengths around them made anew. Extensions that become
 * empty disappear, because there is no empty SEQUENCE of them (RFC 5280 §4.1).
 */
function tbsWithoutCt(tbs: Uint8Array): Uint8Array | undefined {
  const walk = walkOver(tbs)
  if (!readElement(walk, 0, tbs.length)) return undefined
  const { contents, contentsEnd } = walk
  let at = contents
  while (readElement(walk, at, contentsEnd) && walk.tag !== 0xa3) at = walk.end
  const { end: outerEnd } = walk
  if (walk.tag !== 0xa3 || !readExpected(walk, walk.contents, walk.contentsEnd, tags.sequence, 'Extensions'))
    return undefined
  const kept: Uint8Array[] = []
  const { contentsEnd: last } = walk
  for (let next = walk.contents; next < last; ) {
    if (!readElement(walk, next, last)) return undefined
    const { start, end } = walk
    next = end
    if (!readExpected(walk, walk.contents, walk.contentsEnd, tags.oid, 'extnID')) return undefined
    if (!ctExtensions.has(oidAt(walk, walk.contents, walk.contentsEnd).text)) kept.push(tbs.subarray(start, end))
  }
  const extensions = kept.length === 0 ? [] : [wrap(0xa3, [wrap(tags.sequence, kept)])]
  return wrap(tags.sequence, [tbs.subarray(contents, at), ...extensions, tbs.subarray(outerEnd, contentsEnd)])
}

/** An element with these contents, its length in the shortest form (X.690 §10.1). */
function wrap(tag: number, contents: readonly Uint8Array[]): Uint8Array {
  const length = contents.reduce((sum, piece) => sum + piece.length, 0)
  const octets = length < 0x80 ? 0 : length < 0x100 ? 1 : length < 0x10000 ? 2 : 3 // a certificate has at most 1 MiB
  const head = octets === 0 ? [tag, length] : [tag, 0x80 | octets]
  for (let i = octets - 1; i >= 0; i -= 1) head.push((length >> (8 * i)) & 0xff)
  return Buffer.concat([Uint8Array.from(head), ...contents])
}
