import { createHash } from 'node:crypto'
import type { EventStore } from '../model/index.ts'
import { rowsOf } from '../model/index.ts'
import { readCertificates } from './certificates.ts'
import { openEvidence } from './evidence-file.ts'

/** A record as it stands in the evidence, and whether it is the one that was read. */
export type OriginalRecord = {
  readonly path: string
  readonly record_number: number
  /** In the decompressed evidence. */
  readonly byte_offset: number
  /** Without the newline; bytes that are no UTF-8 are replaced. For a certificate: its DER in base64. */
  readonly text: string
  /** True when hashing it gives the event_uid: nobody changed it since. */
  readonly intact: boolean
}

/** Longest piece of a record that is shown. */
const longestShown = 1 << 20

/**
 * Goes back to the bytes of a record, by the ledger: only the chunk that holds it is looked through. Tries every path
 * the evidence was read from, newest first. Undefined when no path leads to it any more.
 */
export async function readRecord(
  store: EventStore,
  evidence_id: string,
  record_number: number,
  event_uid: string,
): Promise<OriginalRecord | undefined> {
  const chunks = await rowsOf(store, 'chunks-of-evidence', { params: { evidence_id } })
  const holding = chunks.filter(
    row => Number(row.first_record) <= record_number && record_number < Number(row.first_record) + Number(row.records),
  )
  const readings = await rowsOf(store, 'readings-of-evidence', { params: { evidence_id } })
  const paths = [...new Set(readings.map(reading => String(reading.path)))]
  const certificates = readings[0]?.reader === 'certificates'
  let changed: OriginalRecord | undefined
  // Two logs may share a head and so an id: then several chunks hold the number, and the hash tells which is meant.
  for (const path of paths) {
    for (const chunk of holding) {
      const found = certificates
        ? await certificateAt(path, record_number)
        : await lineAt(path, Number(chunk.byte_offset), record_number - Number(chunk.first_record))
      if (found === undefined) continue
      const digest = createHash('sha256').update(`${evidence_id}/${record_number}\n`).update(found.bytes).digest('hex')
      const text = Buffer.from(found.bytes.subarray(0, longestShown)).toString('utf8')
      const intact = digest.slice(0, 32) === event_uid
      const record = { path, record_number, byte_offset: found.byte_offset, text, intact }
      if (intact) return record
      changed ??= record
    }
  }
  return changed
}

type Found = { readonly bytes: Uint8Array; readonly byte_offset: number }

async function certificateAt(path: string, record_number: number): Promise<Found | undefined> {
  const content = await contentOf(path)
  if (content === undefined) return undefined
  const record = readCertificates(content, new Date(0))[record_number]
  if (record === undefined || record.problem !== undefined) return undefined
  const { der } = JSON.parse(record.line) as { der: string } // a line we have just made
  return { bytes: Buffer.from(der), byte_offset: record.byte_offset }
}

async function contentOf(path: string): Promise<Uint8Array | undefined> {
  try {
    const pieces: Uint8Array[] = []
    for await (const piece of (await openEvidence(path)).bytes) pieces.push(piece)
    return Buffer.concat(pieces)
  } catch {
    return undefined // the file is gone: the caller says so when no path is left
  }
}

async function lineAt(path: string, offset: number, skip: number): Promise<Found | undefined> {
  try {
    let [position, line, lineStart] = [0, 0, offset]
    const kept: Uint8Array[] = []
    for await (const piece of (await openEvidence(path)).bytes) {
      let at = Math.max(0, offset - position)
      while (at < piece.length) {
        const end = piece.indexOf(0x0a, at)
        if (line === skip) kept.push(piece.subarray(at, end === -1 ? piece.length : end))
        if (end === -1) break
        if (line === skip) return { bytes: Buffer.concat(kept), byte_offset: lineStart }
        line += 1
        at = end + 1
        lineStart = position + at
      }
      position += piece.length
    }
    return line === skip && kept.length > 0 ? { bytes: Buffer.concat(kept), byte_offset: lineStart } : undefined
  } catch {
    return undefined // the file is gone: the caller says so when no path is left
  }
}
