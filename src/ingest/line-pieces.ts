import type { Problem } from '../base/index.ts'
import type { ZeekHeader } from '../formats/index.ts'
import { readW3cHeaderLine, readZeekHeaderLine, w3cDefaults, zeekDefaults } from '../formats/index.ts'
import type { Segment, Source } from '../mapping/index.ts'
import type { Chunk, ChunkLimits, OverlongLine } from './chunks.ts'
import { cutChunks } from './chunks.ts'
import { cutPieces } from './cut-pieces.ts'
import type { EvidenceReader } from './evidence-reader.ts'
import type { ChunkSpan, LedgerChunk } from './ledger.ts'
import { nothing } from './ledger.ts'
import type { CutOff, Piece } from './piece.ts'
import { cutOffOf, problemAt } from './piece.ts'
import type { Account } from './reading.ts'
import { w3cCandidates, zeekCandidates } from './recognise.ts'
import { isCut } from './record-readers.ts'

export type LineOptions = {
  readonly candidates: readonly Source[]
  readonly limits: ChunkLimits
  /** What the ledger knows of this evidence. */
  readonly ledger: readonly LedgerChunk[]
  /** The evidence may still be written to: a last line that is not whole is left for the next reading. */
  readonly mayGrow: boolean
  /** Reads the evidence, where that takes more than its bytes. Default: by its format. */
  readonly reader?: EvidenceReader | undefined
  /** What times of text lines leave out. Default: UTC, and the year is not known. */
  readonly logClock?: LogClock | undefined
}

/** IANA name of a zone, and a day as 2026-11-24 after which nothing in the evidence can have happened. */
export type LogClock = { readonly zone: string; readonly until: string }

const plainClock: LogClock = { zone: 'UTC', until: '2100-01-01' }

/**
 * Cuts evidence in whichever format into lines, and gives those that are not in the store yet. What is known goes to the account as
 * such. The bytes of a piece are valid only until the next one is asked for.
 */
export async function* linePieces(
  account: Account,
  bytes: AsyncIterable<Uint8Array>,
  { candidates, limits, ledger, mayGrow, reader, logClock = plainClock }: LineOptions,
): AsyncGenerator<Piece> {
  if (isCut(account.format)) {
    yield* cutPieces(account, bytes, { candidates, limits, ledger, mayGrow, reader, format: account.format })
    return
  }
  const isZeek = account.format === 'zeek-tsv'
  const isW3c = account.format === 'w3c'
  const knownEnds = [...new Set(ledger.map(chunk => chunk.byte_end))].sort((a, b) => a - b)
  let header = zeekDefaults
  let w3c = w3cDefaults
  for await (const part of cutChunks(bytes, { limits, knownEnds, cutAtHeaders: isZeek || isW3c })) {
    const span = spanOf(part)
    account.bytes = span.byte_end
    account.records = span.first_record + span.records
    if (part.kind === 'lines' && part.unterminated && mayGrow && !isWholeRecord(part.bytes, account.format)) {
      leaveForLater(account, span)
      continue
    }
    account.content_sha256 = span.prefix_sha256
    let headerLines = 0
    if (isZeek && part.kind === 'lines') {
      const read = readHeaders(header, part.bytes, account, readZeekHeaderLine)
      header = read.header
      headerLines = read.lines
    }
    if (isW3c && part.kind === 'lines') {
      const read = readHeaders(w3c, part.bytes, account, readW3cHeaderLine)
      w3c = read.header
      headerLines = read.lines
    }
    const known = knownAs(part, span, ledger)
    if (known !== undefined) {
      account.addKnown(span.records, known.outcome)
      continue
    }
    const cutOff = cutOffOf(span, ledger)
    yield part.kind === 'overlong'
      ? overlongPiece(account, part, span, cutOff)
      : { account, span, lines: part.bytes, headerLines, unreadable: [], cutOff, ...claimants() }
  }

  function claimants(): Pick<Piece, 'segment' | 'candidates' | 'seen'> {
    if (isW3c) {
      const own = w3cCandidates(w3c, candidates)
      for (const source of own) account.seen.add(source)
      return { segment: { format: 'w3c', ...w3c }, candidates: own, seen: new Set(own) }
    }
    if (account.format === 'text-lines')
      return { segment: { format: 'text-lines', ...logClock }, candidates, seen: account.seen }
    if (!isZeek) return { segment: { format: 'json-lines' }, candidates, seen: account.seen }
    const own = zeekCandidates(header, candidates)
    for (const source of own) account.seen.add(source)
    return { segment: segmentOf(header), candidates: own, seen: new Set(own) }
  }
}

