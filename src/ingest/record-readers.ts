import { createHash } from 'node:crypto'
import { assert } from '../base/index.ts'
import type { JsonDocumentOptions } from '../formats/index.ts'
import { CsvReader, JsonDocumentReader } from '../formats/index.ts'
import type { Segment, Source } from '../mapping/index.ts'
import { CertutilReader } from './certutil-reader.ts'
import { csvLayout } from './csv-layout.ts'
import { EventLogReader } from './event-log-reader.ts'
import { eventXmlReader } from './event-xml-reader.ts'
import type { EvidenceFormat, EvidenceReader } from './evidence-reader.ts'
import { evidenceIdOf, longestHead } from './identity.ts'
import { RegistryTextReader } from './registry-text-reader.ts'

/** Formats whose records a reader turns into lines of JSON; what the engine gets is not what stands in the evidence. */
export type CutFormat = Extract<EvidenceFormat, 'csv' | 'json-document' | LineFormat>

export function isCut(format: EvidenceFormat): format is CutFormat {
  return format === 'csv' || format === 'json-document' || isOfLines(format)
}

/** Formats whose lines are made by us whole, and read as any JSON lines are. */
export function isOfLines(format: EvidenceFormat): format is LineFormat {
  return format in markOfLines
}

/** What sources ask for in such lines, and finds those that read them: a name, and the value it has. */
export const markOfLines = {
  evtx: ['windows_event', 'evtx'],
  'event-xml': ['windows_event', 'xml'],
  'registry-hive': ['registry_value', 'hive'],
  'registry-text': ['registry_value', 'text'],
  'signed-file': ['file_signature', 'verified'],
  'certutil-text': ['certutil_store', 'text'],
} as const satisfies Partial<Record<EvidenceFormat, readonly [string, string]>>

export type LineFormat = keyof typeof markOfLines

/** How the engine reads the lines that are made of records. */
export function segmentOfCut(format: CutFormat): Segment {
  return { format: isOfLines(format) ? 'json-lines' : format }
}

/**
 * Reads evidence from its start. The same head and candidates give the same records, in every run.
 *
 * @param linesFrom the number of a record: those before it may be without their lines
 */
export function recordReader(
  format: CutFormat,
  head: Uint8Array,
  candidates: readonly Source[],
  linesFrom = 0,
): EvidenceReader {
  if (format === 'evtx') return new EventLogReader(linesFrom)
  if (format === 'event-xml') return eventXmlReader()
  if (format === 'registry-text') return new RegistryTextReader()
  if (format === 'certutil-text') return new CertutilReader()
  assert(format !== 'registry-hive', 'a hive is read with what lies beside it')
  assert(format !== 'signed-file', 'a signed file is read with the catalogs of the run')
  if (format === 'json-document') return new JsonDocumentReader(documentOptions(candidates))
  const layout = csvLayout(head, candidates)
  assert(layout !== undefined, 'a CSV file was recognised by the same head')
  return new CsvReader(layout)
}

/** What the sources of a producer say together of where records stand. */
export function documentOptions(candidates: readonly Source[]): JsonDocumentOptions {
  return {
    records: [...new Set(candidates.flatMap(({ records = [] }) => records))],
    each: [...new Set(candidates.flatMap(({ each = [] }) => each))],
  }
}

/**
 * The id of a piece of evidence of any format that is read as it comes. Where a reader cuts the records the head ends
 * with the first of them: the first line may be no more than a bracket, or the names of columns that all exports have.
 */
export function headIdOf(format: EvidenceFormat, head: Uint8Array, candidates: readonly Source[]): string {
  if (!isCut(format)) return evidenceIdOf(head)
  if (format === 'evtx') return firstRecordIdOf(head)
  const start = head.subarray(0, longestHead)
  const [first] = recordReader(format, head, candidates).add(start)
  const end = first === undefined ? start.length : first.byte_offset + first.bytes
  return createHash('sha256').update(start.subarray(0, end)).digest('hex')
}

/** Of an event log the id is over the octets of its first record: its headers change while it is written. */
function firstRecordIdOf(head: Uint8Array): string {
  const reader = new EventLogReader()
  const [first = reader.end(false).records[0]] = reader.add(head)
  return createHash('sha256')
    .update(first?.octets ?? head)
    .digest('hex')
}
