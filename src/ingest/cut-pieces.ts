import type { Hash } from 'node:crypto'
import { createHash } from 'node:crypto'
import type { CutRecord, RecordReader } from '../formats/index.ts'
import type { ChunkSpan } from './ledger.ts'
import { nothing } from './ledger.ts'
import type { LineOptions } from './line-pieces.ts'
import type { Original, Piece, UnreadableRecord } from './piece.ts'
import { cutOffOf, problemAt } from './piece.ts'
import type { Account } from './reading.ts'
import { headBytes } from './recognise.ts'
import type { CutFormat } from './record-readers.ts'
import { recordReader } from './record-readers.ts'

/**
 * Pieces of evidence whose records a reader cuts, with the lines that are read in their place, and where each of them
 * stands (docs/decisions/0010). What is in the store already goes to the account as known.
 */
export async function* cutPieces(
  account: Account,
  bytes: AsyncIterable<Uint8Array>,
  options: LineOptions & { readonly format: CutFormat },
): AsyncGenerator<Piece> {
  const cutter = new PieceCutter(account, options)
  let reader: RecordReader | undefined
  const head: Uint8Array[] = []
  let length = 0
  for await (const piece of bytes) {
    if (reader !== undefined) {
      yield* cutter.take(piece, reader.add(piece))
      continue
    }
    head.push(Buffer.from(piece))
    length += piece.length
    if (length < headBytes) continue
    const start = Buffer.concat(head)
    reader = recordReader(options.format, start.subarray(0, headBytes), options.candidates)
    yield* cutter.take(start, reader.add(start))
  }
  const start = Buffer.concat(reader === undefined ? head : [])
  reader ??= recordReader(options.format, start.subarray(0, headBytes), options.candidates)
  if (start.length > 0) yield* cutter.take(start, reader.add(start))
  const { records, left, problem } = reader.end(options.mayGrow)
  yield* cutter.take(new Uint8Array(), records)
  if (problem !== undefined) account.problems.push({ ...problem, where: account.path })
  yield* cutter.end(left)
}

/** More than this many bad records of one piece of evidence say nothing new; all of them are in quarantine. */
const mostProblems = 20

class PieceCutter {
  readonly #account: Account
  readonly #options: LineOptions & { readonly format: CutFormat }
  readonly #knownEnds: readonly number[]
  readonly #digest: Hash = createHash('sha256')
  /** Bytes that are not hashed yet, and the offset of the first of them. */
  #pending: Uint8Array[] = []
  #hashed = 0
  /** Offset behind the last byte, and behind the last record. */
  #length = 0
  #recordEnd = 0
  #nextKnown = 0
  /** What is being gathered. */
  #start = 0
  #first = 0
  #lines: Uint8Array[] = []
  #lineBytes = 0
  #originals: Original[] = []
  #unreadable: UnreadableRecord[] = []
  #problems = 0

  constructor(account: Account, options: LineOptions & { readonly format: CutFormat }) {
    this.#account = account
    this.#options = options
    this.#knownEnds = [...new Set(options.ledger.map(chunk => chunk.byte_end))].sort((a, b) => a - b)
  }

  /** Takes bytes and the records that end in them. */
  *take(bytes: Uint8Array, records: readonly CutRecord[]): Generator<Piece> {
    if (bytes.length > 0) this.#pending.push(bytes)
    this.#length += bytes.length
    for (const record of records) {
      const cut = this.#cutBetween(this.#recordEnd, record.byte_offset)
      if (cut !== undefined && this.#originals.length > 0) yield* this.#cut(cut)
      this.#add(record)
      this.#recordEnd = record.byte_offset + record.bytes
    }
    this.#hashTo(this.#recordEnd)
    // What is left may be asked for after these bytes are somebody else's.
    const left = bytes.length === 0 ? undefined : this.#pending.pop()
    if (left !== undefined) this.#pending.push(Buffer.from(left))
  }

  *end(left: { readonly byte_offset: number; readonly bytes: number } | undefined): Generator<Piece> {
    const end = left?.byte_offset ?? this.#length
    const cut = this.#cutBetween(this.#recordEnd, end) ?? end
    if (this.#originals.length > 0) yield* this.#cut(cut)
    yield* this.#cut(end)
    if (left === undefined) return
    this.#account.bytes = this.#length
    this.#account.records += 1
    this.#account.add({ ...nothing, ignored: 1, ignored_because: { 'unterminated-line': 1 } })
    this.#problem(left.byte_offset, {
      code: 'record/unterminated',
      expected: 'the end of the last record',
      found: `${left.bytes} bytes that may still be being written; they are read once the record ends`,
    })
  }

  /** Where the records up to `end` are cut from the one that begins at `start`: where they were cut before, or by size. */
  #cutBetween(end: number, start: number): number | undefined {
    while ((this.#knownEnds[this.#nextKnown] ?? Number.POSITIVE_INFINITY) < end) this.#nextKnown += 1
    const known = this.#knownEnds[this.#nextKnown]
    if (known !== undefined && known <= start) return known
    const { chunkBytes } = this.#options.limits
    return start - this.#start >= chunkBytes || this.#lineBytes >= chunkBytes ? start : undefined
  }

  #add({ byte_offset, bytes, lines, problem, text }: CutRecord): void {
    for (const line of lines) {
      this.#lines.push(line, newline)
      this.#lineBytes += line.length + 1
      this.#originals.push({ byte_offset, bytes })
    }
    if (problem === undefined) return
    const record_number = this.#first + this.#originals.length
    const [only, ...others] = this.#options.candidates
    const source = others.length === 0 ? (only?.id ?? '') : ''
    const excerpt = Buffer.from(text).toString('utf8')
    this.#unreadable.push({ record_number, byte_offset, bytes, source, reason: problem.code, excerpt })
    this.#lines.push(newline)
    this.#lineBytes += 1
    this.#originals.push({ byte_offset, bytes })
    this.#problem(byte_offset, problem)
  }

  #problem(byte_offset: number, problem: Parameters<typeof problemAt>[2]): void {
    this.#problems += 1
    if (this.#problems <= mostProblems)
      this.#account.problems.push(problemAt(this.#account, `byte ${byte_offset}`, problem))
  }

  /** Everything up to an offset becomes a piece, unless the store has it. */
  *#cut(end: number): Generator<Piece> {
    this.#hashTo(end)
    const { ledger, candidates, format } = this.#options
    const account = this.#account
    const prefix_sha256 = this.#digest.copy().digest('hex')
    const records = this.#originals.length
    const span: ChunkSpan = {
      byte_offset: this.#start,
      byte_end: end,
      first_record: this.#first,
      records,
      prefix_sha256,
    }
    const [lines, originals, unreadable] = [Buffer.concat(this.#lines), this.#originals, this.#unreadable]
    ;[this.#lines, this.#lineBytes, this.#originals, this.#unreadable] = [[], 0, [], []]
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
    const segment = { format }
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

  #hashTo(end: number): void {
    while (this.#hashed < end) {
      const [piece] = this.#pending
      if (piece === undefined) return
      const wanted = Math.min(piece.length, end - this.#hashed)
      this.#digest.update(piece.subarray(0, wanted))
      this.#hashed += wanted
      if (wanted === piece.length) this.#pending.shift()
      else this.#pending[0] = piece.subarray(wanted)
    }
  }
}

const newline = Buffer.from('\n')
