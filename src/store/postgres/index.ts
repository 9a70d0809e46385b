// The embedded case store

// The case store over any PostgreSQL
export { largestFindingBytes, postgresCaseStore } from './case-store.ts'
export type { Database, Migration } from './migrate.ts'
export { shippedMigrations } from './migrate.ts'
export type { PgliteOptions } from './pglite.ts'
export { openPgliteCaseStore } from './pglite.ts'
