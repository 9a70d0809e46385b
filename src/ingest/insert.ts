import { assert } from '../base/index.ts'
import type { ChunkPlace, MappedSource, Places, Source, StoredRange } from '../mapping/index.ts'
import {
  arrivedStatement,
  censusStatement,
  claimedStatement,
  insertStatement,
  isMapped,
  malformedStatement,
  quarantineStatement,
  storedStatement,
} from '../mapping/index.ts'
import type { QueryOptions, StagedChunk } from '../model/index.ts'
import { rowsOf } from '../model/index.ts'
import type { IngestContext } from './context.ts'
import type { Outcome } from './ledger.ts'
import { addOutcomes, newToken, nothing } from './ledger.ts'
import type { Piece } from './piece.ts'
import { possibleSources } from './possible.ts'
import { quarantineMalformed } from './unreadable.ts'

/** Pieces that go into the store by one statement for each source. They agree in segment and candidates. */
export type Insertion = {
  readonly pieces: readonly Piece[]
  /** Where each of them stands, in the same order. */
  readonly places: readonly ChunkPlace[]
  /** The file with their lines; it becomes the store's. */
  readonly file: string
  /** What stands in it: the lines of the only piece as they are, or prefixed lines without headers. */
  readonly prefixed: boolean
  /** Names the insertion: one that was never used before. */
  readonly token: string
  /** An insertion of these pieces was cut off: what has arrived of them is left out. */
  readonly completes: boolean
}

/**
 * Inserts the records of a chunk by source, and what is malformed into quarantine; returns what became of each piece.
 * Every line is accounted for when it returns. The first pass trusts that the sources seen so far claim everything; only
 * when the sums differ is every line looked at once more. Whose a line is, is one function of it: no line counts twice.
 */
export async function insert(context: IngestContext, insertion: Insertion): Promise<readonly Outcome[]> {
  const chunk = await context.store.stageChunk(insertion.file)
  try {
    return await new Inserter(context, insertion, chunk).run()
  } finally {
    await chunk.release()
  }
}

class Inserter {
  readonly #context: IngestContext
  readonly #insertion: Insertion
  readonly #chunk: StagedChunk
  readonly #places: Places
  readonly #range: StoredRange
  readonly #seen: Set<Source>
  readonly #signal: Pick<QueryOptions, 'signal'>
  #candidates: readonly Source[]
  #token: string
  #completes: boolean

  constructor(context: IngestContext, insertion: Insertion, chunk: StagedChunk) {
    const { pieces, places, prefixed } = insertion
    const [first, [place]] = [pieces[0], places]
    assert(first !== undefined && place !== undefined, 'an insertion has a piece')
    this.#context = context
    this.#insertion = insertion
    this.#chunk = chunk
    this.#places = prefixed ? places : place
    this.#range = rangeOf(pieces, places)
    this.#candidates = first.candidates
    this.#seen = new Set(this.#candidates.filter(source => pieces.some(({ seen }) => seen.has(source))))
    this.#token = insertion.token
    this.#completes = insertion.completes
    this.#signal = context.signal === undefined ? {} : { signal: context.signal }
  }

