import { Buffer } from 'node:buffer'
import type { Certificate } from '../x509/index.ts'
import { readCertificate } from '../x509/index.ts'
import { mostAttributes, mostAttributeValues, mostCertificates, mostSigners } from './bounds.ts'
import type { Cursor, DerWalk } from './der.ts'
import {
  contentsOf,
  cursorOver,
  derOf,
  expectEnd,
  inside,
  isEqual,
  next,
  noteAt,
  tags,
  take,
  takeIf,
  takeInside,
} from './der.ts'
import type { Algorithm } from './der-values.ts'
import { oidOf, serialOf, takeAlgorithm } from './der-values.ts'
import { oids } from './oids.ts'

/** A signature of CMS as it stands (RFC 5652 §5, and PKCS #7 1.5, which Authenticode is). Byte arrays are views. */
export type SignedData = {
  /** ContentInfo, without what may follow it. */
  readonly der: Uint8Array
  readonly content_type: string
  /** The contents octets of what is signed, without its tag and length: what the messageDigest is over. */
  readonly content: Uint8Array | undefined
  /** In their order; those that cannot be read are left out. */
  readonly certificates: readonly Certificate[]
  readonly signers: readonly SignerInfo[]
}

export type SignerInfo = {
  /** The Name of the issuer as DER, and the serial number as certificates have it; or the subjectKeyIdentifier. */
  readonly issuer: Uint8Array | undefined
  readonly serial: string | undefined
  readonly key_id: Uint8Array | undefined
  readonly digest_algorithm: Algorithm
  readonly signature_algorithm: Algorithm
  /** The signed attributes with their tag and length as in the file: `[0]`, where SET (31) is signed. */
  readonly signed_der: Uint8Array | undefined
  readonly signed: readonly Attribute[]
  readonly unsigned: readonly Attribute[]
  readonly signature: Uint8Array
}

export type Attribute = {
  readonly oid: string
  /** Each as DER. */
  readonly values: readonly Uint8Array[]
  /** Where it begins, and its octets with tag and length. */
  readonly offset: number
  readonly length: number
}

const optional = { content: 0xa0, certificates: 0xa0, crls: 0xa1, keyId: 0x80, signed: 0xa0, unsigned: 0xa1 }

/**
 * The ContentInfo that is the next element.
 *
 *   ContentInfo ::= SEQUENCE { contentType OBJECT IDENTIFIER, content [0] EXPLICIT SignedData }
 *   SignedData  ::= SEQUENCE { version INTEGER, digestAlgorithms SET OF AlgorithmIdentifier,
 *     contentInfo SEQUENCE { contentType OBJECT IDENTIFIER, content [0] EXPLICIT ANY OPTIONAL },
 *     certificates [0] IMPLICIT SET OPTIONAL, crls [1] IMPLICIT SET OPTIONAL, signerInfos SET OF SignerInfo }
 */
export function readSignedData(cursor: Cursor): SignedData | undefined {
  const { walk } = cursor
  walk.part = 'signature'
  const outer = take(cursor, tags.sequence, 'ContentInfo')
  if (outer === undefined) return undefined
  const info = inside(walk, outer)
  const type = take(info, tags.oid, 'contentType')
  if (type === undefined) return undefined
  if (oidOf(walk, type) !== oids.signedData) {
    noteAt(walk, 'authenticode/not-signed-data', type.start, oids.signedData, oidOf(walk, type))
    return undefined
  }
  const wrapper = takeInside(info, optional.content, 'content')
  const data = wrapper && takeInside(wrapper, tags.sequence, 'SignedData')
  if (data === undefined) return undefined
  expectEnd(info)
  take(data, tags.integer, 'version')
  takeDigestAlgorithms(data)
  const content = takeContent(data)
  if (content === undefined) return undefined
  const certificates = takeCertificates(data)
  takeIf(data, optional.crls)
  const signers = takeSigners(data)
  expectEnd(data)
  return { der: derOf(walk, outer), ...content, certificates, signers }
}

