import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { asc, sql } from 'drizzle-orm'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import { CountersealError } from '../../base/index.ts'
import { schemaMigration } from './schema.ts'

/** Any Drizzle database that speaks PostgreSQL: embedded, or a server through its driver. */
export type Database = PgDatabase<PgQueryResultHKT>

/** One step forward. Never edited after it was released: a store remembers the hash. */
export type Migration = {
  /** `NNNN_what`; migrations run in the order of their names. */
  readonly name: string
  /** Statements, divided by lines that read `--> statement-breakpoint`. */
  readonly text: string
}

/** Names the advisory lock under which stores are migrated: "cseal" in ASCII. */
const migrationLock = 0x6373_6561_6cn

/** The migrations of this build, oldest first. Read from beside this file, in the sources and in the build alike. */
export function shippedMigrations(): readonly Migration[] {
  const folder = new URL('./migrations/', import.meta.url)
  const files = readdirSync(folder).filter(file => file.endsWith('.sql'))
  return files.sort().map(file => ({
    name: file.slice(0, -'.sql'.length),
    text: readFileSync(new URL(file, folder), 'utf8'),
  }))
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function refuseStrangers(applied: readonly { name: string; sha256: string }[], known: readonly Migration[]): void {
  for (const one of applied) {
    const ours = known.find(migration => migration.name === one.name)
    if (ours === undefined) {
      throw new CountersealError('store/newer-schema', {
        message: `The case store was changed by migration ${one.name}, which this build of Counterseal does not have.`,
      })
    }
    if (sha256(ours.text) !== one.sha256) {
      throw new CountersealError('store/damaged', {
        message: `Migration ${one.name} was applied to the case store with SHA-256 ${one.sha256}, but reads otherwise in this build (${sha256(ours.text)}).`,
        remedy: 'Use an unmodified build of Counterseal: a released migration is never edited.',
      })
    }
  }
}

/**
 * Applies what is missing, all of it in one transaction: an interruption leaves the store as it was. Processes that
 * start at once on a server wait for each other on a PostgreSQL advisory lock, which ends with the transaction, so that
 * the later ones find nothing to do.
 *
 * @returns the names applied by this call, in order; empty when the store was up to date
 * @throws CountersealError `store/newer-schema` for a store that a newer build has migrated; `store/damaged` when a
 *   migration was edited after it was applied
 */
export async function migrate(
  database: Database,
  migrations: readonly Migration[] = shippedMigrations(),
): Promise<readonly string[]> {
  return database.transaction(async transaction => {
    await transaction.execute(sql`select pg_advisory_xact_lock(${migrationLock})`)
    await transaction.execute(sql`
      create table if not exists schema_migration (
        name text primary key,
        sha256 text not null,
        applied_at timestamp (6) with time zone not null default now()
      )`)
    const applied = await transaction
      .select({ name: schemaMigration.name, sha256: schemaMigration.sha256 })
      .from(schemaMigration)
      .orderBy(asc(schemaMigration.name))
    refuseStrangers(applied, migrations)
    const missing = migrations.filter(migration => !applied.some(one => one.name === migration.name))
    for (const migration of missing) {
      for (const statement of migration.text.split('--> statement-breakpoint')) {
        await transaction.execute(sql.raw(statement))
      }
      await transaction.insert(schemaMigration).values({ name: migration.name, sha256: sha256(migration.text) })
    }
    return missing.map(migration => migration.name)
  })
}
