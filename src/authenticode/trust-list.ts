import { Buffer } from 'node:buffer'
import { hashText } from './algorithms.ts'
import { mostMembers, mostNameValues } from './bounds.ts'
import type { Attribute } from './cms.ts'
import { readAttributes, within } from './cms.ts'
import type { Cursor, DerWalk } from './der.ts'
import { contentsOf, hex, inside, next, noteAt, tags, take, takeIf, takeInside } from './der.ts'
import { oidOf, smallIntegerOf, takeAlgorithm, textOf, timeOf } from './der-values.ts'
import type { IndirectData } from './indirect-data.ts'
import { readIndirectData } from './indirect-data.ts'
import { oids } from './oids.ts'

/**
 * A certificate trust list (MS-CAESO §4.4.5, wincrypt.h): in a security catalog the files it vouches for, in `authroot.stl` the
 * roots Windows may trust, in `disallowedcert.stl` the certificates it must not.
 */
export type TrustList = {
  readonly kind: 'trust_list'
  /** `catalog`, `roots`, `disallowed`, or the OIDs of other usages. */
  readonly usage: 'catalog' | 'roots' | 'disallowed' | 'other'
  readonly usage_oids: readonly string[]
  /** Lower-case hexadecimal. */
  readonly list_identifier: string | undefined
  readonly sequence_number: string | undefined
  /** Milliseconds since the epoch, UTC. */
  readonly this_update: number | undefined
  readonly next_update: number | undefined
  /** How members are identified: `sha1` in lists of certificates, an OID of catalogs in catalogs. */
  readonly subject_algorithm: string
  readonly members: readonly ListMember[]
  /** Of a catalog: names and values about all of its files (`HWID1`, `OS`). */
  readonly name_values: readonly NameValue[]
}

export type ListMember = {
  /** As it stands, in lower-case hexadecimal: a thumbprint in lists of certificates, a tag in catalogs. */
  readonly identifier: string
  /** Of a catalog: the hash of the file. */
  readonly digest_algorithm: string | undefined
  readonly digest: string | undefined
  /** Of a catalog: names and values about the file (`File`, `OSAttr`). */
  readonly name_values: readonly NameValue[]
  /** Of a list of certificates: the properties, by their number in stores (`11` is the friendly name). */
  readonly properties: readonly ListedProperty[]
}

export type NameValue = { readonly name: string; readonly value: string }
export type ListedProperty = { readonly id: number; readonly bytes: Uint8Array }

/**
 * The contents of a CertificateTrustList.
 *
 *   CertificateTrustList ::= SEQUENCE { version INTEGER DEFAULT 0, subjectUsage SEQUENCE OF OBJECT IDENTIFIER,
 *     listIdentifier OCTET STRING OPTIONAL, sequenceNumber INTEGER OPTIONAL, ctlThisUpdate Time, ctlNextUpdate Time OPTIONAL,
 *     subjectAlgorithm AlgorithmIdentifier, trustedSubjects SEQUENCE OF TrustedSubject OPTIONAL,
 *     ctlExtensions [0] EXPLICIT Extensions OPTIONAL }
 *   TrustedSubject ::= SEQUENCE { subjectIdentifier OCTET STRING, subjectAttributes SET OF Attribute OPTIONAL }
 */
export function readTrustList(cursor: Cursor): TrustList | undefined {
  const { walk } = cursor
  takeIf(cursor, tags.integer)
  const usages = takeInside(cursor, tags.sequence, 'subjectUsage')
  if (usages === undefined) return undefined
  const usageOids: string[] = []
  while (usages.at < usages.end && usageOids.length < 16) {
    const usage = take(usages, tags.oid, 'usage')
    if (usage !== undefined) usageOids.push(oidOf(walk, usage))
  }
  const identifier = takeIf(cursor, tags.octetString)
  const sequenceNumber = takeIf(cursor, tags.integer)
  const thisUpdate = next(cursor)
  const nextUpdate = takeIf(cursor, 0x17) ?? takeIf(cursor, 0x18)
  const algorithm = takeAlgorithm(cursor, 'subjectAlgorithm')
  if (thisUpdate === undefined || algorithm === undefined) return undefined
  const members = takeIf(cursor, tags.sequence)
  const extensions = takeIf(cursor, 0xa0)
  return {
    kind: 'trust_list',
    usage: usageOf(usageOids),
    usage_oids: usageOids,
    list_identifier: identifier && hex(contentsOf(walk, identifier)),
    sequence_number: sequenceNumber && hex(contentsOf(walk, sequenceNumber)),
    this_update: timeOf(walk, thisUpdate),
    next_update: nextUpdate && timeOf(walk, nextUpdate),
    subject_algorithm: hashText(algorithm.oid),
    members: members === undefined ? [] : readMembers(inside(walk, members)),
    name_values: extensions === undefined ? [] : readExtensions(inside(walk, extensions)),
  }
}

