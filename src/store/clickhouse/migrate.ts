import type { Params, Row } from '../../model/index.ts'
import { loadMigrations, pendingMigrations } from './migrations.ts'

/** One engine with one database, as migrating sees it. */
export type MigrationTarget = {
  /** For messages. */
  readonly location: string
  rows(name: string, text: string): Promise<readonly Row[]>
  run(name: string, text: string, params?: Params): Promise<void>
}

const ledger = `CREATE TABLE IF NOT EXISTS schema_migration (name String, sha256 String, applied_at DateTime64(6, 'UTC'))
ENGINE = MergeTree ORDER BY name`

/** Names and hashes of what was applied; a migration that two processes applied at once is there once. */
const appliedQuery = 'SELECT name, any(sha256) AS sha256 FROM schema_migration GROUP BY name ORDER BY name'

/**
 * Brings one database to this build's schema, and returns the names of what it applied. Every statement of a migration
 * may be run twice (`IF NOT EXISTS` and the like), also by two processes at once: an interrupted migration is begun
 * again, and who comes second changes nothing. Writes nothing when nothing is to be done.
 */
export async function migrateDatabase(target: MigrationTarget): Promise<readonly string[]> {
  const pending = pendingMigrations(loadMigrations(), await appliedTo(target), target.location)
  if (pending.length > 0) await target.run('migrate', ledger)
  for (const { name, sha256, statements } of pending) {
    for (const text of statements) await target.run(`migrate/${name}`, text)
    const text = 'INSERT INTO schema_migration SELECT {name:String}, {sha256:String}, now64(6)'
    await target.run(`migrate/${name}`, text, { name, sha256 })
  }
  return pending.map(({ name }) => name)
}

/** Hash by name, in order of names. Empty for a database that was never migrated. */
export async function appliedTo(target: MigrationTarget): Promise<ReadonlyMap<string, string>> {
  const known = "SELECT name FROM system.tables WHERE database = currentDatabase() AND name = 'schema_migration'"
  if ((await target.rows('migrate', known)).length === 0) return new Map()
  const rows = await target.rows('migrate', appliedQuery)
  return new Map(rows.map(row => [String(row.name), String(row.sha256)]))
}
