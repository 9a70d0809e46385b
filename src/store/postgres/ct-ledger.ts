import { asc, desc, eq } from 'drizzle-orm'
import type { CtLedger, KeptCtFault } from '../../model/index.ts'
import { attempt } from './failure.ts'
import type { Database } from './migrate.ts'
import { ctFault, ctHead, ctPosition } from './schema.ts'
import { escapeJson, escapeText, unescapeJson, unescapeText } from './stored-text.ts'

/** The ledger of logs over any PostgreSQL that Drizzle reaches. */
export function postgresCtLedger(database: Database): CtLedger {
  return {
    ctPositions: () =>
      attempt('Reading the positions in logs', () =>
        database
          .select()
          .from(ctPosition)
          .orderBy(asc(ctPosition.log_id), asc(ctPosition.scope), asc(ctPosition.first_index)),
      ),

    keepCtPosition: position =>
      attempt('Keeping the position in a log', async () => {
        const { size, frontier, updated_at } = position
        await database
          .insert(ctPosition)
          .values(position)
          .onConflictDoUpdate({
            target: [ctPosition.log_id, ctPosition.scope, ctPosition.first_index],
            set: { size, frontier, updated_at },
          })
      }),

    keepCtHead: head =>
      attempt('Keeping the head of a log', async () => {
        await database.insert(ctHead).values(head).onConflictDoNothing()
      }),

    ctHeads: (logId, { limit }) =>
      attempt('Reading the heads of a log', () =>
        database
          .select()
          .from(ctHead)
          .where(eq(ctHead.log_id, logId))
          .orderBy(desc(ctHead.size), desc(ctHead.timestamp), asc(ctHead.root))
          .limit(limit),
      ),

    keepCtFault: ({ key, proof, ...fault }) =>
      attempt('Keeping what a log did', async () => {
        const stored = await database
          .insert(ctFault)
          .values({ ...fault, key: escapeText(key), proof: escapeJson(proof) })
          .onConflictDoNothing()
          .returning({ key: ctFault.key })
        return stored.length > 0
      }),

    ctFaults: () =>
      attempt('Reading what logs did', async () => {
        const rows = await database
          .select()
          .from(ctFault)
          .orderBy(desc(ctFault.seen_at), asc(ctFault.log_id), asc(ctFault.code), asc(ctFault.key))
        return rows.map(({ key, proof, ...fault }): KeptCtFault => {
          const kept = unescapeJson(proof)
          // Ours wrote an object; whatever else is there is shown as it is.
          const whole = typeof kept === 'object' && kept !== null ? (kept as Record<string, unknown>) : { kept }
          return { ...fault, key: unescapeText(key), proof: whole }
        })
      }),
  }
}
