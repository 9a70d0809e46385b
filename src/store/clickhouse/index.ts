// The embedded adapter
export { openChdbEventStore } from './chdb.ts'
// Query files
export { loadQueries, parseSqlFile } from './sql-file.ts'
export type { SqlFile } from './sql-file.ts'
