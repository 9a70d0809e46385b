import { createHash } from 'node:crypto'
import { assert } from '../base/index.ts'
import type { JsonDocumentOptions, RecordReader } from '../formats/index.ts'
import { CsvReader, JsonDocumentReader } from '../formats/index.ts'
import type { Format, Source } from '../mapping/index.ts'
import { csvLayout } from './csv-layout.ts'
import { evidenceIdOf, longestHead } from './identity.ts'

/** Formats whose records a reader turns into lines of JSON; what the engine gets is not what stands in the evidence. */
export type CutFormat = Extract<Format, 'csv' | 'json-document'>

export function isCut(format: Format): format is CutFormat {
  return format === 'csv' || format === 'json-document'
}

/** Reads evidence from its start. The same head and candidates give the same records, in every run. */
export function recordReader(format: CutFormat, head: Uint8Array, candidates: readonly Source[]): RecordReader {
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
export function headIdOf(format: Format, head: Uint8Array, candidates: readonly Source[]): string {
  if (!isCut(format)) return evidenceIdOf(head)
  const start = head.subarray(0, longestHead)
  const [first] = recordReader(format, head, candidates).add(start)
  const end = first === undefined ? start.length : first.byte_offset + first.bytes
  return createHash('sha256').update(start.subarray(0, end)).digest('hex')
}
