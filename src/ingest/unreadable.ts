import type { Statement } from '../mapping/index.ts'
import type { EventStore, Row, StagedChunk } from '../model/index.ts'
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
  await append(store, rows, completes)
}

/**
 * The same for what the engine found malformed among lines that were made of records: its excerpt is of the line, its
 * place that of the record.
 */
export async function quarantineMalformed(
  { store, signal }: IngestContext,
  pieces: readonly Piece[],
  statement: Statement,
  chunk: StagedChunk,
  completes: boolean,
): Promise<void> {
  const options = { params: statement.params, chunk, ...(signal === undefined ? {} : { signal }) }
  const malformed = await rowsOf(store, statement.sql, options)
  const rows = malformed.map(({ place, ...row }) => {
    const record_number = Number(row.record_number)
    const { originals = [], span } = pieces[Number(place)] ?? {}
    const { byte_offset = 0, bytes = 0 } = originals[record_number - (span?.first_record ?? 0)] ?? {}
    return { ...row, evidence_id: String(row.evidence_id), record_number, byte_offset, bytes }
  })
  await append(store, rows, completes)
}

type QuarantineRow = Row & { readonly evidence_id: string; readonly record_number: number }

async function append(store: EventStore, rows: readonly QuarantineRow[], completes: boolean): Promise<void> {
  const there = completes
    ? await quarantined(store, [...new Set(rows.map(({ evidence_id }) => evidence_id))])
    : new Set()
  const missing = rows.filter(({ evidence_id, record_number }) => !there.has(`${evidence_id}/${record_number}`))
  await store.append('malformed', missing, newToken())
}

async function quarantined(store: EventStore, evidence_ids: readonly string[]): Promise<Set<string>> {
  const rows = await rowsOf(store, 'quarantined-records', { params: { evidence_ids } })
  return new Set(rows.map(({ evidence_id, record_number }) => `${evidence_id}/${record_number}`))
}
