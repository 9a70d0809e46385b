// Into the ledger
export type { Recorded, RecordOptions } from './record.ts'
export { changesOfEvents, nextSequence, recordPages, toldSince } from './record.ts'
// Differences of snapshots
export type { Snapshot, SnapshotOptions } from './snapshots.ts'
export { changesOfSnapshots, snapshotsIn } from './snapshots.ts'
// Out of the ledger
export type { Verification } from './history.ts'
export { byTime, entriesOf, statesOf, verifyLedger } from './history.ts'
