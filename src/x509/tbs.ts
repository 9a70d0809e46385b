import type { Certificate, DistinguishedName, PublicKey } from './certificate.ts'
import type { Walk } from './der.ts'
import { expectEnd, note, readElement, readExpected, tags, tagText } from './der.ts'
import type { ReadExtensions } from './extensions.ts'
import { noExtensions, readExtensions } from './extensions.ts'
import { readPublicKey } from './keys.ts'
import { readName } from './names.ts'
import { readSerial, readSmallInteger } from './primitives.ts'
import { readTime } from './times.ts'

/** What is read out of tbsCertificate, as {@link Certificate} has it. */
export type Tbs = {
  version: Certificate['version']
  serial: string | undefined
  issuer: DistinguishedName | undefined
  subject: DistinguishedName | undefined
  not_before: number | undefined
  not_after: number | undefined
  public_key: PublicKey | undefined
  extensions: ReadExtensions
  /** Where the inner AlgorithmIdentifier stands. */
  algorithmStart: number
  algorithmEnd: number
}

/** Context tags of TBSCertificate. */
const tag = { version: 0xa0, uniqueIds: [0x81, 0x82, 0xa1, 0xa2], extensions: 0xa3 }

/**
 * The TBSCertificate that is the element read last. RFC 5280 §4.1:
 *
 *   TBSCertificate ::= SEQUENCE {
 *     version         [0] EXPLICIT INTEGER DEFAULT v1 (0),
 *     serialNumber    INTEGER,
 *     signature       AlgorithmIdentifier,
 *     issuer          Name,
 *     validity        SEQUENCE { notBefore Time, notAfter Time },
 *     subject         Name,
 *     subjectPublicKeyInfo SubjectPublicKeyInfo,
 *     issuerUniqueID  [1] IMPLICIT BIT STRING OPTIONAL,
 *     subjectUniqueID [2] IMPLICIT BIT STRING OPTIONAL,
 *     extensions      [3] EXPLICIT Extensions OPTIONAL }
 *
 * A field of the wrong type is left out and the next is read; a field that is not there is passed over.
 */
export function readTbs(walk: Walk): Tbs {
  const { bytes, contents, contentsEnd } = walk
  const tbs: Tbs = {
    version: undefined,
    serial: undefined,
    issuer: undefined,
    subject: undefined,
    not_before: undefined,
    not_after: undefined,
    public_key: undefined,
    extensions: noExtensions,
    algorithmStart: 0,
    algorithmEnd: 0,
  }
  walk.part = 'version'
  walk.end = contents
  if (contents < contentsEnd && bytes[contents] !== tag.version) tbs.version = 1
  else if (readElement(walk, contents, contentsEnd)) {
    const { end } = walk
    tbs.version = readVersion(walk)
    walk.end = end
  }
  readSerialNumber(walk, tbs, contentsEnd)
  if (readField(walk, contentsEnd, 'signature')) {
    tbs.algorithmStart = walk.start
    tbs.algorithmEnd = walk.end
  }
  if (readField(walk, contentsEnd, 'issuer')) tbs.issuer = readFieldName(walk)
  if (readField(walk, contentsEnd, 'validity')) readValidity(walk, tbs)
  const subjectAt = walk.end
  if (readField(walk, contentsEnd, 'subject')) tbs.subject = readFieldName(walk)
  if (readField(walk, contentsEnd, 'subjectPublicKeyInfo')) {
    const { end } = walk
    tbs.public_key = readPublicKey(walk)
    walk.end = end
  }
  readOptionalFields(walk, tbs, contentsEnd)
  checkNames(walk, tbs, subjectAt)
  return tbs
}

/**
 * Reads the next field, which must be a SEQUENCE. One of another type is passed over; a field that is not there is not.
 * Afterwards the walk ends where the next one begins.
 */
function readField(walk: Walk, limit: number, part: string): boolean {
  const { bytes, end: at } = walk
  walk.part = part
  if (at >= limit || ((bytes[at] ?? 0) & 0xc0) === 0x80) {
    note(walk, 'der/missing', at, part)
    return false
  }
  if (!readElement(walk, at, limit)) {
    walk.end = limit // nothing can be found behind it
    return false
  }
  if (walk.tag === tags.sequence) return true
  note(walk, 'der/tag', at, `${part} (${tagText(tags.sequence)})`, tagText(walk.tag))
  return false
}

