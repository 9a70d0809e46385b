// The embedded case store
export type { PgliteOptions } from './pglite.ts'
export { openPgliteCaseStore } from './pglite.ts'
// The case store on a server
export type { PostgresOptions } from './server.ts'
export { openPostgresCaseStore } from './server.ts'
export type { ServerOptions, SslMode } from './server-address.ts'
export { readServerAddress } from './server-address.ts'
// What this build makes of a store
export type { Migration } from './migrations.ts'
export { shippedMigrations } from './migrations.ts'