/** Which they are does not matter: each signer names its own. */
function takeDigestAlgorithms(data: Cursor): void {
  const set = takeInside(data, tags.set, 'digestAlgorithms')
  while (set !== undefined && set.at < set.end) takeAlgorithm(set, 'digestAlgorithm')
}

function takeContent(data: Cursor): Pick<SignedData, 'content_type' | 'content'> | undefined {
  const { walk } = data
  const info = takeInside(data, tags.sequence, 'contentInfo')
  const type = info && take(info, tags.oid, 'contentType')
  if (info === undefined || type === undefined) return undefined
  const wrapper = takeIf(info, optional.content)
  const content = wrapper && next(inside(walk, wrapper))
  return { content_type: oidOf(walk, type), content: content && contentsOf(walk, content) }
}

function takeCertificates(data: Cursor): readonly Certificate[] {
  const { walk } = data
  const set = takeIf(data, optional.certificates)
  if (set === undefined) return []
  const certificates: Certificate[] = []
  const cursor = inside(walk, set)
  for (let element = next(cursor); element !== undefined; element = next(cursor)) {
    walk.part = 'certificates'
    // Attribute certificates and the like; timestamps of Microsoft have one.
    if (element.tag !== tags.sequence) continue
    if (certificates.length === mostCertificates) {
      noteAt(walk, 'authenticode/too-many', element.start, `at most ${mostCertificates} certificates`)
      break
    }
    // A copy: a certificate outlives the file it came in.
    const reading = readCertificate(Uint8Array.from(derOf(walk, element)))
    if ('certificate' in reading) certificates.push(reading.certificate)
    else noteAt(walk, 'authenticode/certificate', element.start, reading.problem.expected, reading.problem.found)
  }
  return certificates
}

function takeSigners(data: Cursor): readonly SignerInfo[] {
  const { walk } = data
  walk.part = 'signerInfos'
  const set = takeInside(data, tags.set, 'signerInfos')
  if (set === undefined) return []
  const signers: SignerInfo[] = []
  while (set.at < set.end) {
    if (signers.length === mostSigners) {
      noteAt(walk, 'authenticode/too-many', set.at, `at most ${mostSigners} signers`)
      break
    }
    const signer = readSignerInfo(set)
    if (signer === undefined) break
    signers.push(signer)
  }
  return signers
}

/**
 * The SignerInfo that is the next element; also what a PKCS #9 counter-signature is.
 *
 *   SignerInfo ::= SEQUENCE { version INTEGER,
 *     sid CHOICE { issuerAndSerialNumber SEQUENCE { issuer Name, serialNumber INTEGER }, subjectKeyIdentifier [0] },
 *     digestAlgorithm AlgorithmIdentifier, signedAttrs [0] IMPLICIT SET OPTIONAL,
 *     signatureAlgorithm AlgorithmIdentifier, signature OCTET STRING, unsignedAttrs [1] IMPLICIT SET OPTIONAL }
 */
export function readSignerInfo(cursor: Cursor): SignerInfo | undefined {
  const { walk } = cursor
  const info = takeInside(cursor, tags.sequence, 'SignerInfo')
  if (info === undefined || take(info, tags.integer, 'version') === undefined) return undefined
  const keyId = takeIf(info, optional.keyId)
  const sid = keyId === undefined ? takeInside(info, tags.sequence, 'issuerAndSerialNumber') : undefined
  const issuer = sid && take(sid, tags.sequence, 'issuer')
  const serial = sid && take(sid, tags.integer, 'serialNumber')
  if (keyId === undefined && serial === undefined) return undefined
  const digestAlgorithm = takeAlgorithm(info, 'digestAlgorithm')
  if (digestAlgorithm === undefined) return undefined
  const signed = takeIf(info, optional.signed)
  const signatureAlgorithm = takeAlgorithm(info, 'signatureAlgorithm')
  const signature = signatureAlgorithm && take(info, tags.octetString, 'signature')
  if (signatureAlgorithm === undefined || signature === undefined) return undefined
  const unsigned = takeIf(info, optional.unsigned)
  expectEnd(info)
  const signedAttributes = signed === undefined ? [] : readAttributes(inside(walk, signed), 'signed attributes')
  noteRepeated(walk, signedAttributes)
  return {
    issuer: issuer && derOf(walk, issuer),
    serial: serial && serialOf(walk, serial),
    key_id: keyId && contentsOf(walk, keyId),
    digest_algorithm: digestAlgorithm,
    signature_algorithm: signatureAlgorithm,
    signed_der: signed && derOf(walk, signed),
    signed: signedAttributes,
    unsigned: unsigned === undefined ? [] : readAttributes(inside(walk, unsigned), 'unsigned attributes'),
    signature: contentsOf(walk, signature),
  }
}

