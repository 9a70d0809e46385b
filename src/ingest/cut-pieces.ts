import { setImmediate } from 'node:timers/promises'
import type { Problem } from '../base/index.ts'
import type { EvidenceReader, EvidenceRecord } from './evidence-reader.ts'
import { Fingerprint } from './fingerprint.ts'
import type { ChunkSpan } from './ledger.ts'
import { nothing } from './ledger.ts'
import { LineBuffer } from './line-buffer.ts'
import type { LineOptions } from './line-pieces.ts'
import type { Original, Piece, UnreadableRecord } from './piece.ts'
import { cutOffOf, problemAt } from './piece.ts'
import type { Account } from './reading.ts'
import { headBytes } from './recognise.ts'
import type { CutFormat } from './record-readers.ts'
import { recordReader, segmentOfCut } from './record-readers.ts'

/**
 * Pieces of evidence whose records a reader cuts, with the lines that are read in their place, and where each of them
 * stands (docs/decisions/0010). What is in the store already goes to the account as known.
 */
export async function* cutPieces(
  account: Account,
  bytes: AsyncIterable<Uint8Array>,
  options: LineOptions & { readonly format: CutFormat },
): AsyncGenerator<Piece> {
  // One that is given knows the evidence already, and asks for no head.
  let cutter = options.reader === undefined ? undefined : new PieceCutter(account, options, options.reader)
  const head: Uint8Array[] = []
  let length = 0
  const begin = (start: Uint8Array) =>
    new PieceCutter(account, options, recordReader(options.format, start.subarray(0, headBytes), options.candidates))
  for await (const piece of bytes) {
    if (cutter !== undefined) {
      yield* cutter.take(piece)
      continue
    }
    head.push(Buffer.from(piece))
    length += piece.length
    if (length < headBytes) continue
    const start = Buffer.concat(head)
    cutter = begin(start)
    yield* cutter.take(start)
  }
  if (cutter === undefined) {
    const start = Buffer.concat(head)
    cutter = begin(start)
    if (start.length > 0) yield* cutter.take(start)
  }
  yield* cutter.end()
}

/** More than this many problems of one piece of evidence say nothing new. They are counted; bad records are in quarantine. */
const mostProblems = 20

class PieceCutter {
  readonly #account: Account
  readonly #options: LineOptions & { readonly format: CutFormat }
  readonly #reader: EvidenceReader
  readonly #knownEnds: readonly number[]
  readonly #fingerprint: Fingerprint
  /** Offset behind the last byte, and behind the last record. */
  #length = 0
  #recordEnd = 0
  #nextKnown = 0
  /** What is being gathered. */
  #start = 0
  #first = 0
  readonly #lines = new LineBuffer()
  #originals: Original[] = []
  #unreadable: UnreadableRecord[] = []
  #problems = 0
  /** Problems that are not told one by one, by their codes. */
  readonly #untold = new Map<string, number>()

  constructor(account: Account, options: LineOptions & { readonly format: CutFormat }, reader: EvidenceReader) {
    this.#account = account
    this.#options = options
    this.#reader = reader
    this.#fingerprint = new Fingerprint(reader.fingerprint)
    this.#knownEnds = [...new Set(options.ledger.map(chunk => chunk.byte_end))].sort((a, b) => a - b)
  }

  /** Takes bytes, and the records that end in them. */
  *take(bytes: Uint8Array): Generator<Piece> {
    this.#fingerprint.add(bytes)
    this.#length += bytes.length
    yield* this.#takeRecords(this.#reader.add(bytes))
    this.#fingerprint.settle(this.#recordEnd)
  }

  async *end(): AsyncGenerator<Piece> {
    const { records, more = [], left, problem, notes = [] } = this.#reader.end(this.#options.mayGrow)
    yield* this.#takeRecords(records)
    yield* this.#takeSlowly(more)
    const account = this.#account
    if (problem !== undefined) account.problems.push({ ...problem, where: account.path })
    const { isOfRecords } = this.#fingerprint
    const end = isOfRecords ? this.#recordEnd : (left?.byte_offset ?? this.#length)
    const cut = this.#cutBetween(this.#recordEnd, end) ?? end
    if (this.#originals.length > 0) yield* this.#cut(cut)
    yield* this.#cut(end)
    if (isOfRecords)
      Object.assign(account, this.#reader.whole ?? { bytes: this.#length, content_sha256: this.#fingerprint.content() })
    for (const note of notes) this.#problem(this.#length, note)
    if (left !== undefined) this.#leave(left)
    for (const [code, count] of this.#untold)
      account.problems.push({ code, where: account.path, found: `${count} more` })
  }

  #leave(left: { readonly byte_offset: number; readonly bytes: number }): void {
    this.#account.bytes = this.#length
    this.#account.records += 1
    this.#account.add({ ...nothing, ignored: 1, ignored_because: { 'unterminated-line': 1 } })
    this.#problem(left.byte_offset, {
      code: 'record/unterminated',
      expected: 'the end of the last record',
      found: `${left.bytes} bytes that may still be being written; they are read once the record ends`,
    })
  }

