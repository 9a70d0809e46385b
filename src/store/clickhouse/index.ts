// The embedded adapter
export { openChdbEventStore } from './chdb.ts'
// A server, a cluster
export { openClickHouseEventStore } from './server.ts'
export type { ClickHouseOptions } from './server-options.ts'
export { leastVersion } from './server-version.ts'
// Query files
export { loadQueries, parseSqlFile } from './sql-file.ts'
export type { SqlFile } from './sql-file.ts'
