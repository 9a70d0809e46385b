// Logs, chunk by chunk
export { beginLog, endLog, readChunk, readChunkAsJson } from './log.ts'
export { isEventLog } from './file-header.ts'
export { chunkSize, fileHeaderSize } from './bounds.ts'
export type { ChunkReading, JsonReading, Log, LogOptions } from './log.ts'
export type { FileHeader } from './file-header.ts'
export type { ChunkHeader } from './chunk-header.ts'
// Records
export type { EventRecord, Field, System } from './record.ts'
export type { Value, ValueType } from './value.ts'
export { textOf } from './value-text.ts'
export { fileTimeText } from './times.ts'
export { toXml } from './xml.ts'
export { toJson } from './json.ts'
export { problemCodes } from './problem-codes.ts'
export type { ProblemCode } from './problem-codes.ts'
// A writer, for fixtures
export { writeLog } from './writer/write-log.ts'
export { eventWriter } from './writer/write-event.ts'
export { element, place } from './writer/written.ts'
export type { WriteOptions } from './writer/write-log.ts'
export type { DescribedField, EventDescription, EventWriter } from './writer/write-event.ts'
export type {
  WrittenElement,
  WrittenFragment,
  WrittenMarkup,
  WrittenRecord,
  WrittenTemplate,
  WrittenValue,
} from './writer/written.ts'
