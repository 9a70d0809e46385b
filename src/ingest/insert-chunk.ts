import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Problem } from '../base/index.ts'
import { assert } from '../base/index.ts'
import type { ChunkPlace, MappedSource, Segment, Source } from '../mapping/index.ts'
import {
  censusStatement,
  claimedStatement,
  insertStatement,
  isMapped,
  quarantineStatement,
  storedStatement,
} from '../mapping/index.ts'
import type { StagedChunk } from '../model/index.ts'
import { rowsOf } from '../model/index.ts'
import type { IngestContext } from './context.ts'
import { worldFailure } from './context.ts'
import type { ChunkSpan, Outcome } from './ledger.ts'
import { tokenOf } from './ledger.ts'

/** A chunk on its way into the store. */
export type ChunkJob = {
  readonly path: string
  readonly span: ChunkSpan
  readonly place: ChunkPlace
  readonly segment: Segment
  readonly candidates: readonly Source[]
  /** Sources that are known to claim records here. Grows when the census finds more. */
  readonly seen: Set<Source>
  /** Lines at the start that belong to a header, and to no record. */
  readonly headerLines: number
}

/** Puts the bytes of a chunk where the engine can read them. Throws `store/full`. */
export async function writeChunk(context: IngestContext, bytes: Uint8Array, name: string): Promise<string> {
  const path = join(context.tmp, name)
  try {
    await writeFile(path, bytes)
  } catch (cause) {
    throw worldFailure(`A chunk of evidence could not be written to ${path}`, cause)
  }
  return path
}

/**
 * Inserts one chunk: its records by source, what is malformed into quarantine. Every line is accounted for when it
 * returns. The first pass trusts that the sources seen so far claim everything; only when the sums differ is every
 * line looked at once more, to say what became of it. Whose a line is, is one function of it: no line counts twice.
 */
export async function insertChunk(
  context: IngestContext,
  file: string,
  job: ChunkJob,
  problems: Problem[],
): Promise<Outcome> {
  const { store } = context
  const { headerLines, span } = job
  const chunk = await store.stageChunk(file)
  try {
    let stored = 0
    for (const source of headerLines < span.records ? [...job.seen].filter(isMapped) : [])
      stored += await insertRecords(context, source, chunk, job, problems)
    const left = await countIgnored(context, chunk, job, span.records - stored)
    if (stored + left.ignored === span.records) return { stored, malformed: 0, ...left }

    const census = await takeCensus(context, chunk, job)
    for (const source of job.candidates) {
      if (job.seen.has(source) || !census.claimed.has(source.id)) continue
      job.seen.add(source)
      if (isMapped(source)) stored += await insertRecords(context, source, chunk, job, problems)
    }
    if (census.malformed > 0) await quarantine(context, chunk, job)
    const { malformed, ignored, ignored_because } = census
    const total = stored + malformed + ignored
    assert(
      total === job.span.records,
      `${job.path} has ${job.span.records} records from record ${job.place.first_record}, and ${stored} stored + ${malformed} malformed + ${ignored} ignored`,
    )
    return { stored, malformed, ignored, ignored_because }
  } finally {
    await chunk.release()
  }
}

async function insertRecords(
  context: IngestContext,
  source: MappedSource,
  chunk: StagedChunk,
  job: ChunkJob,
  problems: Problem[],
): Promise<number> {
  const { place, span } = job
  const signal = context.signal === undefined ? {} : { signal: context.signal }
  const insert = insertStatement(source, job.candidates, job.segment, place, context.localRanges)
  await context.store.insert(insert.sql, {
    params: insert.params,
    chunk,
    token: tokenOf(place.evidence_id, span, source.id),
    ...signal,
  })
  const count = storedStatement(source, place, span.records)
  const [row] = await rowsOf(context.store, count.sql, { params: count.params, ...signal })
  if (Number(row?.implausible) > 0) {
    problems.push({
      code: 'time/implausible',
      where: `${job.path}, record ${Number(row?.first_implausible)} and ${Number(row?.implausible) - 1} more of ${source.id}`,
      expected: 'a time from 1990 to 2099; the records are kept as they are',
      found: String(row?.implausible_time),
    })
  }
  return Number(row?.stored)
}

/** What was seen so far and is left out on purpose. Nothing is asked when nothing remains to be accounted for. */
async function countIgnored(
  context: IngestContext,
  chunk: StagedChunk,
  { headerLines, seen, candidates, segment }: ChunkJob,
  remaining: number,
): Promise<Pick<Outcome, 'ignored' | 'ignored_because'>> {
  const ignored_because: Record<string, number> = headerLines > 0 ? { 'zeek-header': headerLines } : {}
  for (const source of remaining > 0 && segment.format === 'json-lines' ? seen : []) {
    if (isMapped(source)) continue
    const { sql, params } = claimedStatement(source, candidates)
    const signal = context.signal === undefined ? {} : { signal: context.signal }
    const [row] = await rowsOf(context.store, sql, { params, chunk, ...signal })
    if (Number(row?.records) > 0) ignored_because[source.id] = Number(row?.records)
  }
  return { ignored: Object.values(ignored_because).reduce((sum, count) => sum + count, 0), ignored_because }
}

type Census = { readonly claimed: ReadonlySet<string>; readonly malformed: number } & Pick<
  Outcome,
  'ignored' | 'ignored_because'
>

async function takeCensus(context: IngestContext, chunk: StagedChunk, job: ChunkJob): Promise<Census> {
  const { sql, params } = censusStatement(job.candidates, job.segment)
  const rows = await rowsOf(context.store, sql, {
    params,
    chunk,
    ...(context.signal === undefined ? {} : { signal: context.signal }),
  })
  const claimed = new Set<string>()
  const ignored_because: Record<string, number> = {}
  let malformed = 0
  let ignored = 0
  for (const row of rows) {
    const [claim, reason, records] = [String(row.claim), String(row.reason), Number(row.records)]
    if (reason === '') claimed.add(claim)
    else if (!reason.startsWith('ignored/')) malformed += records
    else {
      const because = reason.slice('ignored/'.length)
      ignored_because[because] = (ignored_because[because] ?? 0) + records
      ignored += records
    }
  }
  return { claimed, malformed, ignored, ignored_because }
}

async function quarantine(context: IngestContext, chunk: StagedChunk, job: ChunkJob): Promise<void> {
  const { sql, params } = quarantineStatement(job.candidates, job.segment, job.place)
  await context.store.insert(sql, { params, chunk, token: tokenOf(job.place.evidence_id, job.span, 'malformed') })
}