/** Version ::= INTEGER { v1(0), v2(1), v3(2) }, in `[0]`, which is the element read last. */
function readVersion(walk: Walk): number | undefined {
  const { contents, contentsEnd } = walk
  if (!readExpected(walk, contents, contentsEnd, tags.integer, 'version')) return undefined
  const { end } = walk
  const number = readSmallInteger(walk)
  if (number !== undefined && number !== 1 && number !== 2)
    note(walk, 'x509/version', contents, 'v2 or v3', number === 0 ? 'v1, which is not written' : `v${number + 1}`)
  expectEnd(walk, end, contentsEnd)
  return number === undefined ? undefined : number + 1
}

function readSerialNumber(walk: Walk, tbs: Tbs, limit: number): void {
  const { bytes, end: at } = walk
  walk.part = 'serialNumber'
  if (at >= limit || bytes[at] === tags.sequence) note(walk, 'der/missing', at, 'serialNumber')
  else if (!readElement(walk, at, limit)) walk.end = limit
  else if (walk.tag === tags.integer) tbs.serial = readSerial(walk)
  else note(walk, 'der/tag', at, `serialNumber (${tagText(tags.integer)})`, tagText(walk.tag))
}

function readFieldName(walk: Walk): DistinguishedName {
  const { end } = walk
  const name = readName(walk)
  walk.end = end
  return name
}

function readValidity(walk: Walk, tbs: Tbs): void {
  const { start, contents, contentsEnd, end } = walk
  walk.end = contents
  if (readTimeField(walk, contentsEnd, 'notBefore')) tbs.not_before = readTime(walk)
  if (readTimeField(walk, contentsEnd, 'notAfter')) tbs.not_after = readTime(walk)
  walk.part = 'validity'
  expectEnd(walk, walk.end, contentsEnd)
  if (tbs.not_before !== undefined && tbs.not_after !== undefined && tbs.not_after < tbs.not_before)
    note(walk, 'time/backwards', start)
  walk.end = end
}

/** Time ::= CHOICE { utcTime UTCTime, generalTime GeneralizedTime } */
function readTimeField(walk: Walk, limit: number, part: string): boolean {
  const { end: at } = walk
  walk.part = part
  if (at >= limit) note(walk, 'der/missing', at, part)
  else if (!readElement(walk, at, limit)) walk.end = limit
  else if (walk.tag === tags.utcTime || walk.tag === tags.generalizedTime) return true
  else note(walk, 'der/tag', at, 'UTCTime or GeneralizedTime', tagText(walk.tag))
  return false
}

/** The unique identifiers, which nobody uses and nothing is told of, and the extensions. */
function readOptionalFields(walk: Walk, tbs: Tbs, limit: number): void {
  let at = walk.end
  let found = false
  while (at < limit) {
    walk.part = 'tbsCertificate'
    if (!readElement(walk, at, limit)) return
    const { end } = walk
    if (walk.tag === tag.extensions && !found) {
      found = true
      walk.part = 'extensions'
      if (tbs.version !== 3) note(walk, 'x509/extensions-before-v3', at, 'v3', `v${tbs.version ?? '?'}`)
      tbs.extensions = readExtensions(walk)
    } else if (!tag.uniqueIds.includes(walk.tag)) {
      expectEnd(walk, at, limit)
      return
    }
    at = end
  }
}

/** RFC 5280 §4.1.2.4 and §4.1.2.6: the issuer has a name; a subject without one has it in subjectAltName. */
function checkNames(walk: Walk, { issuer, subject, extensions }: Tbs, subjectAt: number): void {
  walk.part = 'issuer'
  if (issuer !== undefined && issuer.der.length === 2) note(walk, 'name/empty', subjectAt, 'an issuer with a name')
  walk.part = 'subject'
  if (subject !== undefined && subject.der.length === 2 && extensions.byName.subject_alt_name === undefined)
    note(walk, 'name/empty', subjectAt, 'a name here or in subjectAltName')
}