  /** Others have their turn in between: a hive can hold millions of values. */
  async *#takeSlowly(records: Iterable<EvidenceRecord>): AsyncGenerator<Piece> {
    let taken = 0
    for (const record of records) {
      yield* this.#takeRecords([record])
      taken += 1
      if (taken % recordsInOneTurn === 0) await setImmediate()
    }
  }

  *#takeRecords(records: readonly EvidenceRecord[]): Generator<Piece> {
    const { isOfRecords } = this.#fingerprint
    for (const record of records) {
      const start = isOfRecords ? this.#recordEnd : record.byte_offset
      const cut = this.#cutBetween(this.#recordEnd, start)
      if (cut !== undefined && this.#originals.length > 0) yield* this.#cut(cut)
      this.#fingerprint.addRecord(record)
      this.#add(record)
      this.#recordEnd = start + (isOfRecords ? (record.octets?.length ?? 0) : record.bytes)
    }
  }

  /** Where the records up to `end` are cut from the one that begins at `start`: where they were cut before, or by size. */
  #cutBetween(end: number, start: number): number | undefined {
    while ((this.#knownEnds[this.#nextKnown] ?? Number.POSITIVE_INFINITY) < end) this.#nextKnown += 1
    const known = this.#knownEnds[this.#nextKnown]
    if (known !== undefined && known <= start) return known
    const { chunkBytes } = this.#options.limits
    return start - this.#start >= chunkBytes || this.#lines.length >= chunkBytes ? start : undefined
  }

  #add(record: EvidenceRecord): void {
    const { byte_offset, bytes, lines, problem, notes = [] } = record
    for (const note of notes) this.#problem(byte_offset, note)
    for (const line of lines) {
      this.#lines.add(line)
      this.#originals.push({ byte_offset, bytes })
    }
    if (problem === undefined) return
    const record_number = this.#first + this.#originals.length
    const [only, ...others] = this.#options.candidates
    const source = others.length === 0 ? (only?.id ?? '') : ''
    const excerpt = Buffer.from(record.text).toString('utf8')
    this.#unreadable.push({ record_number, byte_offset, bytes, source, reason: problem.code, excerpt })
    this.#lines.add(nothingRead)
    this.#originals.push({ byte_offset, bytes })
    this.#problem(byte_offset, problem)
  }

  #problem(byte_offset: number, problem: Problem): void {
    this.#problems += 1
    if (this.#problems <= mostProblems)
      this.#account.problems.push(problemAt(this.#account, problem.where ?? `byte ${byte_offset}`, problem))
    else this.#untold.set(problem.code, (this.#untold.get(problem.code) ?? 0) + 1)
  }

  /** Everything up to an offset becomes a piece, unless the store has it. */
  *#cut(end: number): Generator<Piece> {
    const { ledger, candidates, format } = this.#options
    const account = this.#account
    const prefix_sha256 = this.#fingerprint.upTo(end)
    const records = this.#originals.length
    const span: ChunkSpan = {
      byte_offset: this.#start,
      byte_end: end,
      first_record: this.#first,
      records,
      prefix_sha256,
    }
    const [lines, originals, unreadable] = [this.#lines.take(), this.#originals, this.#unreadable]
    ;[this.#originals, this.#unreadable] = [[], []]
    this.#start = end
    this.#first += records
    account.bytes = end
    account.records = this.#first
    if (end > 0) account.content_sha256 = prefix_sha256
    if (records === 0) return
    const known = ledger.find(
      chunk =>
        chunk.done &&
        chunk.byte_offset === span.byte_offset &&
        chunk.byte_end === span.byte_end &&
        chunk.prefix_sha256 === prefix_sha256,
    )
    if (known !== undefined) {
      account.addKnown(records, known.outcome)
      return
    }
    const cutOff = cutOffOf(span, ledger)
    const segment = segmentOfCut(format)
    yield {
      account,
      span,
      segment,
      candidates,
      seen: account.seen,
      lines,
      headerLines: 0,
      originals,
      unreadable,
      cutOff,
    }
  }
}

/** Some milliseconds of work. */
const recordsInOneTurn = 500

/** An empty line keeps the place of a record that could not be read. */
const nothingRead = new Uint8Array()
