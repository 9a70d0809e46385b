// Logs
export { rfc6962Log } from './rfc6962-log.ts'
export { staticLog } from './static-log.ts'
export type { EntryRange, Log, Reading } from './log.ts'
export type { ReadOptions, Transport } from './transport.ts'
// What they are
export { isSignedLogList, mergedLogs, unverifiedLogList } from './log-list.ts'
export type { CtLog, LogListReading, LogState } from './log-list.ts'
export { logKeyOf } from './log-key.ts'
export type { LogKey } from './log-key.ts'
// What they say
export { promisedIndex } from './entry.ts'
export type { LogEntry } from './entry.ts'
export type { TreeHead } from './tree-head.ts'
export { isPromiseOf } from './sct.ts'
export type { Promised } from './sct.ts'
// Whether it can be believed
export { faultBetween, follow, mergedLate, staleness, stretchLength } from './follow.ts'
export type { Stretch } from './follow.ts'
export { frontierAt } from './start.ts'
export { CtFault, faultCodes } from './fault-codes.ts'
export type { Fault, FaultCode } from './fault-codes.ts'
