// Sources (door 2)
export { formats, inTextOrder, isMapped, loadSource, loadSources, wholeList } from './source.ts'
export { withLogFormats } from './log-formats.ts'
export type { Format, IgnoredSource, MappedSource, MatchRule, Source, SourceField } from './source.ts'
export { looksLike, wireTypes } from './wire-type.ts'
export type { WireType } from './wire-type.ts'
// Recognition
export { claims, textAt } from './match.ts'
export type { SampleRecord } from './match.ts'
export { readTextLine } from './text-record.ts'
export type { TextShape } from './text-shape.ts'
// Statements
export type { Segment, TextSegment, W3cSegment, ZeekSegment } from './record.ts'
export {
  arrivedStatement,
  censusStatement,
  claimedStatement,
  dictionaryStatement,
  insertStatement,
  mappedColumns,
  quarantineStatement,
  shapesStatement,
  storedStatement,
} from './statement.ts'
export type { AddressRange, StoredRange, Statement } from './statement.ts'
export { malformedStatement } from './malformed.ts'
export { linePrefix } from './place.ts'
export type { ChunkPlace, InsertionOptions, Places, RecordRange } from './place.ts'
