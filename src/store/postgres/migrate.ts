import { createHash } from 'node:crypto'
import { asc, sql } from 'drizzle-orm'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import { CountersealError } from '../../base/index.ts'
import { type Migration, shippedMigrations } from './migrations.ts'
import { schemaMigration } from './schema.ts'

/** Any Drizzle database that speaks PostgreSQL: embedded, or a server through its driver. */
export type Database = PgDatabase<PgQueryResultHKT>

type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0]

/** Names the advisory lock under which stores are migrated: "cseal" in ASCII. One for all schemas of a database. */
const migrationLock = 0x6373_6561_6cn

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
 * Makes the schema when it is missing. Asks first: `create schema if not exists` wants the right to create one even
 * when there is nothing to do.
 *
 * @throws CountersealError `store/refused` with what an administrator has to run
 */
async function makeSchema(transaction: Transaction, schema: string): Promise<void> {
  const [found] = await transaction
    .select({
      user: sql<string>`current_user::text`,
      database: sql<string>`current_database()::text`,
      exists: sql<boolean>`exists (select from pg_namespace where nspname = ${schema})`,
      mayCreate: sql<boolean>`has_database_privilege(current_database(), 'CREATE')`,
    })
    .from(sql`(select 1) as nothing`)
  if (found === undefined || found.exists) return
  if (!found.mayCreate) {
    throw new CountersealError('store/refused', {
      message: `There is no schema ${schema} in database ${found.database}, and user ${found.user} lacks the right CREATE on the database to make it.`,
      remedy: `Have an administrator of the database run: CREATE SCHEMA "${schema}" AUTHORIZATION "${found.user}"`,
    })
  }
  await transaction.execute(sql`create schema ${sql.identifier(schema)}`)
}

/** Not `create table if not exists` alone, which wants the right to create one even when there is nothing to do. */
async function makeRegister(transaction: Transaction): Promise<void> {
  const [found] = await transaction
    .select({ missing: sql<boolean>`to_regclass('schema_migration') is null` })
    .from(sql`(select 1) as nothing`)
  if (found?.missing === false) return
  await transaction.execute(sql`
    create table schema_migration (
      name text primary key,
      sha256 text not null,
      applied_at timestamp (6) with time zone not null default now()
    )`)
}

/**
 * Applies what is missing, all of it in one transaction: an interruption leaves the store as it was. Processes that
 * start at once on a server wait for each other on a PostgreSQL advisory lock, which is taken before anything else and
 * ends with the transaction, so that the later ones find nothing to do. Read committed, whatever the server's default:
 * a stricter level would look at the store as it was before the waiting.
 *
 * A user without the right to create anything can do this too, as long as nothing is missing.
 *
 * @param schema - made first when it is missing; the connection's `search_path` must name it. Without it, as connected
 * @returns the names applied by this call, in order; empty when the store was up to date
 * @throws CountersealError `store/newer-schema` for a store that a newer build has migrated; `store/damaged` when a
 *   migration was edited after it was applied; `store/refused` when the schema is missing and may not be made
 */
export async function migrate(
  database: Database,
  migrations: readonly Migration[] = shippedMigrations(),
  schema?: string,
): Promise<readonly string[]> {
  const work = async (transaction: Transaction): Promise<readonly string[]> => {
    // A large store takes its time, and so does the process that we wait for.
    await transaction.execute(sql`set local statement_timeout = 0`)
    await transaction.execute(sql`select pg_advisory_xact_lock(${migrationLock})`)
    if (schema !== undefined) await makeSchema(transaction, schema)
    await makeRegister(transaction)
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
  }
  return database.transaction(work, { isolationLevel: 'read committed' })
}
