import { resolve } from 'node:path'
import type { Problem } from '../base/index.ts'
import { CountersealError, excerpt } from '../base/index.ts'
import type { ZeekHeader } from '../formats/index.ts'
import { readZeekHeaderLine, zeekDefaults } from '../formats/index.ts'
import type { Format, Segment, Source } from '../mapping/index.ts'
import { isMapped } from '../mapping/index.ts'
import type { Row } from '../model/index.ts'
import { bundleIdOf, longestBundle, readCertificates } from './certificates.ts'
import type { Chunk, OverlongLine } from './chunks.ts'
import { cutChunks } from './chunks.ts'
import type { IngestContext } from './context.ts'
import type { EvidenceFile } from './evidence-file.ts'
import { openEvidence } from './evidence-file.ts'
import { evidenceIdOf } from './identity.ts'
import { insertChunk, writeChunk } from './insert-chunk.ts'
import type { ChunkSpan, LedgerChunk, Outcome } from './ledger.ts'
import { addOutcomes, chunksOf, nothing, writeDown } from './ledger.ts'
import { headBytes, recognise, zeekCandidates } from './recognise.ts'

/** What became of one file. records = stored + malformed + ignored, always. */
export type Reading = Outcome & {
  readonly path: string
  /** Empty when the file was not recognised. */
  readonly evidence_id: string
  readonly format?: Format
  /** Sources that claimed records, by id. */
  readonly sources: readonly string[]
  /** Decompressed bytes. */
  readonly bytes: number
  readonly records: number
  /** Records that were in the store before. */
  readonly known: number
  readonly problems: readonly Problem[]
  /** Why the file was not read. */
  readonly unknown?: string
}

/** Reads one file into the store; what is there already stays as it is. Throws what ends the whole work. */
export async function ingestFile(context: IngestContext, file: EvidenceFile): Promise<Reading> {
  const stream = await openEvidence(file.path, context.signal)
  const { head, rest } = await peek(stream.bytes)
  const recognition = recognise(head, context.sources)
  const empty = {
    path: file.path,
    evidence_id: '',
    sources: [],
    bytes: 0,
    records: 0,
    known: 0,
    problems: stream.problems,
    ...nothing,
  }
  if ('unknown' in recognition) {
    await rest.return?.()
    return { ...empty, unknown: recognition.unknown }
  }
  const { format, candidates, seen } = recognition
  const reader =
    format === 'certificates'
      ? new CertificateReader(context, file, candidates)
      : new LineReader(context, file, format, candidates, seen)
  const reading = await reader.read(head, rest)
  const problems = [...stream.problems, ...reading.problems]
  await register(context, { ...reading, problems }, stream.problems.length === 0)
  return { ...reading, problems }
}

type Totals = Reading & { readonly format: Format; readonly content_sha256: string }

/** Lines, in whichever format: cut, written down, inserted one chunk behind the cutting. */
class LineReader {
  readonly #context: IngestContext
  readonly #file: EvidenceFile
  readonly #format: 'json-lines' | 'zeek-tsv'
  readonly #candidates: readonly Source[]
  readonly #seen: Set<Source>
  readonly #problems: Problem[] = []
  #outcome = nothing
  #known = 0
  #header: ZeekHeader = zeekDefaults
  #underWay: Promise<void> = Promise.resolve()

  constructor(
    context: IngestContext,
    file: EvidenceFile,
    format: 'json-lines' | 'zeek-tsv',
    candidates: readonly Source[],
    seen: readonly Source[],
  ) {
    this.#context = context
    this.#file = file
    this.#format = format
    this.#candidates = candidates
    this.#seen = new Set(seen)
  }

