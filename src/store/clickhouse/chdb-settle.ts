import type { EventStore, QueryOptions, Sql } from '../../model/index.ts'
import { rowsOf } from '../../model/index.ts'

/** Parts that a question by key does not feel. */
const fewParts = 4
/** The share of its rows that a table has beside its largest part, from which on it is written anew. */
const worthWriting = 0.2

/**
 * Merges tables that lie in many parts, each into one: a question by key opens every part. While evidence is read the
 * engine merges little, and when the command is done it merges nothing. A table of one large part and a few small ones is
 * left as it is, so that a row is written anew only when the table has grown by a fifth.
 */
export async function settleTables(
  store: EventStore,
  run: (sql: Sql, options?: QueryOptions) => Promise<void>,
  tables: readonly string[],
  options: Pick<QueryOptions, 'signal'> = {},
): Promise<void> {
  const text = `SELECT table, count() AS parts, sum(p.rows) AS row_count, max(p.rows) AS largest
FROM system.parts AS p WHERE active AND database = currentDatabase() AND table IN {tables:Array(String)} GROUP BY table ORDER BY table`
  const found = await rowsOf(store, { name: 'settle', text }, { ...options, params: { tables } })
  for (const { table, parts, row_count, largest } of found) {
    if (Number(parts) <= fewParts || 1 - Number(largest) / Number(row_count) < worthWriting) continue
    await run({ name: `settle/${table}`, text: `OPTIMIZE TABLE ${table} FINAL` }, options)
  }
}
