import { createHash } from 'node:crypto'
import type { Problem } from '../base/index.ts'
import { longestBlob, mostProblemsOfHive, mostProperties, mostUsages } from './bounds.ts'
import { propertyName } from './certificate-properties.ts'
import { type Notes, noNotes, note } from './note.ts'
import { unterminated, utf16 } from './value.ts'

/*
 * Value `Blob` of a key below `SystemCertificates\<store>\Certificates` (MS-GPEF §2.2.1.1.1): one after the other, to the end
 *   u32 property   u32 encoding, 1   u32 octets of its value   the value
 * Property 32 is the certificate. 11 is the friendly name and 13 the description, as MS-GPEF and all blobs seen have it;
 * MS-WCCE §2.2.2.1 names them the other way round.
 */
const headerSize = 12
const certificateId = 32

/** A certificate in a store of Windows, with what the store adds to it. Nothing here has been verified but hashes. */
export type CertificateBlob = {
  /** In the order of the blob, the certificate too. */
  readonly properties: readonly BlobProperty[]
  /** DER. Absent when there is none. */
  readonly certificate: Uint8Array | undefined
  /** Of the DER, in lower-case hexadecimal. */
  readonly sha1: string | undefined
  readonly sha256: string | undefined
  /** What property 3 says, in lower-case hexadecimal. */
  readonly stated_sha1: string | undefined
  readonly friendly_name: string | undefined
  readonly description: string | undefined
  /**
   * For what alone the certificate may be used, as object identifiers (property 9). Absent: the store does not restrict it.
   * Empty: it may be used for nothing.
   */
  readonly usages: readonly string[] | undefined
  /** The machine has, or had, its private key: property 2 says where. */
  readonly has_key_info: boolean
  readonly problems: readonly Problem[]
}

export type BlobProperty = {
  readonly id: number
  /** As wincrypt.h has it, `sha1_hash`; absent for one that it does not name. */
  readonly name: string | undefined
  readonly bytes: Uint8Array
}

export type BlobOptions = {
  /** The name of the registry key, which Windows makes the SHA-1 of the certificate. Compared when it is given. */
  readonly key_name?: string
}

export function readCertificateBlob(bytes: Uint8Array, { key_name }: BlobOptions = {}): CertificateBlob {
  const notes = noNotes(mostProblemsOfHive)
  const properties = readProperties(bytes, notes)
  const first = (id: number) => properties.find(property => property.id === id)?.bytes
  const seen = new Set<number>()
  for (const { id } of properties) {
    if (seen.has(id)) note(notes, 'registry/blob-repeated', `property ${id}`)
    seen.add(id)
  }
  const certificate = first(certificateId)
  if (certificate === undefined) note(notes, 'registry/blob-no-certificate', `property ${certificateId}`)
  const sha1 = certificate === undefined ? undefined : createHash('sha1').update(certificate).digest('hex')
  const stated_sha1 = hashOf(first(3), 20, notes, 3)
  if (sha1 !== undefined && stated_sha1 !== undefined && stated_sha1 !== sha1)
    note(notes, 'registry/blob-mismatch', 'property 3', sha1, stated_sha1)
  if (sha1 !== undefined && key_name !== undefined && key_name.toLowerCase() !== sha1)
    note(notes, 'registry/blob-mismatch', 'the name of the key', sha1, key_name)
  return {
    properties,
    certificate,
    sha1,
    sha256: certificate === undefined ? undefined : createHash('sha256').update(certificate).digest('hex'),
    stated_sha1,
    friendly_name: textOf(first(11)),
    description: textOf(first(13)),
    usages: usagesOf(first(9), notes),
    has_key_info: seen.has(2),
    problems: notes.problems,
  }
}

function readProperties(bytes: Uint8Array, notes: Notes): readonly BlobProperty[] {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const properties: BlobProperty[] = []
  const end = Math.min(bytes.length, longestBlob)
  if (end < bytes.length) note(notes, 'registry/blob-record', `byte ${end}`, `at most ${longestBlob} octets`)
  for (let at = 0; at < end; ) {
    const size = at + headerSize <= end ? data.getUint32(at + 8, true) : undefined
    if (size === undefined || at + headerSize + size > end || properties.length === mostProperties) {
      note(notes, 'registry/blob-record', `byte ${at}`, `at most ${end - at} octets`, String(size ?? end - at))
      break
    }
    const id = data.getUint32(at, true)
    const encoding = data.getUint32(at + 4, true)
    if (encoding !== 1) note(notes, 'registry/blob-encoding', `byte ${at + 4}`, '1', String(encoding))
    properties.push({
      id,
      name: propertyName(id),
      bytes: Uint8Array.from(bytes.subarray(at + headerSize, at + headerSize + size)),
    })
    at += headerSize + size
  }
  return properties
}

function hashOf(bytes: Uint8Array | undefined, size: number, notes: Notes, id: number): string | undefined {
  if (bytes === undefined) return undefined
  if (bytes.length !== size)
    note(notes, 'registry/blob-property', `property ${id}`, `${size} octets`, String(bytes.length))
  return Buffer.from(bytes).toString('hex')
}

function textOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : unterminated(utf16(bytes))
}

/** SEQUENCE OF OBJECT IDENTIFIER, DER; an identifier that cannot be read is left out, with a problem. */
function usagesOf(bytes: Uint8Array | undefined, notes: Notes): readonly string[] | undefined {
  if (bytes === undefined) return undefined
  const usages: string[] = []
  const fault = (at: number) => {
    note(notes, 'registry/blob-property', `property 9 at byte ${at}`, 'a SEQUENCE OF OBJECT IDENTIFIER')
    return usages
  }
  const outer = headAt(bytes, 0)
  if (outer?.tag !== 0x30 || outer.end !== bytes.length) return fault(0)
  for (let at = outer.begin; at < outer.end; ) {
    const one = headAt(bytes, at)
    const usage = one?.tag === 0x06 ? identifierOf(bytes.subarray(one.begin, one.end)) : undefined
    if (one === undefined || usage === undefined || usages.length === mostUsages) return fault(at)
    usages.push(usage)
    at = one.end
  }
  return usages
}

/** Tag and contents of the DER element at `at`, of 64 KiB at most. */
function headAt(bytes: Uint8Array, at: number): { tag: number; begin: number; end: number } | undefined {
  const tag = bytes[at]
  const first = bytes[at + 1]
  if (tag === undefined || first === undefined || first > 0x82 || first === 0x80) return undefined
  const lengthOctets = first < 0x80 ? 0 : first - 0x80
  let length = lengthOctets === 0 ? first : 0
  for (let i = 0; i < lengthOctets; i += 1) length = length * 256 + (bytes[at + 2 + i] ?? 0)
  const begin = at + 2 + lengthOctets
  return begin + length > bytes.length ? undefined : { tag, begin, end: begin + length }
}

/** X.690 §8.19; undefined when it is cut off, or an arc is longer than 53 bits. */
function identifierOf(bytes: Uint8Array): string | undefined {
  const arcs: number[] = []
  let arc = 0
  let isOpen = true
  for (const octet of bytes) {
    arc = arc * 128 + (octet & 0x7f)
    if (!Number.isSafeInteger(arc)) return undefined
    isOpen = octet >= 0x80
    if (isOpen) continue
    if (arcs.length === 0) arcs.push(Math.min(2, Math.floor(arc / 40)), arc - 40 * Math.min(2, Math.floor(arc / 40)))
    else arcs.push(arc)
    arc = 0
  }
  return isOpen ? undefined : arcs.join('.')
}