  async read(head: Uint8Array, rest: AsyncIterable<Uint8Array>): Promise<Totals> {
    const evidence_id = evidenceIdOf(head)
    const ledger = await chunksOf(this.#context.store, evidence_id)
    const knownEnds = [...new Set(ledger.map(chunk => chunk.byte_end))].sort((a, b) => a - b)
    const options = { limits: this.#context.limits, knownEnds, cutAtHeaders: this.#format === 'zeek-tsv' }
    let [bytes, records, content_sha256] = [0, 0, '']
    try {
      for await (const part of cutChunks(joined(head, rest), options)) {
        stopIfAborted(this.#context, this.#file.path, part.byte_offset)
        const span = spanOf(part)
        await this.#take(evidence_id, part, span, ledger)
        bytes = span.byte_end
        records = span.first_record + span.records
        content_sha256 = span.prefix_sha256
        this.#context.onProgress?.({ path: this.#file.path, fileBytes: Math.min(bytes, this.#file.size), records })
      }
    } finally {
      await this.#underWay.catch(() => undefined) // an error of the chunk under way is thrown by the line below, or another is on its way
    }
    await this.#underWay
    const sources = [...this.#seen].filter(isMapped).map(source => source.id)
    return {
      path: this.#file.path,
      evidence_id,
      format: this.#format,
      sources,
      bytes,
      records,
      known: this.#known,
      problems: this.#problems,
      content_sha256,
      ...this.#outcome,
    }
  }

  async #take(
    evidence_id: string,
    part: Chunk | OverlongLine,
    span: ChunkSpan,
    ledger: readonly LedgerChunk[],
  ): Promise<void> {
    const known = ledger.find(
      chunk =>
        chunk.byte_offset === span.byte_offset &&
        chunk.byte_end === span.byte_end &&
        chunk.prefix_sha256 === span.prefix_sha256,
    )
    const headerLines = part.kind === 'lines' ? this.#readHeaders(part.bytes) : 0
    if (known?.done === true) {
      this.#known += span.records
      this.#outcome = addOutcomes(this.#outcome, known.outcome)
      return
    }
    const sequence = known?.sequence ?? this.#context.sequence.take(span.records)
    const store = this.#context.store
    if (part.kind === 'overlong') {
      await this.#underWay
      const outcome = await quarantineOverlong(this.#context, evidence_id, part, sequence)
      this.#problems.push(overlongProblem(this.#file.path, part))
      await writeDown(store, evidence_id, span, sequence, 'done', outcome)
      this.#outcome = addOutcomes(this.#outcome, outcome)
      return
    }
    const segment = this.#segment()
    const candidates = segment.format === 'zeek-tsv' ? zeekCandidates(this.#header, this.#candidates) : this.#candidates
    const seen = segment.format === 'zeek-tsv' ? new Set(candidates) : this.#seen
    for (const source of seen) this.#seen.add(source)
    const file = await writeChunk(this.#context, part.bytes, `${evidence_id.slice(0, 16)}-${span.byte_offset}.chunk`)
    await this.#underWay
    const place = { evidence_id, first_record: span.first_record, sequence, byte_offset: span.byte_offset }
    this.#underWay = (async () => {
      if (known === undefined) await writeDown(store, evidence_id, span, sequence, 'intended')
      const job = { path: this.#file.path, span, place, segment, candidates, seen, headerLines }
      const outcome = await insertChunk(this.#context, file, job, this.#problems)
      await writeDown(store, evidence_id, span, sequence, 'done', outcome)
      this.#outcome = addOutcomes(this.#outcome, outcome)
    })()
    this.#underWay.catch(() => undefined) // awaited before the next chunk; this only keeps Node from calling it unhandled
  }

  #segment(): Segment {
    const { separator, setSeparator, emptyField, unsetField, columns } = this.#header
    return this.#format === 'zeek-tsv'
      ? { format: 'zeek-tsv', separator, setSeparator, emptyField, unsetField, columns }
      : { format: 'json-lines' }
  }

  /** Header lines stand only at the start of a chunk: the cutter sees to it. Returns how many there are. */
  #readHeaders(bytes: Uint8Array): number {
    if (this.#format !== 'zeek-tsv') return 0
    let [start, lines] = [0, 0]
    while (bytes[start] === 0x23) {
      const end = bytes.indexOf(0x0a, start)
      const stop = end === -1 ? bytes.length : end
      const line = Buffer.from(bytes.subarray(start, stop)).toString('utf8').replace(/\r$/, '')
      const { header, problem } = readZeekHeaderLine(this.#header, line)
      this.#header = header
      if (problem !== undefined) this.#problems.push({ ...problem, where: this.#file.path })
      start = stop + 1
      lines += 1
    }
    return lines
  }
}

/** Certificates: the whole file is one chunk of the lines our reader makes of it. */
class CertificateReader {
  readonly #context: IngestContext
  readonly #file: EvidenceFile
  readonly #candidates: readonly Source[]

  constructor(context: IngestContext, file: EvidenceFile, candidates: readonly Source[]) {
    this.#context = context
    this.#file = file
    this.#candidates = candidates
  }

  async read(head: Uint8Array, rest: AsyncIterable<Uint8Array>): Promise<Totals> {
    const { store } = this.#context
    const content = await collect(joined(head, rest), this.#file.path)
    const evidence_id = bundleIdOf(content)
    const records = readCertificates(content, new Date())
    const span = {
      byte_offset: 0,
      byte_end: content.length,
      first_record: 0,
      records: records.length,
      prefix_sha256: evidence_id,
    }
    const known = (await chunksOf(store, evidence_id)).find(chunk => chunk.byte_end === content.length)
    const bad = records.flatMap((record, record_number) =>
      record.problem === undefined ? [] : [{ ...record, record_number, problem: record.problem }],
    )
    const problems = bad.map(({ problem, byte_offset }) => ({
      ...problem,
      where: `${this.#file.path}, byte ${byte_offset}`,
    }))
    const outcome =
      known?.done === true
        ? known.outcome
        : await this.#store(
            evidence_id,
            span,
            records.map(({ line }) => line),
            bad,
            known,
          )
    const base = {
      path: this.#file.path,
      evidence_id,
      format: 'certificates' as const,
      sources: this.#candidates.map(source => source.id),
    }
    return {
      ...base,
      bytes: content.length,
      records: records.length,
      known: known?.done === true ? records.length : 0,
      problems,
      content_sha256: evidence_id,
      ...outcome,
    }
  }

  async #store(
    evidence_id: string,
    span: ChunkSpan,
    lines: readonly string[],
    bad: readonly {
      readonly record_number: number
      readonly byte_offset: number
      readonly bytes: number
      readonly problem: Problem
      readonly line: string
    }[],
    known: LedgerChunk | undefined,
  ): Promise<Outcome> {
    const { store } = this.#context
    const sequence = known?.sequence ?? this.#context.sequence.take(span.records)
    if (known === undefined) await writeDown(store, evidence_id, span, sequence, 'intended')
    const rows = bad.map(({ record_number, byte_offset, bytes, problem, line }) => ({
      ...{
        evidence_id,
        record_number,
        byte_offset,
        bytes,
        source: 'certificate-file',
        reason: problem.code,
        field: '',
      },
      ...{ excerpt: excerpt(line, 4096), ingest_sequence: sequence + record_number },
    }))
    await store.append('malformed', rows, `${evidence_id}/malformed`)
    // A blank line keeps the place of a certificate that could not be read, so the numbers of the others hold.
    const badNumbers = new Set(bad.map(({ record_number }) => record_number))
    const text = lines.map((line, index) => `${badNumbers.has(index) ? '' : line}\n`).join('')
    const file = await writeChunk(this.#context, Buffer.from(text), `${evidence_id.slice(0, 16)}-0.chunk`)
    const place = { evidence_id, first_record: 0, sequence, byte_offset: 0 }
    const job = {
      path: this.#file.path,
      span,
      place,
      segment: { format: 'certificates' as const },
      candidates: this.#candidates,
      seen: new Set(this.#candidates),
      headerLines: 0,
    }
    const inserted = await insertChunk(this.#context, file, job, [])
    const outcome = { ...nothing, stored: inserted.stored, malformed: bad.length + inserted.malformed }
    await writeDown(store, evidence_id, span, sequence, 'done', outcome)
    return outcome
  }
}

function stopIfAborted(context: IngestContext, path: string, offset: number): void {
  if (context.signal?.aborted !== true) return
  throw new CountersealError('work/aborted', { message: `Reading ${path} was stopped at byte ${offset}.` })
}

async function quarantineOverlong(
  context: IngestContext,
  evidence_id: string,
  line: OverlongLine,
  sequence: number,
): Promise<Outcome> {
  const row: Row = {
    ...{ evidence_id, record_number: line.record_number, byte_offset: line.byte_offset, bytes: line.bytes, source: '' },
    ...{
      reason: 'record/too-long',
      field: '',
      excerpt: Buffer.from(line.excerpt).toString('utf8'),
      ingest_sequence: sequence,
    },
  }
  await context.store.append('malformed', [row], `${evidence_id}/${line.byte_offset}/${line.prefix_sha256}/overlong`)
  return { ...nothing, malformed: 1 }
}

function overlongProblem(path: string, line: OverlongLine): Problem {
  return {
    code: 'record/too-long',
    where: `${path}, byte ${line.byte_offset}`,
    expected: 'a line of at most 16 MiB',
    found: `${line.bytes} bytes`,
  }
}

function spanOf(part: Chunk | OverlongLine): ChunkSpan {
  const { byte_offset, prefix_sha256 } = part
  if (part.kind === 'lines')
    return {
      byte_offset,
      byte_end: byte_offset + part.bytes.length,
      first_record: part.first_record,
      records: part.records,
      prefix_sha256,
    }
  return {
    byte_offset,
    byte_end: byte_offset + part.bytes,
    first_record: part.record_number,
    records: 1,
    prefix_sha256,
  }
}

/** One row per reading that found something new or the same bytes under a new path. */
async function register(
  context: IngestContext,
  reading: Totals & { readonly problems: readonly Problem[] },
  complete: boolean,
): Promise<void> {
  const {
    evidence_id,
    content_sha256,
    bytes,
    path,
    format,
    sources,
    records,
    stored,
    malformed,
    ignored,
    ignored_because,
  } = reading
  const row = {
    ...{
      evidence_id,
      content_sha256,
      bytes,
      path: resolve(path),
      reader: format,
      sources,
      read_at: new Date().toISOString(),
    },
    ...{
      records,
      stored,
      malformed,
      ignored,
      ignored_because,
      complete,
      problems: reading.problems.map(problem => excerpt(JSON.stringify(problem), 1000)),
    },
  }
  await context.store.append('evidence', [row], `${evidence_id}/${content_sha256}/${path}`)
}

type Peeked = { readonly head: Uint8Array; readonly rest: AsyncIterator<Uint8Array> & AsyncIterable<Uint8Array> }

async function peek(bytes: AsyncIterable<Uint8Array>): Promise<Peeked> {
  const iterator = bytes[Symbol.asyncIterator]()
  const pieces: Uint8Array[] = []
  let length = 0
  while (length < headBytes) {
    const next = await iterator.next()
    if (next.done === true) break
    pieces.push(next.value)
    length += next.value.length
  }
  const rest = Object.assign(iterator, { [Symbol.asyncIterator]: () => rest }) as Peeked['rest'] // the iterator is its own iterable from here on
  return { head: Buffer.concat(pieces), rest }
}

async function* joined(head: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head
  yield* rest
}

async function collect(bytes: AsyncIterable<Uint8Array>, path: string): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of bytes) {
    length += piece.length
    if (length > longestBundle)
      throw new CountersealError('input/unreadable', {
        message: `${path} holds certificates and more than ${longestBundle} bytes: split it.`,
      })
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}