function segmentOf({ separator, setSeparator, emptyField, unsetField, columns }: ZeekHeader): Segment {
  return { format: 'zeek-tsv', separator, setSeparator, emptyField, unsetField, columns }
}

/**
 * The chunk with these bytes that is in the store. A line that was read before its newline was written is the same line: nothing
 * that begins as a whole JSON object can go on and be one.
 */
function knownAs(part: Chunk | OverlongLine, span: ChunkSpan, ledger: readonly LedgerChunk[]): LedgerChunk | undefined {
  const before = part.kind === 'lines' ? part.before_newline_sha256 : undefined
  return ledger.find(
    chunk =>
      chunk.done &&
      chunk.byte_offset === span.byte_offset &&
      ((chunk.byte_end === span.byte_end && chunk.prefix_sha256 === span.prefix_sha256) ||
        (chunk.byte_end === span.byte_end - 1 && chunk.prefix_sha256 === before)),
  )
}

/** A JSON object is whole when it closes. Of a tab-separated line nobody can tell: its last value may go on. */
function isWholeRecord(line: Uint8Array, format: Account['format']): boolean {
  if (format !== 'json-lines') return false
  try {
    JSON.parse(Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString('utf8'))
    return true
  } catch {
    return false
  }
}

function leaveForLater(account: Account, span: ChunkSpan): void {
  account.add({ ...nothing, ignored: span.records, ignored_because: { 'unterminated-line': span.records } })
  account.problems.push(
    problemAt(account, `record ${span.first_record}`, {
      code: 'record/unterminated',
      expected: 'a newline at the end of the last line',
      found: `${span.byte_end - span.byte_offset} bytes that may still be being written; they are read once the line ends`,
    }),
  )
}

/** Header lines stand only at the start of a chunk: the cutter sees to it. */
function readHeaders<Header>(
  before: Header,
  bytes: Uint8Array,
  account: Account,
  readLine: (header: Header, line: string) => { readonly header: Header; readonly problem?: Problem },
): { header: Header; lines: number } {
  let [header, start, lines] = [before, 0, 0]
  while (bytes[start] === 0x23) {
    const end = bytes.indexOf(0x0a, start)
    const stop = end === -1 ? bytes.length : end
    const line = Buffer.from(bytes.subarray(start, stop)).toString('utf8').replace(/\r$/, '')
    const read = readLine(header, line)
    header = read.header
    if (read.problem !== undefined) account.problems.push({ ...read.problem, where: account.path })
    start = stop + 1
    lines += 1
  }
  return { header, lines }
}

function overlongPiece(
  account: Account,
  { byte_offset, bytes, record_number, excerpt }: OverlongLine,
  span: ChunkSpan,
  cutOff: CutOff | undefined,
): Piece {
  account.problems.push(
    problemAt(account, `byte ${byte_offset}`, {
      code: 'record/too-long',
      expected: 'a line of at most 16 MiB',
      found: `${bytes} bytes`,
    }),
  )
  const text = Buffer.from(excerpt).toString('utf8')
  const unreadable = [{ record_number, byte_offset, bytes, source: '', reason: 'record/too-long', excerpt: text }]
  const nobody = { segment: { format: 'json-lines' } as const, candidates: [], seen: new Set<Source>() }
  return { account, span, ...nobody, lines: new Uint8Array(), headerLines: 0, unreadable, cutOff }
}

function spanOf(part: Chunk | OverlongLine): ChunkSpan {
  const { byte_offset, prefix_sha256 } = part
  const place =
    part.kind === 'lines'
      ? { byte_end: byte_offset + part.bytes.length, first_record: part.first_record, records: part.records }
      : { byte_end: byte_offset + part.bytes, first_record: part.record_number, records: 1 }
  return { byte_offset, prefix_sha256, ...place }
}
