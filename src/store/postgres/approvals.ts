import { asc, eq } from 'drizzle-orm'
import { CountersealError } from '../../base/index.ts'
import type { ApprovalStore, KeptApproval } from '../../model/index.ts'
import { approval as approvalShape } from '../../model/index.ts'
import { attempt } from './failure.ts'
import type { Database } from './migrate.ts'
import { approval, approvalWithdrawal } from './schema.ts'
import { escapeJson, escapeText, unescapeJson, unescapeText } from './stored-text.ts'

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** What one INSERT carries at most. */
const batchRows = 500

/** Approvals over any PostgreSQL that Drizzle reaches. */
export function postgresApprovals(database: Database): ApprovalStore {
  return {
    recordApprovals: approvals =>
      attempt('Recording approvals', () =>
        database.transaction(async transaction => {
          let added = 0
          for (let at = 0; at < approvals.length; at += batchRows) {
            const rows = approvals
              .slice(at, at + batchRows)
              .map(one => ({ approval_id: one.approval_id, approval: escapeJson(one) }))
            const stored = await transaction
              .insert(approval)
              .values(rows)
              .onConflictDoNothing()
              .returning({ approval_id: approval.approval_id })
            added += stored.length
          }
          return added
        }),
      ),

    approvals: () =>
      attempt('Reading approvals', async (): Promise<readonly KeptApproval[]> => {
        const rows = await database
          .select({
            approval_id: approval.approval_id,
            recorded_at: approval.recorded_at,
            whole: approval.approval,
            withdrawn_at: approvalWithdrawal.withdrawn_at,
            withdrawn_by: approvalWithdrawal.withdrawn_by,
            because: approvalWithdrawal.because,
          })
          .from(approval)
          .leftJoin(approvalWithdrawal, eq(approvalWithdrawal.approval_id, approval.approval_id))
          .orderBy(asc(approval.recorded_at), asc(approval.approval_id))
        return rows.map(({ approval_id, recorded_at, whole, withdrawn_at, withdrawn_by, because }) => ({
          approval: readApproval(whole, approval_id),
          recorded_at,
          ...(withdrawn_at === null
            ? {}
            : {
                withdrawn: {
                  at: withdrawn_at,
                  by: unescapeText(withdrawn_by ?? ''),
                  because: unescapeText(because ?? ''),
                },
              }),
        }))
      }),

    withdrawApproval: (approvalId, by, because) =>
      attempt('Withdrawing an approval', async () => {
        if (!uuid.test(approvalId)) return false
        return await database.transaction(async transaction => {
          const there = await transaction
            .select({ approval_id: approval.approval_id })
            .from(approval)
            .where(eq(approval.approval_id, approvalId))
          if (there.length === 0) return false
          const stored = await transaction
            .insert(approvalWithdrawal)
            .values({ approval_id: approvalId, withdrawn_by: escapeText(by), because: escapeText(because) })
            .onConflictDoNothing()
            .returning({ approval_id: approvalWithdrawal.approval_id })
          return stored.length > 0
        })
      }),
  }
}

/** Parses what comes back: the store may be older than this build, or have been written to by something else. */
function readApproval(stored: unknown, id: string) {
  const parsed = approvalShape.safeParse(unescapeJson(stored))
  if (parsed.success) return parsed.data
  const where = parsed.error.issues[0]
  throw new CountersealError('store/damaged', {
    message: `Approval ${id} in the case store does not have the shape of one: ${where?.path.join('.')}: ${where?.message}.`,
    cause: parsed.error,
  })
}
