import { and, asc, eq } from 'drizzle-orm'
import { CountersealError } from '../../base/index.ts'
import type { CaseLog, CaseLogEntry, CaseLogKind } from '../../model/index.ts'
import { caseLogKinds } from '../../model/index.ts'
import { attempt } from './failure.ts'
import type { Database } from './migrate.ts'
import { caseLog } from './schema.ts'
import { escapeJson, escapeText, unescapeJson, unescapeText } from './stored-text.ts'

/** The log of decisions over any PostgreSQL that Drizzle reaches. */
export function postgresCaseLog(database: Database): CaseLog {
  return {
    addToCaseLog: (kind, subject, entry, entryId) =>
      attempt('Keeping a decision', async () => {
        const row = { entry_id: entryId, kind, subject: escapeText(subject), entry: escapeJson(entry) }
        await database.insert(caseLog).values(row).onConflictDoNothing()
      }),

    caseLog: <Kind extends CaseLogKind>(kind: Kind, subject?: string) =>
      attempt('Reading decisions', async () => {
        const ofKind = eq(caseLog.kind, kind)
        const rows = await database
          .select()
          .from(caseLog)
          .where(subject === undefined ? ofKind : and(ofKind, eq(caseLog.subject, escapeText(subject))))
          .orderBy(asc(caseLog.recorded_at), asc(caseLog.entry_id))
        return rows.map(one => ({
          entry_id: one.entry_id,
          recorded_at: one.recorded_at,
          subject: unescapeText(one.subject),
          entry: entryOf(kind, one.entry, one.entry_id),
        }))
      }),
  }
}

/** Parses what comes back: the store may be older than this build, or have been written to by something else. */
function entryOf<Kind extends CaseLogKind>(kind: Kind, stored: unknown, id: string): CaseLogEntry<Kind> {
  const parsed = caseLogKinds[kind].safeParse(unescapeJson(stored))
  if (parsed.success) return parsed.data as CaseLogEntry<Kind> // the shape of this kind parsed it
  const where = parsed.error.issues[0]
  throw new CountersealError('store/damaged', {
    message: `Entry ${id} in the log of decisions does not have the shape of one: ${where?.path.join('.')}: ${where?.message}.`,
    cause: parsed.error,
  })
}
