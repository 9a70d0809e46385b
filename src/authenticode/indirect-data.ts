import { hashText } from './algorithms.ts'
import type { Cursor, DerWalk } from './der.ts'
import { contentsOf, cursorOver, hex, inside, next, noteAt, tags, take, takeIf, takeInside } from './der.ts'
import { oidOf, takeAlgorithm, textOf } from './der-values.ts'
import { oids } from './oids.ts'

/** What an embedded signature is over: the hash of the file, and how it was taken. */
export type IndirectData = {
  readonly kind: 'indirect_data'
  /** What the file is said to be: `pe`, `cab`, or by whose interface package it was hashed. */
  readonly subject: 'pe' | 'cab' | 'sip' | 'unknown'
  /** `{603BCC1F-4B59-4E08-B724-D2C6297EF351}`: the interface package that hashed it; only with `sip`. */
  readonly sip_guid: string | undefined
  /** `sha256`, or the OID of one without a name here. */
  readonly digest_algorithm: string
  readonly digest_oid: string
  /** The hash that is signed, in lower-case hexadecimal. */
  readonly digest: string
  /** Hashes of the pages of a PE file are there too. They are not compared. */
  readonly page_hashes: 'sha1' | 'sha256' | undefined
}

/**
 * The contents of SpcIndirectDataContent.
 *
 *   SpcIndirectDataContent ::= SEQUENCE { data SEQUENCE { type OBJECT IDENTIFIER, value ANY OPTIONAL },
 *     messageDigest SEQUENCE { digestAlgorithm AlgorithmIdentifier, digest OCTET STRING } }
 */
export function readIndirectData(cursor: Cursor): IndirectData | undefined {
  const { walk } = cursor
  const data = takeInside(cursor, tags.sequence, 'data')
  const type = data && take(data, tags.oid, 'type')
  const info = type && takeInside(cursor, tags.sequence, 'messageDigest')
  const algorithm = info && takeAlgorithm(info, 'digestAlgorithm')
  const digest = algorithm && take(info, tags.octetString, 'digest')
  if (data === undefined || type === undefined || algorithm === undefined || digest === undefined) return undefined
  const oid = oidOf(walk, type)
  const subject =
    oid === oids.peImageData ? 'pe' : oid === oids.cabData ? 'cab' : oid === oids.sipInfo ? 'sip' : 'unknown'
  if (subject === 'unknown') noteAt(walk, 'authenticode/content', type.start, 'a kind of file that is known', oid)
  return {
    kind: 'indirect_data',
    subject,
    sip_guid: subject === 'sip' ? readSipGuid(data) : undefined,
    digest_algorithm: hashText(algorithm.oid),
    digest_oid: algorithm.oid,
    digest: hex(contentsOf(walk, digest)),
    page_hashes: subject === 'pe' ? readPageHashes(data) : undefined,
  }
}

/** SpcSipInfo ::= SEQUENCE { version INTEGER, guid OCTET STRING, five INTEGERs } */
function readSipGuid(data: Cursor): string | undefined {
  const { walk } = data
  const info = takeInside(data, tags.sequence, 'SpcSipInfo')
  if (info === undefined || take(info, tags.integer, 'version') === undefined) return undefined
  const guid = take(info, tags.octetString, 'guid')
  return guid && guidOf(contentsOf(walk, guid))
}

/** A GUID as Windows writes it; the first three parts stand with their low octet first. */
function guidOf(octets: Uint8Array): string | undefined {
  if (octets.length !== 16) return undefined
  const turned = Uint8Array.from([3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15], from => octets[from] ?? 0)
  const text = hex(turned).toUpperCase()
  const parts = [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)]
  return `{${parts.join('-')}}`
}

/** Class of the serialized object that holds hashes of pages. */
const pageHashClass = 'a6b586d5b4a12466ae05a217da8e60d6'

/**
 *   SpcPeImageData ::= SEQUENCE { flags BIT STRING, file [0] EXPLICIT SpcLink }
 *   SpcLink ::= CHOICE { url [0], moniker [1] SEQUENCE { classId OCTET STRING, serializedData OCTET STRING }, file [2] }
 *
 * The serialized data are SET { SEQUENCE { type OBJECT IDENTIFIER, … } }, and the type tells the hash.
 */
function readPageHashes(data: Cursor): IndirectData['page_hashes'] {
  const { walk } = data
  const image = takeIf(data, tags.sequence)
  if (image === undefined) return undefined
  const parts = inside(walk, image)
  takeIf(parts, tags.bitString)
  const file = takeIf(parts, 0xa0)
  const moniker = file && takeIf(inside(walk, file), 0xa1)
  if (moniker === undefined) return undefined
  const object = inside(walk, moniker)
  const id = takeIf(object, tags.octetString)
  const serialized = takeIf(object, tags.octetString)
  if (id === undefined || serialized === undefined || hex(contentsOf(walk, id)) !== pageHashClass) return undefined
  const set = takeIf(inside(walk, serialized), tags.set)
  const entry = set && takeIf(inside(walk, set), tags.sequence)
  const type = entry && takeIf(inside(walk, entry), tags.oid)
  const oid = type && oidOf(walk, type)
  return oid === oids.pageHashesSha1 ? 'sha1' : oid === oids.pageHashesSha256 ? 'sha256' : undefined
}

export type OpusInfo = {
  /** What the signer says the programme is called; shown by Windows when it asks for consent. */
  readonly program_name: string | undefined
  readonly url: string | undefined
}

/**
 *   SpcSpOpusInfo ::= SEQUENCE { programName [0] EXPLICIT SpcString OPTIONAL, moreInfo [1] EXPLICIT SpcLink OPTIONAL }
 *   SpcString ::= CHOICE { unicode [0] IMPLICIT BMPString, ascii [1] IMPLICIT IA5String }
 */
export function readOpusInfo(cursor: Cursor): OpusInfo | undefined {
  const { walk } = cursor
  const info = takeInside(cursor, tags.sequence, 'SpcSpOpusInfo')
  if (info === undefined) return undefined
  const name = takeIf(info, 0xa0)
  const more = takeIf(info, 0xa1)
  return { program_name: name && spcStringAt(walk, name), url: more && linkAt(walk, more) }
}

function spcStringAt(walk: DerWalk, holder: { readonly contents: number; readonly end: number }): string | undefined {
  const element = next(cursorOver(walk, holder.contents, holder.end))
  return element && textOf(contentsOf(walk, element), element.tag === 0x80)
}

function linkAt(walk: DerWalk, holder: { readonly contents: number; readonly end: number }): string | undefined {
  const element = next(cursorOver(walk, holder.contents, holder.end))
  if (element?.tag === 0x80) return textOf(contentsOf(walk, element), false)
  return element?.tag === 0xa2 ? spcStringAt(walk, element) : undefined
}
