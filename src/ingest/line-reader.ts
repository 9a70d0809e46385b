import type { Problem } from '../base/index.ts'
import { CountersealError } from '../base/index.ts'
import type { ZeekHeader } from '../formats/index.ts'
import { readZeekHeaderLine, zeekDefaults } from '../formats/index.ts'
import type { Segment, Source } from '../mapping/index.ts'
import { isMapped } from '../mapping/index.ts'
import type { Row } from '../model/index.ts'
import type { Chunk, OverlongLine } from './chunks.ts'
import { cutChunks } from './chunks.ts'
import type { IngestContext } from './context.ts'
import type { EvidenceFile } from './evidence-file.ts'
import { evidenceIdOf } from './identity.ts'
import { insertChunk, writeChunk } from './insert-chunk.ts'
import type { ChunkSpan, LedgerChunk, Outcome } from './ledger.ts'
import { addOutcomes, chunksOf, nothing, writeDown } from './ledger.ts'
import type { Totals } from './reading.ts'
import { joined } from './reading.ts'
import { zeekCandidates } from './recognise.ts'

/** Lines, in whichever format: cut, written down, inserted one chunk behind the cutting. */
export class LineReader {
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
    evidence_id,
    record_number: line.record_number,
    byte_offset: line.byte_offset,
    bytes: line.bytes,
    source: '',
    reason: 'record/too-long',
    field: '',
    excerpt: Buffer.from(line.excerpt).toString('utf8'),
    ingest_sequence: sequence,
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
