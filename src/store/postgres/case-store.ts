import { desc, eq, getTableColumns, sql } from 'drizzle-orm'
import { CountersealError, excerpt } from '../../base/index.ts'
import {
  type CaseStore,
  type Finding,
  finding as findingShape,
  type Hunt,
  type HuntSummary,
  urgencies,
} from '../../model/index.ts'
import { postgresApprovals } from './approvals.ts'
import { postgresCaseLog } from './case-log.ts'
import { postgresCtLedger } from './ct-ledger.ts'
import { attempt } from './failure.ts'
import { type Database, migrate } from './migrate.ts'
import { shippedMigrations } from './migrations.ts'
import { finding, hunt, schemaMigration } from './schema.ts'
import { escapeJson, escapeText, unescapeJson, unescapeText } from './stored-text.ts'
import { postgresTrustLedger } from './trust-ledger.ts'

/**
 * The most one finding may take as stored JSON, in bytes: as much as one line of evidence. PostgreSQL would take
 * 256 MiB per string, but a reader of findings should not have to. A larger one is refused with its hunt rather than
 * cut: a shortened finding is another finding. Detections keep far below by shortening what they quote.
 */
export const largestFindingBytes = 16 * 1024 * 1024

/** What one INSERT carries at most: PostgreSQL binds 65,535 parameters, and the embedded engine copies each message. */
const batchRows = 500
const batchBytes = 8 * 1024 * 1024

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

type FindingRow = typeof finding.$inferInsert

function rowOf(huntId: string, one: Finding): { readonly row: FindingRow; readonly bytes: number } {
  const whole = escapeJson(one)
  const bytes = Buffer.byteLength(JSON.stringify(whole))
  if (bytes > largestFindingBytes) {
    throw new CountersealError('data/bad-definition', {
      message: `Recording hunt ${huntId} failed: detection ${one.detection_id} made finding ${one.finding_id} of ${bytes} bytes, and the case store takes at most ${largestFindingBytes}. Nothing of the hunt was stored.`,
      remedy: `Make ${one.detection_id} shorten the text it quotes from evidence.`,
    })
  }
  const { finding_id, analytic, detection_id, detection_version, verdict, score, first_seen, last_seen } = one
  const narrow = { finding_id, analytic, detection_id, detection_version, verdict, score, first_seen, last_seen }
  return { row: { hunt_id: huntId, ...narrow, finding: whole }, bytes }
}

function* batchesOf(huntId: string, findings: readonly Finding[]): Generator<FindingRow[]> {
  let batch: FindingRow[] = []
  let size = 0
  for (const one of findings) {
    const { row, bytes } = rowOf(huntId, one)
    if (batch.length === batchRows || (batch.length > 0 && size + bytes > batchBytes)) {
      yield batch
      batch = []
      size = 0
    }
    batch.push(row)
    size += bytes
  }
  if (batch.length > 0) yield batch
}

/** Parses what comes back: the store may be older than this build, or have been written to by something else. */
function readFinding(stored: unknown, from: string): Finding {
  const parsed = findingShape.safeParse(unescapeJson(stored))
  if (parsed.success) return parsed.data
  const where = parsed.error.issues[0]
  throw new CountersealError('store/damaged', {
    message: `${from} in the case store does not have the shape of a finding: ${where?.path.join('.')}: ${where?.message}.`,
    cause: parsed.error,
  })
}

/** Counts through finding_pkey, and only for the hunts that are listed. */
const findingsOfHunt = sql<number>`(select count(*) from finding where finding.hunt_id = hunt.hunt_id)`.mapWith(Number)

function huntRow(of: Hunt): typeof hunt.$inferInsert {
  const { hunt_id, started_at, finished_at, paths, version, intel_snapshot } = of
  return {
    hunt_id,
    started_at,
    finished_at,
    paths: paths.map(escapeText),
    version: escapeText(version),
    intel_snapshot: escapeText(intel_snapshot),
  }
}

/** What the adapter adds. `close` ends it; `schema` is made by `migrate()` when it is missing. */
export type Surroundings = {
  readonly close: () => Promise<void>
  readonly schema?: string
  readonly engine: 'pglite' | 'postgresql'
  /** Without credentials. */
  readonly location: string
}

