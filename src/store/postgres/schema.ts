import {
  bigint,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'

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

/** What somebody allowed. Written once, never changed. */
export const approval = pgTable(
  'approval',
  {
    approval_id: uuid('approval_id').notNull(),
    /** By the clock of the database. */
    recorded_at: timestamp('recorded_at', { withTimezone: true, precision: 3, mode: 'date' }).notNull().defaultNow(),
    approval: jsonb('approval').$type<unknown>().notNull(),
  },
  table => [primaryKey({ name: 'approval_pkey', columns: [table.approval_id] })],
)

/** Approvals that were taken back. */
export const approvalWithdrawal = pgTable(
  'approval_withdrawal',
  {
    approval_id: uuid('approval_id')
      .notNull()
      .references(() => approval.approval_id),
    withdrawn_at: timestamp('withdrawn_at', { withTimezone: true, precision: 3, mode: 'date' }).notNull().defaultNow(),
    withdrawn_by: text('withdrawn_by').notNull(),
    because: text('because').notNull(),
  },
  table => [primaryKey({ name: 'approval_withdrawal_pkey', columns: [table.approval_id] })],
)

/**
 * What changed in what machines trust, a row per change: never altered, never deleted, each chained to the one before.
 * Columns are those of {@link TrustEntry}. The database refuses UPDATE, DELETE and TRUNCATE by a trigger.
 */
export const trustLedger = pgTable(
  'trust_ledger',
  {
    /** From 1, without a gap. */
    sequence: bigint('sequence', { mode: 'number' }).primaryKey(),
    host: text('host').notNull(),
    object_kind: text('object_kind').notNull(),
    object: text('object').notNull(),
    described: text('described').notNull(),
    operation: text('operation').notNull(),
    /** NULL: not known. */
    before: text('before'),
    after: text('after'),
    changed_from: timestamp('changed_from', { withTimezone: true, precision: 6, mode: 'string' }).notNull(),
    changed_until: timestamp('changed_until', { withTimezone: true, precision: 6, mode: 'string' }).notNull(),
    provenance: text('provenance').notNull(),
    actor_process: text('actor_process').notNull(),
    actor_process_entity_id: text('actor_process_entity_id').notNull(),
    actor_command_line: text('actor_command_line').notNull(),
    actor_parent: text('actor_parent').notNull(),
    actor_user: text('actor_user').notNull(),
    actor_user_id: text('actor_user_id').notNull(),
    actor_logon_id: text('actor_logon_id').notNull(),
    actor_logon_type: text('actor_logon_type').notNull(),
    actor_source_address: text('actor_source_address').notNull(),
    event_uid: text('event_uid').notNull(),
    evidence_file: text('evidence_file').notNull(),
    record_number: bigint('record_number', { mode: 'number' }).notNull(),
    evidence_key: text('evidence_key').notNull(),
    recorded_at: timestamp('recorded_at', { withTimezone: true, precision: 6, mode: 'string' }).notNull(),
    previous_hash: text('previous_hash').notNull(),
    hash: text('hash').notNull(),
  },
  table => [
    // The same evidence adds nothing the second time.
    uniqueIndex('trust_ledger_evidence').on(table.evidence_key),
    // What an object was before.
    index('trust_ledger_object').on(table.host, table.object, table.changed_until, table.sequence),
  ],
)

/** How far the store of evidence was looked through for changes. Changes freely: it is no part of the chain. */
export const trustPosition = pgTable('trust_position', {
  reader: text('reader').primaryKey(),
  /** Everything before this ingest_sequence was looked at. */
  ingest_sequence: bigint('ingest_sequence', { mode: 'number' }).notNull(),
})

/** What was done to this store so far. The runner makes this table itself, before the first migration. */
export const schemaMigration = pgTable('schema_migration', {
  /** File name without `.sql`. */
  name: text('name').primaryKey(),
  /** SHA-256 of the migration's UTF-8 text, 64 lower-case hexadecimal digits. */
  sha256: text('sha256').notNull(),
  applied_at: timestamp('applied_at', { withTimezone: true, precision: 6, mode: 'date' }).notNull().defaultNow(),
})

/** How far logs of Certificate Transparency were read: columns are those of CtPosition. */
export const ctPosition = pgTable(
  'ct_position',
  {
    log_id: text('log_id').notNull(),
    scope: text('scope').notNull(),
    first_index: bigint('first_index', { mode: 'number' }).notNull(),
    size: bigint('size', { mode: 'number' }).notNull(),
    frontier: text('frontier').notNull(),
    updated_at: timestamp('updated_at', { withTimezone: true, precision: 3, mode: 'date' }).notNull(),
  },
  table => [primaryKey({ name: 'ct_position_pkey', columns: [table.log_id, table.scope, table.first_index] })],
)

/** Every head that a log signed and we saw. */
export const ctHead = pgTable(
  'ct_head',
  {
    log_id: text('log_id').notNull(),
    size: bigint('size', { mode: 'number' }).notNull(),
    root: text('root').notNull(),
    timestamp: bigint('timestamp_ms', { mode: 'number' }).notNull(),
    signature: text('signature').notNull(),
    seen_at: timestamp('seen_at', { withTimezone: true, precision: 3, mode: 'date' }).notNull(),
  },
  table => [primaryKey({ name: 'ct_head_pkey', columns: [table.log_id, table.size, table.timestamp, table.root] })],
)

/** What logs did that no log may do. */
export const ctFault = pgTable(
  'ct_fault',
  {
    log_id: text('log_id').notNull(),
    code: text('code').notNull(),
    key: text('key').notNull(),
    seen_at: timestamp('seen_at', { withTimezone: true, precision: 3, mode: 'date' }).notNull(),
    proof: jsonb('proof').$type<unknown>().notNull(),
  },
  table => [primaryKey({ name: 'ct_fault_pkey', columns: [table.log_id, table.code, table.key] })],
)

/** What somebody decided or laid out, in the order of recording. */
export const caseLog = pgTable(
  'case_log',
  {
    entry_id: uuid('entry_id').notNull(),
    recorded_at: timestamp('recorded_at', { withTimezone: true, precision: 3, mode: 'date' }).notNull().defaultNow(),
    kind: text('kind').notNull(),
    subject: text('subject').notNull(),
    entry: jsonb('entry').$type<unknown>().notNull(),
  },
  table => [
    primaryKey({ name: 'case_log_pkey', columns: [table.entry_id] }),
    index('case_log_subject').on(table.kind, table.subject, table.recorded_at, table.entry_id),
  ],
)
