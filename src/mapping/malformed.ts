import type { Places } from './place.ts'
import { frameOf } from './place.ts'
import type { Segment } from './record.ts'
import { classifiedRelation, parameters } from './record.ts'
import type { Source } from './source.ts'
import type { Statement } from './statement.ts'

/**
 * The malformed lines of a chunk, for evidence of which the chunk holds not the bytes but what was made of them: where a
 * record stands, only the reader knows. Columns place (index of it, 0 for the only one), evidence_id, record_number,
 * ingest_sequence, source, reason, field, excerpt (at most 4,096 bytes of the line); in no order.
 */
export function malformedStatement(candidates: readonly Source[], segment: Segment, places: Places): Statement {
  const p = parameters()
  const frame = frameOf(places, 'row')
  const lines = frame.lines(classifiedRelation(candidates, segment, p))
  const text = `SELECT ${frame.index} AS place, toString(${frame.evidence_id}) AS evidence_id, ${frame.record_number} AS record_number, ${frame.sequence} AS ingest_sequence,
  claim AS source, reason, field, substring(line, 1, 4096) AS excerpt
FROM ${lines} WHERE reason != '' AND NOT startsWith(reason, 'ignored/')`
  return { sql: { name: 'ingest/malformed', text }, params: { ...p.values, ...frame.params } }
}