function usageOf(usages: readonly string[]): TrustList['usage'] {
  if (usages.includes(oids.catalogList)) return 'catalog'
  if (usages.includes(oids.rootList)) return 'roots'
  return usages.includes(oids.disallowedList) ? 'disallowed' : 'other'
}

function readMembers(cursor: Cursor): readonly ListMember[] {
  const { walk } = cursor
  const members: ListMember[] = []
  while (cursor.at < cursor.end) {
    walk.part = 'trustedSubjects'
    if (members.length === mostMembers) {
      noteAt(walk, 'authenticode/too-many', cursor.at, `at most ${mostMembers} members`)
      break
    }
    const at = cursor.at
    const sequence = takeInside(cursor, tags.sequence, 'TrustedSubject')
    const identifier = sequence && take(sequence, tags.octetString, 'subjectIdentifier')
    if (sequence === undefined || identifier === undefined) {
      noteAt(walk, 'authenticode/member', at)
      continue
    }
    const set = takeIf(sequence, tags.set)
    const attributes = set === undefined ? [] : readAttributes(inside(walk, set), 'trustedSubjects')
    members.push(memberOf(walk, hex(contentsOf(walk, identifier)), attributes))
  }
  return members
}

function memberOf(walk: DerWalk, identifier: string, attributes: readonly Attribute[]): ListMember {
  let data: IndirectData | undefined
  const nameValues: NameValue[] = []
  const properties: ListedProperty[] = []
  for (const { oid, values } of attributes) {
    const [value] = values
    if (value === undefined) continue
    const part = within(walk, value, 'member')
    if (oid === oids.indirectData) {
      const contents = data === undefined ? takeInside(part, tags.sequence, 'SpcIndirectDataContent') : undefined
      if (contents !== undefined) data = readIndirectData(contents)
    } else if (oid === oids.catalogNameValue) {
      for (const one of values) {
        const nameValue = nameValues.length < mostNameValues ? readNameValue(within(walk, one, 'member')) : undefined
        if (nameValue !== undefined) nameValues.push(nameValue)
      }
    } else if (oid.startsWith(oids.certificateProperty)) {
      const octets = takeIf(part, tags.octetString)
      const id = Number(oid.slice(oids.certificateProperty.length))
      if (octets !== undefined && Number.isSafeInteger(id))
        properties.push({ id, bytes: contentsOf(part.walk, octets) })
    }
  }
  return {
    identifier,
    digest_algorithm: data?.digest_algorithm,
    digest: data?.digest,
    name_values: nameValues,
    properties,
  }
}

/** CatalogNameValue ::= SEQUENCE { refname BMPString, typeaction INTEGER, value OCTET STRING }; the value is UTF-16LE. */
function readNameValue(cursor: Cursor): NameValue | undefined {
  const { walk } = cursor
  const parts = takeInside(cursor, tags.sequence, 'CatalogNameValue')
  const name = parts && take(parts, 0x1e, 'refname')
  const action = name && take(parts, tags.integer, 'typeaction')
  const value = action && take(parts, tags.octetString, 'value')
  if (name === undefined || action === undefined || value === undefined) return undefined
  const octets = contentsOf(walk, value).subarray(0, 4096)
  // 0x00020000: base64 or octets instead of text.
  const isText = ((smallIntegerOf(walk, action) ?? 0) & 0x00020000) === 0 && octets.length % 2 === 0
  const text = isText ? Buffer.from(octets).toString('utf16le') : hex(octets)
  return { name: textOf(contentsOf(walk, name), true), value: text.endsWith('\0') ? text.slice(0, -1) : text }
}

/** Extensions as certificates have them; those of catalogs hold names and values. */
function readExtensions(holder: Cursor): readonly NameValue[] {
  const { walk } = holder
  const list = takeInside(holder, tags.sequence, 'Extensions')
  const found: NameValue[] = []
  while (list !== undefined && list.at < list.end && found.length < mostNameValues) {
    walk.part = 'ctlExtensions'
    const extension = takeInside(list, tags.sequence, 'Extension')
    const type = extension && take(extension, tags.oid, 'extnID')
    if (extension === undefined || type === undefined) break
    takeIf(extension, 0x01)
    const value = take(extension, tags.octetString, 'extnValue')
    if (value === undefined || oidOf(walk, type) !== oids.catalogNameValue) continue
    const nameValue = readNameValue(inside(walk, value))
    if (nameValue !== undefined) found.push(nameValue)
  }
  return found
}
