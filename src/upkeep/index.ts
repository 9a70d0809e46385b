// What upkeep works on
export type { ExistingStores, Stores } from './stores.ts'
// Looking
export { statusOf } from './status.ts'
export type { KindSpan, Status, StoreName, StoreStatus } from './status.ts'
// Copying out and in
export { backUp } from './backup.ts'
export type { BackupOptions } from './backup.ts'
export { checkBackup, restore } from './restore.ts'
export type { Restored, RestoreOptions } from './restore.ts'
export type { Manifest } from './manifest.ts'
export { clearUnfinishedRestore, refuseUnfinishedRestore } from './marker.ts'
// Forgetting
export { retain, ruleByKind } from './retain.ts'
export type { RetainOptions, Retention, RetentionRule } from './retain.ts'
