// Reading evidence into the store
export { ingest, ingestFile } from './ingest.ts'
export type { Reading } from './reading.ts'
export type { IngestContext, Progress } from './context.ts'
export { evidenceInStream, evidenceUnder } from './evidence-file.ts'
export type { Evidence } from './evidence-file.ts'
export { sizeUnder } from './size-under.ts'
export { defaultIngestLimits } from './context.ts'
export type { IngestLimits } from './context.ts'
export { Sequence } from './ledger.ts'
export { spoolStandardInput } from './spool.ts'
// Event logs, in pieces
export { LogChunks, looksLikeEventLog } from './log-chunks.ts'
// Back to the record
export { readRecord } from './read-record.ts'
export type { OriginalRecord } from './read-record.ts'
