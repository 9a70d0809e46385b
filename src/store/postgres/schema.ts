import { doublePrecision, index, integer, jsonb, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core'

/**
 * The tables of the case store, as the code reads and writes them. `migrations/` is what makes them; a test holds the
 * two together. Text from evidence is stored escaped, see {@link escapeText}.
 */

/** One row per run of the detections. Written once, never changed. */
export const hunt = pgTable(
  'hunt',
  {
    hunt_id: uuid('hunt_id').primaryKey(),
    /** To the millisecond, which is what a JavaScript `Date` carries. */
    started_at: timestamp('started_at', { withTimezone: true, precision: 3, mode: 'date' }).notNull(),
    finished_at: timestamp('finished_at', { withTimezone: true, precision: 3, mode: 'date' }).notNull(),
    /** A JSON array of strings, in the order the user gave them. */
    paths: jsonb('paths').$type<readonly string[]>().notNull(),
    version: text('version').notNull(),
    intel_snapshot: text('intel_snapshot').notNull(),
  },
  // Read backwards for "newest first"; the last two columns make the order total.
  table => [index('hunt_newest').on(table.started_at, table.finished_at, table.hunt_id)],
)

/**
 * One row per finding and hunt: the same `finding_id` once for every hunt that found it. The narrow columns repeat
 * what lists sort and filter by; `finding` is the whole of it and the only thing that is read back.
 */
export const finding = pgTable(
  'finding',
  {
    hunt_id: uuid('hunt_id')
      .notNull()
      .references(() => hunt.hunt_id),
    finding_id: text('finding_id').notNull(),
    analytic: text('analytic').notNull(),
    detection_id: text('detection_id').notNull(),
    detection_version: integer('detection_version').notNull(),
    verdict: text('verdict').notNull(),
    score: doublePrecision('score').notNull(),
    /** To the microsecond, hence as text on the way in. */
    first_seen: timestamp('first_seen', { withTimezone: true, precision: 6, mode: 'string' }).notNull(),
    last_seen: timestamp('last_seen', { withTimezone: true, precision: 6, mode: 'string' }).notNull(),
    finding: jsonb('finding').$type<unknown>().notNull(),
  },
  table => [
    // Findings of one hunt, and how many they are.
    primaryKey({ name: 'finding_pkey', columns: [table.hunt_id, table.finding_id] }),
    // One finding through all hunts.
    index('finding_history').on(table.finding_id),
  ],
)

/** What was done to this store so far. The runner makes this table itself, before the first migration. */
export const schemaMigration = pgTable('schema_migration', {
  /** File name without `.sql`. */
  name: text('name').primaryKey(),
  /** SHA-256 of the migration's UTF-8 text, 64 lower-case hexadecimal digits. */
  sha256: text('sha256').notNull(),
  applied_at: timestamp('applied_at', { withTimezone: true, precision: 6, mode: 'date' }).notNull().defaultNow(),
})
