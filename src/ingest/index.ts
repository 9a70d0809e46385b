// Reading evidence into the store
export { ingestFile } from './ingest.ts'
export type { Reading } from './reading.ts'
export type { IngestContext, Progress } from './context.ts'
export { filesUnder, openEvidence } from './evidence-file.ts'
export type { EvidenceFile } from './evidence-file.ts'
export { defaultLimits } from './chunks.ts'
export type { ChunkLimits } from './chunks.ts'
export { Sequence } from './ledger.ts'
export { spoolStandardInput } from './spool.ts'
// Back to the record
export { readRecord } from './read-record.ts'
export type { OriginalRecord } from './read-record.ts'
