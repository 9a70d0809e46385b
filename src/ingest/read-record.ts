import { createHash } from 'node:crypto'
import { CountersealError } from '../base/index.ts'
import type { Source } from '../mapping/index.ts'
import type { EventStore, Row } from '../model/index.ts'
import { rowsOf } from '../model/index.ts'
import { evidenceBearing } from './archive/bearing.ts'
import { ByteReader } from './archive/byte-reader.ts'
import { bundleIdOf, longestBundle, readCertificates } from './certificates.ts'
import type { Evidence } from './evidence-file.ts'
import type { EvidenceReader, EvidenceRecord } from './evidence-reader.ts'
import { evidenceIdOf } from './identity.ts'
import { recognise, headBytes as recognisedBytes } from './recognise.ts'
import { headIdOf, isCut, recordReader } from './record-readers.ts'
import { longestHive } from './registry-hives.ts'
import { hiveRead } from './registry-record.ts'
import { signedFileAt } from './signature-record.ts'

/** A record as it stands in the evidence, and whether it is the one that was read. */
export type OriginalRecord = {
  /** Of the file, or the label of the member of an archive. */
  readonly path: string
  readonly record_number: number
  /** In the decompressed evidence. */
  readonly byte_offset: number
  /** Without the newline; bytes that are no UTF-8 are replaced. For a certificate: its DER in base64. */
  readonly text: string
  /** True when hashing it gives the event_uid: nobody changed it since. */
  readonly intact: boolean
}

/** As much as the id of a piece of evidence is taken over. */
const headBytes = 64 << 10

/** Longest piece of a record that is shown. */
const longestShown = 1 << 20

/**
 * Goes back to the bytes of a record, by the ledger: only what stands before its chunk is passed over. Tries every path
 * the evidence was read from, newest first, and every member of an archive that bears the name. Undefined when no path
 * leads to it any more. `spool`: see `EvidenceOptions`. `sources`: without them records of CSV and of JSON documents
 * are not found.
 */
export async function readRecord(
  store: EventStore,
  evidence_id: string,
  record_number: number,
  event_uid: string,
  options: { readonly spool?: string | undefined; readonly sources?: readonly Source[] } = {},
): Promise<OriginalRecord | undefined> {
  const chunks = await rowsOf(store, 'chunks-of-evidence', { params: { evidence_id } })
  const holding = chunks.filter(
    row => Number(row.first_record) <= record_number && record_number < Number(row.first_record) + Number(row.records),
  )
  const readings = await rowsOf(store, 'readings-of-evidence', { params: { evidence_id } })
  const paths = [...new Set(readings.map(reading => String(reading.path)))]
  const reader = String(readings[0]?.reader)
  const find = finders[reader] ?? lineAt
  let [changed, other]: OriginalRecord[] = []
  // Two logs may share a head and so an id: then several chunks hold the number, and the hash tells which is meant.
  for (const path of paths) {
    for (const chunk of holding) {
      const { sources = [], spool } = options
      const place = { evidence_id, record_number, event_uid, chunk, sources, path, store, spool }
      for await (const evidence of evidenceBearing(path, options)) {
        const found = await within(evidence, bytes => find(bytes, place))
        if (found === undefined) continue
        const digest = createHash('sha256')
          .update(`${evidence_id}/${record_number}\n`)
          .update(found.identity ?? found.bytes)
          .digest('hex')
        const text = Buffer.from(found.bytes.subarray(0, longestShown)).toString('utf8')
        const intact = found.intact ?? digest.slice(0, 32) === event_uid
        const record = { path, record_number, byte_offset: found.byte_offset, text, intact }
        if (intact) return record
        // Of several members that bear the name, the one that still has the head is the one that was changed.
        if (found.sameHead) changed ??= record
        else other ??= record
      }
    }
  }
  return changed ?? other
}

type Place = {
  readonly evidence_id: string
  readonly record_number: number
  readonly event_uid: string
  readonly chunk: Row
  readonly sources: readonly Source[]
  readonly path: string
  readonly store: EventStore
  readonly spool: string | undefined
}

type Found = {
  readonly bytes: Uint8Array
  /** What the event_uid is over, where it is not the bytes. */
  readonly identity?: string | Uint8Array
  readonly byte_offset: number
  /** The evidence begins as it did when it was read. */
  readonly sameHead: boolean
  /** Known otherwise than by the event_uid. */
  readonly intact?: boolean
}

