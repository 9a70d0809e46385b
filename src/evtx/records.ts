import {
  chunkSize,
  mostCharactersOfRecord,
  mostNodesOfRecord,
  mostProblemsOfChunk,
  mostProblemsOfRecord,
  recordHeaderSize,
} from './bounds.ts'
import type { Chunk } from './chunk.ts'
import { note, spend } from './chunk.ts'
import { findRecord, type RecordPlace } from './find-records.ts'
import type { EventRecord } from './record.ts'
import { nothingTaken, takeFragment } from './take.ts'

/** Records that nothing leads to, from `from` to the end of the chunk: what was deleted, or what stood there before. */
export function recoverRecords(chunk: Chunk, from: number): EventRecord[] {
  const records: EventRecord[] = []
  let at = findRecord(chunk, from, chunkSize)
  while (at !== undefined) {
    const size = chunk.data.getUint32(at + 4, true)
    const record = readRecord(chunk, { start: at, size, isStranger: true })
    const isEvent = record.system !== undefined || record.fields.length > 0
    if (isEvent) records.push(record)
    at = findRecord(chunk, at + (isEvent ? size : 1), chunkSize)
  }
  return records
}

export function readRecord(chunk: Chunk, { start, size, isStranger }: RecordPlace): EventRecord {
  const { data } = chunk
  const end = start + size - 4
  const outer = chunk.problems
  const taken = nothingTaken()
  chunk.problems = []
  chunk.mostProblems = mostProblemsOfRecord
  const isTorn = data.getUint32(end, true) !== size
  if (isTorn) note(chunk, 'evtx/record-size-copy', end, String(size), String(data.getUint32(end, true)))
  // One record must not use up what is there for all.
  const nodesKept = Math.max(0, chunk.nodesLeft - mostNodesOfRecord(size))
  const charactersKept = Math.max(0, chunk.charactersLeft - mostCharactersOfRecord(size))
  chunk.nodesLeft -= nodesKept
  chunk.charactersLeft -= charactersKept
  if (spend(chunk, 1, size, start)) takeFragment(chunk, taken, start + recordHeaderSize, end, 'document', '', 0)
  if (taken.system === undefined) note(chunk, 'evtx/no-event', start)
  chunk.nodesLeft += nodesKept
  chunk.charactersLeft += charactersKept
  const { problems } = chunk
  chunk.problems = outer
  chunk.mostProblems = mostProblemsOfChunk
  return {
    record_id: data.getBigUint64(start + 8, true),
    written: data.getBigUint64(start + 16, true),
    offset: chunk.offset + start,
    size,
    recovered: isStranger || isTorn,
    system: taken.system,
    payload: taken.payload,
    payload_root: taken.payload_root,
    fields: taken.fields,
    rendering: taken.rendering,
    problems,
    source: { chunk, start: start + recordHeaderSize, end },
  }
}