  async run(): Promise<readonly Outcome[]> {
    const { pieces } = this.#insertion
    await this.#narrow()
    const headers = pieces.map(headersOf)
    const records = sum(pieces.map(piece => recordsOf(piece)))
    let stored = 0
    if (records > sum(headers.map(({ ignored }) => ignored)))
      for (const source of [...this.#seen].filter(isMapped)) stored += await this.#insertRecords(source)
    const left = await this.#countIgnored(records - stored, headers)
    if (stored + sum(left.map(({ ignored }) => ignored)) === records)
      return pieces.map((piece, nth) => {
        const { ignored, ignored_because } = left[nth] ?? nothing
        return { stored: recordsOf(piece) - ignored, malformed: 0, ignored, ignored_because }
      })

    const { outcomes, claimed } = await this.#takeCensus(headers)
    for (const source of this.#candidates) {
      if (this.#seen.has(source) || !claimed.has(source.id)) continue
      this.#seen.add(source)
      if (isMapped(source)) stored += await this.#insertRecords(source)
      else if (pieces.length === 1) pieces[0]?.account.seen.add(source)
    }
    if (sum(outcomes.map(({ malformed }) => malformed)) > 0) await this.#quarantine()
    const counted = sum(outcomes.map(one => one.stored))
    if (stored < counted) stored = await this.#insertAgain()
    const whole = sum(outcomes.map(one => one.stored + one.malformed + one.ignored))
    assert(
      stored === counted && whole === records,
      `${pieces[0]?.account.path} and ${pieces.length - 1} more have ${records} records, of which ${stored} are stored; the census says ${JSON.stringify(outcomes.reduce(addOutcomes))}`,
    )
    return outcomes
  }

  async #narrow(): Promise<void> {
    const segment = this.#insertion.pieces[0]?.segment
    assert(segment !== undefined, 'an insertion has a piece')
    const options = { chunk: this.#chunk, ...this.#signal }
    this.#candidates = await possibleSources(this.#context.store, this.#candidates, segment, this.#places, options)
    for (const source of this.#seen) if (!this.#candidates.includes(source)) this.#seen.delete(source)
  }

  /**
   * A server that dies in the middle may remember the token of rows that never arrived, and take the repetition for
   * done. Then what is missing goes in under another token.
   */
  async #insertAgain(): Promise<number> {
    this.#token = newToken()
    this.#completes = true
    let stored = 0
    for (const source of [...this.#seen].filter(isMapped)) stored += await this.#insertRecords(source)
    return stored
  }

  async #insertRecords(source: MappedSource): Promise<number> {
    const segment = this.#insertion.pieces[0]?.segment
    assert(segment !== undefined, 'an insertion has a piece')
    const options = this.#completes ? { unlessStored: this.#range } : {}
    const { sql, params } = insertStatement(
      source,
      this.#candidates,
      segment,
      this.#places,
      this.#context.localRanges,
      options,
    )
    const chunk = this.#chunk
    await this.#context.store.insert(sql, { params, chunk, token: `${this.#token}/${source.id}`, ...this.#signal })
    const places = this.#places
    const count = this.#completes
      ? arrivedStatement(source, this.#candidates, segment, places, this.#range)
      : storedStatement(source, this.#range)
    const [row] = await rowsOf(this.#context.store, count.sql, { params: count.params, chunk, ...this.#signal })
    assert(row !== undefined, 'a count is a row')
    const holders = new Set(row.evidence as readonly string[]) // groupUniqArray(String)
    for (const { account } of this.#insertion.pieces) if (holders.has(account.evidence_id)) account.seen.add(source)
    if (Number(row.implausible) > 0) this.#reportImplausible(source, row)
    return Number(row.stored)
  }

  #reportImplausible(source: Source, row: Readonly<Record<string, unknown>>): void {
    const account = this.#insertion.pieces.find(
      piece => piece.account.evidence_id === row.implausible_evidence,
    )?.account
    account?.problems.push({
      code: 'time/implausible',
      where: `${account.path}, record ${Number(row.implausible_record)} and ${Number(row.implausible) - 1} more of ${source.id}`,
      expected: 'a time from 1990 to 2099; the records are kept as they are',
      found: String(row.implausible_time),
    })
  }

  /** What was seen so far and is left out on purpose. Nothing is asked when nothing remains to be accounted for. */
  async #countIgnored(remaining: number, headers: readonly Outcome[]): Promise<readonly Outcome[]> {
    let outcomes = headers
    const ignored = [...this.#seen].filter(source => !isMapped(source))
    const segment = this.#insertion.pieces[0]?.segment
    assert(segment !== undefined, 'an insertion has a piece')
    for (const source of remaining > 0 ? ignored : []) {
      const { sql, params } = claimedStatement(source, this.#candidates, segment, this.#places)
      const counts = await rowsOf(this.#context.store, sql, { params, chunk: this.#chunk, ...this.#signal })
      for (const { place, records } of counts)
        outcomes = outcomes.map((outcome, nth) =>
          nth === Number(place) ? addOutcomes(outcome, ignoredOutcome(source.id, Number(records))) : outcome,
        )
    }
    return outcomes
  }

  async #takeCensus(headers: readonly Outcome[]): Promise<{ outcomes: readonly Outcome[]; claimed: Set<string> }> {
    const segment = this.#insertion.pieces[0]?.segment
    assert(segment !== undefined, 'an insertion has a piece')
    const { sql, params } = censusStatement(this.#candidates, segment, this.#places)
    const rows = await rowsOf(this.#context.store, sql, { params, chunk: this.#chunk, ...this.#signal })
    const claimed = new Set<string>()
    // The header lines of a lone chunk are among the lines, and counted there.
    const outcomes = this.#insertion.prefixed ? [...headers] : headers.map(() => nothing)
    for (const row of rows) {
      const [place, reason, records] = [Number(row.place), String(row.reason), Number(row.records)]
      const outcome = outcomes[place]
      assert(outcome !== undefined, `the census names place ${place} of ${outcomes.length}`)
      if (reason === '') claimed.add(String(row.claim))
      if (reason.startsWith('ignored/')) claimed.add(reason.slice('ignored/'.length))
      const blanks = this.#insertion.prefixed || reason !== 'ignored/blank-line' ? 0 : this.#placeholders()
      outcomes[place] = addOutcomes(outcome, outcomeOf(reason, records - blanks))
    }
    return { outcomes, claimed }
  }

  /** Empty lines that only keep the place of a record the reader could not read. */
  #placeholders(): number {
    return this.#insertion.pieces[0]?.unreadable.length ?? 0
  }

  async #quarantine(): Promise<void> {
    const segment = this.#insertion.pieces[0]?.segment
    assert(segment !== undefined, 'an insertion has a piece')
    const { pieces } = this.#insertion
    if (pieces.some(({ originals }) => originals !== undefined)) {
      const statement = malformedStatement(this.#candidates, segment, this.#places)
      await quarantineMalformed(this.#context, pieces, statement, this.#chunk, this.#completes)
      return
    }
    const options = this.#completes ? { unlessStored: this.#range } : {}
    const { sql, params } = quarantineStatement(this.#candidates, segment, this.#places, options)
    const token = `${this.#token}/malformed`
    await this.#context.store.insert(sql, { params, chunk: this.#chunk, token, ...this.#signal })
  }
}

/** Records that the engine is to account for: those the reader could not read are none of them. */
function recordsOf({ span, unreadable }: Piece): number {
  return span.records - unreadable.length
}

function headersOf({ headerLines }: Piece): Outcome {
  return headerLines === 0 ? nothing : ignoredOutcome('zeek-header', headerLines)
}

function ignoredOutcome(because: string, records: number): Outcome {
  if (records === 0) return nothing
  return { ...nothing, ignored: records, ignored_because: { [because]: records } }
}

function outcomeOf(reason: string, records: number): Outcome {
  if (reason === '') return { ...nothing, stored: records }
  if (!reason.startsWith('ignored/')) return { ...nothing, malformed: records }
  return ignoredOutcome(reason.slice('ignored/'.length), records)
}

function rangeOf(pieces: readonly Piece[], places: readonly ChunkPlace[]): StoredRange {
  const spans = pieces.map(({ span }) => span)
  return {
    firstSequence: Math.min(...places.map(({ sequence }) => sequence)),
    lastSequence: Math.max(...places.map(({ sequence }, nth) => sequence + (spans[nth]?.records ?? 0))) - 1,
    evidence_ids: [...new Set(places.map(({ evidence_id }) => evidence_id))],
    first: Math.min(...spans.map(({ first_record }) => first_record)),
    last: Math.max(...spans.map(({ first_record, records }) => first_record + records)) - 1,
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
