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

/**
 * What a log signs of a certificate: its tbsCertificate without the list of SCTs and without the poison (RFC 6962 §3.2). Undefined when the
 * tbsCertificate is not there whole.
 */
export function signedByLogs({ tbs, extension_list }: Certificate): Uint8Array | undefined {
  if (wholeOf(tbs) === undefined) return undefined
  if (!extension_list.some(extension => ctExtensions.has(extension.oid))) return tbs
  return tbsWithoutCt(tbs)?.slice()
}

function hashWithoutCt({ tbs, extension_list }: Certificate): string | undefined {
  if (!extension_list.some(extension => ctExtensions.has(extension.oid))) return hash('sha256', tbs)
  const rest = tbsWithoutCt(tbs)
  return rest && hash('sha256', rest)
}

/**
 * RFC 6962 §3.2: tbsCertificate without the extensions, and the lengths around them made anew. Extensions that become
 * empty disappear, because there is no empty SEQUENCE of them (RFC 5280 §4.1). What is returned lives until the next call.
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
  const { contents: first, contentsEnd: last } = walk
  const kept: number[] = []
  for (let next = first; next < last; ) {
    if (!readElement(walk, next, last)) return undefined
    const { start, end } = walk
    next = end
    if (!readExpected(walk, walk.contents, walk.contentsEnd, tags.oid, 'extnID')) return undefined
    if (!ctExtensions.has(oidAt(walk, walk.contents, walk.contentsEnd).text)) kept.push(start, end)
  }
  if (memory.length < tbs.length + longestHeads) memory = new Uint8Array(2 * tbs.length + longestHeads)
  // From the last octet to the first: then each length is known when it is written.
  const extensionsEnd = putBefore(memory.length, tbs, outerEnd, contentsEnd)
  let begin = extensionsEnd
  for (let pair = kept.length - 2; pair >= 0; pair -= 2)
    begin = putBefore(begin, tbs, kept[pair] ?? 0, kept[pair + 1] ?? 0)
  if (kept.length > 0) {
    begin = putHeadBefore(begin, tags.sequence, extensionsEnd - begin)
    begin = putHeadBefore(begin, 0xa3, extensionsEnd - begin)
  }
  begin = putBefore(begin, tbs, contents, at)
  begin = putHeadBefore(begin, tags.sequence, memory.length - begin)
  return memory.subarray(begin)
}

/** Where a tbsCertificate is put together. Used again for the next: a piece of memory for each costs more than the hash. */
let memory = new Uint8Array(8192)

/** Three tags with lengths of up to four octets: where those read were indefinite, those made anew are longer. */
const longestHeads = 15

function putBefore(end: number, from: Uint8Array, start: number, stop: number): number {
  const begin = end - (stop - start)
  memory.set(from.subarray(start, stop), begin)
  return begin
}

/** Tag and length, the length in the shortest form (X.690 §10.1). */
function putHeadBefore(end: number, tag: number, length: number): number {
  let begin = end
  let octets = 0
  if (length >= 0x80)
    for (let left = length; left > 0; left >>= 8) {
      begin -= 1
      memory[begin] = left & 0xff
      octets += 1
    }
  memory[begin - 1] = length < 0x80 ? length : 0x80 | octets
  memory[begin - 2] = tag
  return begin - 2
}
