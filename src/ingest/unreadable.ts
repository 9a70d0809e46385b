import { rowsOf } from '../model/index.ts'
import type { IngestContext } from './context.ts'
import type { Entry } from './ledger.ts'
import { newToken } from './ledger.ts'
import type { Piece } from './piece.ts'

/**
 * Puts what our own readers could not read into quarantine, all of it by one statement. `completes`: some of it may be
 * there from an insertion that was cut off.
 */
export async function quarantineUnreadable(
  { store }: IngestContext,
  pieces: readonly Piece[],
  entries: readonly Entry[],
  completes: boolean,
): Promise<void> {
  const rows = pieces.flatMap(({ unreadable, span }, nth) =>
    unreadable.map(record => ({
      evidence_id: entries[nth]?.evidence_id ?? '',
      field: '',
      ingest_sequence: (entries[nth]?.sequence ?? 0) + record.record_number - span.first_record,
      ...record,
    })),
  )
  if (rows.length === 0) return
  const there = completes
    ? await quarantined(store, [...new Set(rows.map(({ evidence_id }) => evidence_id))])
    : new Set()
  const missing = rows.filter(({ evidence_id, record_number }) => !there.has(`${evidence_id}/${record_number}`))
  await store.append('malformed', missing, newToken())
}

async function quarantined(store: IngestContext['store'], evidence_ids: readonly string[]): Promise<Set<string>> {
  const rows = await rowsOf(store, 'quarantined-records', { params: { evidence_ids } })
  return new Set(rows.map(({ evidence_id, record_number }) => `${evidence_id}/${record_number}`))
}