async function within(
  evidence: Evidence,
  find: (bytes: ByteReader) => Promise<Found | undefined>,
): Promise<Found | undefined> {
  try {
    return await find(new ByteReader((await evidence.open()).bytes))
  } catch (cause) {
    if (cause instanceof CountersealError && cause.code === 'input/unreadable') return undefined // the caller says so when no path is left
    throw cause
  }
}

async function certificateAt(bytes: ByteReader, { evidence_id, record_number }: Place): Promise<Found | undefined> {
  const content = await bytes.take(longestBundle)
  const record = readCertificates(content, new Date(0))[record_number]
  if (record === undefined || record.problem !== undefined) return undefined
  const { sha256 } = JSON.parse(record.line) as { sha256: string } // a line we have just made
  const shown = Buffer.from(Buffer.from(record.der).toString('base64'))
  return {
    bytes: shown,
    identity: sha256,
    byte_offset: record.byte_offset,
    sameHead: bundleIdOf(content) === evidence_id,
  }
}

/** Cut again from the start: what a document has around its records is known only to one who has read it. */
async function cutRecordAt(
  bytes: ByteReader,
  { evidence_id, record_number, sources }: Place,
): Promise<Found | undefined> {
  const head = Buffer.from(await bytes.peek(recognisedBytes)).subarray(0, recognisedBytes)
  const recognition = recognise(head, sources)
  if ('unknown' in recognition || !isCut(recognition.format)) return undefined
  const { format, candidates } = recognition
  const sameHead = headIdOf(format, head, candidates) === evidence_id
  const reader = recordReader(format, head, candidates, record_number)
  return await recordOf(reader, record_number, sameHead, bytes)
}

/** A hive is read again with the logs that lie beside it now, for the machine it was read for. */
async function hiveRecordAt(bytes: ByteReader, place: Place): Promise<Found | undefined> {
  const { evidence_id, reader } = await hiveRead(await bytes.take(longestHive), place)
  return await recordOf(reader, place.record_number, evidence_id === place.evidence_id, bytes)
}

async function recordOf(
  reader: EvidenceReader,
  record_number: number,
  sameHead: boolean,
  bytes: ByteReader,
): Promise<Found | undefined> {
  let number = 0
  const find = (records: Iterable<EvidenceRecord>): Found | undefined => {
    for (const record of records) {
      const { byte_offset, lines } = record
      const identity = lines[record_number - number]
      if (identity !== undefined) return { bytes: record.text, identity, byte_offset, sameHead }
      number += Math.max(1, lines.length)
      if (number > record_number) return undefined
    }
    return undefined
  }
  for await (const piece of bytes.stream()) {
    const found = find(reader.add(piece))
    if (found !== undefined || number > record_number) return found
  }
  const { records, more = [] } = reader.end(false)
  return find(records) ?? (number > record_number ? undefined : find(more))
}

const finders: Readonly<Record<string, typeof lineAt>> = {
  certificates: certificateAt,
  csv: cutRecordAt,
  'json-document': cutRecordAt,
  'event-xml': cutRecordAt,
  evtx: cutRecordAt,
  'registry-text': cutRecordAt,
  'certutil-text': cutRecordAt,
  'registry-hive': hiveRecordAt,
  'signed-file': signedFileAt,
}

async function lineAt(bytes: ByteReader, { evidence_id, record_number, chunk }: Place): Promise<Found | undefined> {
  const sameHead = evidenceIdOf(await bytes.peek(headBytes)) === evidence_id
  await bytes.skip(Number(chunk.byte_offset))
  const skip = record_number - Number(chunk.first_record)
  let [line, lineStart] = [0, bytes.position]
  const kept: Uint8Array[] = []
  for await (const piece of bytes.stream()) {
    const pieceStart = bytes.position - piece.length
    for (let at = 0; at < piece.length; ) {
      const end = piece.indexOf(0x0a, at)
      if (line === skip) kept.push(piece.subarray(at, end === -1 ? piece.length : end))
      if (end === -1) break
      if (line === skip) return { bytes: Buffer.concat(kept), byte_offset: lineStart, sameHead }
      line += 1
      at = end + 1
      lineStart = pieceStart + at
    }
  }
  if (line !== skip || kept.length === 0) return undefined
  return { bytes: Buffer.concat(kept), byte_offset: lineStart, sameHead }
}
