import type { PGlite } from '@electric-sql/pglite'
import { generateDrizzleJson, generateMigration } from 'drizzle-kit/api'
import { getTableName, is } from 'drizzle-orm'
import { PgTable } from 'drizzle-orm/pg-core'
import { drizzle } from 'drizzle-orm/pglite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { temporaryDatabase } from './database.contract.ts'
import { keptTables } from './kept-tables.ts'
import { migrate } from './migrate.ts'
import { shippedMigrations } from './migrations.ts'
import * as schema from './schema.ts'

let database: Awaited<ReturnType<typeof temporaryDatabase>>
beforeAll(async () => {
  database = await temporaryDatabase()
})
afterAll(() => database.remove())

/** Everything PostgreSQL knows of the tables: columns, constraints (keys among them) and indexes, in its own words. */
async function describeTables(client: PGlite) {
  const columns = await client.query(`
    select table_name, column_name, data_type, datetime_precision, is_nullable, column_default
    from information_schema.columns where table_schema = 'public' order by table_name, column_name`)
  const constraints = await client.query(`
    select conrelid::regclass::text as table_name, conname, pg_get_constraintdef(oid) as definition
    from pg_constraint where connamespace = 'public'::regnamespace order by 1, 2`)
  const indexes = await client.query(`
    select tablename, indexname, indexdef from pg_indexes where schemaname = 'public' order by 1, 2`)
  return { columns: columns.rows, constraints: constraints.rows, indexes: indexes.rows }
}

test('the migrations make exactly the tables that schema.ts describes', async () => {
  const { client } = database
  await migrate(drizzle(client))
  const made = await describeTables(client)
  await client.exec('drop schema public cascade; create schema public')
  const statements = await generateMigration(generateDrizzleJson({}), generateDrizzleJson({ ...schema }))
  await client.exec(statements.join('\n'))
  expect(made.columns.length).toBeGreaterThan(15)
  expect(made).toEqual(await describeTables(client))
})

test('every migration is numbered without a gap and opens with its reason', () => {
  for (const [place, migration] of shippedMigrations().entries()) {
    expect(migration.name).toMatch(/^\d{4}_[a-z0-9_]+$/)
    expect(Number(migration.name.slice(0, 4))).toBe(place + 1)
    expect(migration.text).toMatch(/^-- Why: \S/)
  }
})

test('copies hold every table but the register of migrations, what is referred to before what refers to it', async () => {
  const tables = Object.values(schema).filter(one => is(one, PgTable))
  const names = tables.map(table => getTableName(table)).filter(name => name !== 'schema_migration')
  expect(keptTables.map(one => one.name).toSorted()).toEqual(names.toSorted())
  for (const { name, columns, key } of keptTables) {
    expect(key.length).toBeGreaterThan(0)
    expect(columns).toEqual(expect.arrayContaining(key.map(one => one.column)))
    const { rows } = await database.client.query<{ target: string }>(
      `select confrelid::regclass::text as target from pg_constraint where contype = 'f' and conrelid = $1::regclass`,
      [name],
    )
    const earlier = keptTables
      .slice(
        0,
        keptTables.findIndex(one => one.name === name),
      )
      .map(one => one.name)
    for (const { target } of rows) expect(earlier).toContain(target)
  }
})