/** RFC 5652 §11: those of signatures stand once, with one value. */
function noteRepeated(walk: DerWalk, attributes: readonly Attribute[]): void {
  const once: ReadonlySet<string> = new Set([oids.contentType, oids.messageDigest, oids.signingTime, oids.opusInfo])
  const seen = new Set<string>()
  for (const { oid, values, offset } of attributes) {
    if (seen.has(oid) || (once.has(oid) && values.length > 1))
      noteAt(walk, 'authenticode/attribute-repeated', offset, undefined, oid)
    seen.add(oid)
  }
}

/** Attribute ::= SEQUENCE { type OBJECT IDENTIFIER, values SET OF ANY } */
export function readAttributes(cursor: Cursor, part: string): readonly Attribute[] {
  const { walk } = cursor
  const attributes: Attribute[] = []
  while (cursor.at < cursor.end) {
    walk.part = part
    if (attributes.length === mostAttributes) {
      noteAt(walk, 'authenticode/too-many', cursor.at, `at most ${mostAttributes} attributes`)
      break
    }
    const attribute = readAttribute(cursor)
    if (attribute === undefined) break
    attributes.push(attribute)
  }
  return attributes
}

function readAttribute(cursor: Cursor): Attribute | undefined {
  const { walk } = cursor
  const sequence = take(cursor, tags.sequence, 'Attribute')
  const parts = sequence && inside(walk, sequence)
  const type = parts && take(parts, tags.oid, 'type')
  const set = type && takeInside(parts, tags.set, 'values')
  if (sequence === undefined || type === undefined || set === undefined) return undefined
  const values: Uint8Array[] = []
  for (let value = next(set); value !== undefined; value = next(set)) {
    if (values.length === mostAttributeValues) {
      noteAt(walk, 'authenticode/too-many', value.start, `at most ${mostAttributeValues} values`)
      break
    }
    values.push(derOf(walk, value))
  }
  return { oid: oidOf(walk, type), values, offset: sequence.start, length: sequence.end - sequence.start }
}

/** The first value of the first attribute of this type, as DER. */
export function firstValueOf(attributes: readonly Attribute[], oid: string): Uint8Array | undefined {
  return attributes.find(attribute => attribute.oid === oid)?.values[0]
}

/** A walk over a value within. Its problems are among those of the whole, its faults its own. */
export function within(walk: DerWalk, bytes: Uint8Array, part: string): Cursor {
  return cursorOver({ ...walk, bytes, label: `${walk.label}${part}, `, faults: 0 })
}

/** Whether this is the certificate the signer names. RFC 5652 §5.3. */
export function isSignersCertificate(signer: SignerInfo, certificate: Certificate): boolean {
  if (signer.key_id !== undefined) {
    const { subject_key_identifier: keyId } = certificate.extensions
    return keyId !== undefined && keyId === Buffer.from(signer.key_id).toString('hex')
  }
  return (
    signer.issuer !== undefined &&
    certificate.issuer !== undefined &&
    certificate.serial === signer.serial &&
    isEqual(certificate.issuer.der, signer.issuer)
  )
}