/**
 * The case store over any PostgreSQL that Drizzle reaches. Knows nothing of where it runs. Calls may overlap. The database must have been brought up to date with `migrate()` first.
 *
 * @throws CountersealError from every method: `store/query-failed`, `store/full` or `store/damaged`, naming what was
 *   attempted
 */
export function postgresCaseStore(database: Database, surroundings: Surroundings): CaseStore {
  const { close, schema, engine, location } = surroundings
  return {
    ...postgresApprovals(database),
    ...postgresTrustLedger(database),
    ...postgresCtLedger(database),
    ...postgresCaseLog(database),

    migrate: () => attempt('Bringing the case store up to date', () => migrate(database, shippedMigrations(), schema)),

    recordHunt: (of, findings) =>
      attempt(`Recording hunt ${of.hunt_id}`, () =>
        database.transaction(
          async transaction => {
            // The conflict also waits for another process that is storing the same hunt right now.
            const stored = await transaction
              .insert(hunt)
              .values(huntRow(of))
              .onConflictDoNothing()
              .returning({ hunt_id: hunt.hunt_id })
            if (stored.length === 0) return
            for (const batch of batchesOf(of.hunt_id, findings)) await transaction.insert(finding).values(batch)
          },
          // Whatever the server's default: a stricter level fails where this one waits.
          { isolationLevel: 'read committed' },
        ),
      ),

    hunts: ({ limit } = {}) =>
      attempt('Listing hunts', async (): Promise<readonly HuntSummary[]> => {
        if (limit !== undefined && !(Number.isSafeInteger(limit) && limit >= 0)) {
          throw new CountersealError('usage/bad-argument', { message: `Cannot list ${limit} hunts.` })
        }
        const newest = database
          .select({ ...getTableColumns(hunt), findings: findingsOfHunt })
          .from(hunt)
          .orderBy(desc(hunt.started_at), desc(hunt.finished_at), desc(hunt.hunt_id))
        const rows = await (limit === undefined ? newest : newest.limit(limit))
        return rows.map(row => ({
          ...row,
          paths: row.paths.map(unescapeText),
          version: unescapeText(row.version),
          intel_snapshot: unescapeText(row.intel_snapshot),
        }))
      }),

    findings: huntId =>
      attempt(`Reading the findings of hunt ${excerpt(huntId)}`, async () => {
        if (!uuid.test(huntId)) return []
        // Position on the scale, from 1; what lies beside the scale comes last.
        const scale = sql.join(
          urgencies.map(one => sql`${one}`),
          sql`, `,
        )
        const urgency = sql`coalesce(array_position(array[${scale}]::text[], ${finding.verdict}), 0)`
        const rows = await database
          .select({ finding_id: finding.finding_id, whole: finding.finding })
          .from(finding)
          .where(eq(finding.hunt_id, huntId))
          .orderBy(desc(urgency), desc(finding.score), finding.finding_id)
        return rows.map(row => readFinding(row.whole, `Finding ${row.finding_id} of hunt ${huntId}`))
      }),

    finding: findingId =>
      attempt(`Reading finding ${excerpt(findingId)}`, async () => {
        const [newest] = await database
          .select({ hunt_id: hunt.hunt_id, whole: finding.finding })
          .from(finding)
          .innerJoin(hunt, eq(hunt.hunt_id, finding.hunt_id))
          .where(eq(finding.finding_id, escapeText(findingId)))
          .orderBy(desc(hunt.started_at), desc(hunt.finished_at), desc(hunt.hunt_id))
          .limit(1)
        return newest && readFinding(newest.whole, `Finding ${findingId} of hunt ${newest.hunt_id}`)
      }),

    describe: () =>
      attempt('Describing the case store', async () => {
        const [server] = await database
          .select({
            version: sql<string>`current_setting('server_version')`,
            migrated: sql<boolean>`to_regclass('schema_migration') is not null`,
          })
          .from(sql`(select 1) as nothing`)
        const applied =
          server?.migrated === true
            ? await database.select({ name: schemaMigration.name }).from(schemaMigration).orderBy(schemaMigration.name)
            : []
        return { engine, location, version: server?.version ?? '', migrations: applied.map(({ name }) => name) }
      }),

    close,
  }
}
