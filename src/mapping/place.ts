import type { Params } from '../model/index.ts'

/**
 * Where the lines of a chunk come from, and the SQL that gives each its identity by it.
 */

/** Where a run of lines stands: what the frame needs to give its rows an identity. */
export type ChunkPlace = {
  readonly evidence_id: string
  readonly first_record: number
  /** `ingest_sequence` of the first line. */
  readonly sequence: number
  readonly byte_offset: number
}

/**
 * Whose lines a chunk holds: those of one place, as they stand; or those of many places, each behind a
 * {@link linePrefix}. One statement for a thousand small files costs what one for a single file does.
 */
export type Places = ChunkPlace | readonly ChunkPlace[]

/** Records of some pieces of evidence, by number, both ends included. */
export type RecordRange = { readonly evidence_ids: readonly string[]; readonly first: number; readonly last: number }

export type InsertionOptions = {
  /** Leaves out what is in the store already, among these records: for what an insertion that was cut off may have left. */
  readonly unlessStored?: RecordRange
}

/** The condition on the columns of any table with evidence, and its parameters. */
export const inRecordRange =
  'evidence_id IN {stored_ids:Array(String)} AND record_number BETWEEN {stored_first:UInt64} AND {stored_last:UInt64}'

export function recordRangeParams(range: RecordRange | undefined): Params {
  if (range === undefined) return {}
  return { stored_ids: range.evidence_ids, stored_first: range.first, stored_last: range.last }
}

/** What stands before every line of a chunk of many places: index of the place and number of the line in it, hexadecimal. */
export function linePrefix(place: number, line: number): string {
  return place.toString(16).padStart(8, '0') + line.toString(16).padStart(8, '0')
}

export type Frame = {
  readonly params: Params
  /** Index of the place, from 0. */
  readonly index: string
  readonly evidence_id: string
  readonly record_number: string
  readonly sequence: string
  readonly byte_offset: string
  /** The relation with lines and rows as its place knows them. */
  lines(relation: string): string
}

/** Expressions that turn the column `row` into an identity. With many places `row` holds the place in its upper half. */
export function frameOf(places: Places, row: string): Frame {
  if (!isMany(places)) {
    return {
      params: { ...places },
      index: 'toUInt64(0)',
      evidence_id: '{evidence_id:String}',
      record_number: `{first_record:UInt64} + ${row}`,
      sequence: `{sequence:UInt64} + ${row}`,
      byte_offset: '{byte_offset:UInt64}',
      lines: relation => relation,
    }
  }
  const index = `bitShiftRight(${row}, 32)`
  const place = `${index} + 1`
  const within = `bitAnd(${row}, 4294967295)`
  return {
    params: {
      evidence_ids: places.map(({ evidence_id }) => evidence_id),
      first_records: places.map(({ first_record }) => first_record),
      sequences: places.map(({ sequence }) => sequence),
      byte_offsets: places.map(({ byte_offset }) => byte_offset),
    },
    index,
    evidence_id: `{evidence_ids:Array(String)}[${place}]`,
    record_number: `({first_records:Array(UInt64)}[${place}] + ${within})`,
    sequence: `{sequences:Array(UInt64)}[${place}] + ${within}`,
    byte_offset: `{byte_offsets:Array(UInt64)}[${place}]`,
    lines: relation => relation.replaceAll('{{chunk}}', () => prefixedLines),
  }
}

/** 16 hexadecimal digits are eight bytes, the highest first; the engine reads a number from its lowest byte on. */
const prefixedLines =
  '(SELECT substring(prefixed.line, 17) AS line, reinterpretAsUInt64(reverse(unhex(substring(prefixed.line, 1, 16)))) AS row FROM {{chunk}} AS prefixed)'

function isMany(places: Places): places is readonly ChunkPlace[] {
  return Array.isArray(places)
}
