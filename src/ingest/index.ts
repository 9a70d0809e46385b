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
// Logs of Certificate Transparency
export { BundleReader } from './bundle-reader.ts'
export { checkHead } from './ct/check-head.ts'
export type { CheckedHead } from './ct/check-head.ts'
export { logEvidenceId, readLog } from './ct/read-log.ts'
export type { LogContext, LogProgress, LogRange } from './ct/read-log.ts'
export { tailLogs } from './ct/tail-logs.ts'
export type { TailOptions } from './ct/tail-logs.ts'
