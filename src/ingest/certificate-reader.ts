import type { Problem } from '../base/index.ts'
import { CountersealError, excerpt } from '../base/index.ts'
import type { Source } from '../mapping/index.ts'
import type { CertificateRecord } from './certificates.ts'
import { bundleIdOf, longestBundle, readCertificates } from './certificates.ts'
import type { IngestContext } from './context.ts'
import type { EvidenceFile } from './evidence-file.ts'
import { insertChunk, writeChunk } from './insert-chunk.ts'
import type { ChunkSpan, LedgerChunk, Outcome } from './ledger.ts'
import { chunksOf, nothing, writeDown } from './ledger.ts'
import type { Totals } from './reading.ts'
import { joined } from './reading.ts'

/** A certificate that could not be read, with its number in the file. */
type BadCertificate = CertificateRecord & { readonly record_number: number; readonly problem: Problem }

/** Certificates: the whole file is one chunk of the lines our reader makes of it. */
export class CertificateReader {
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
    bad: readonly BadCertificate[],
    known: LedgerChunk | undefined,
  ): Promise<Outcome> {
    const { store } = this.#context
    const sequence = known?.sequence ?? this.#context.sequence.take(span.records)
    if (known === undefined) await writeDown(store, evidence_id, span, sequence, 'intended')
    const rows = bad.map(({ record_number, byte_offset, bytes, problem, line }) => ({
      evidence_id,
      record_number,
      byte_offset,
      bytes,
      source: 'certificate-file',
      reason: problem.code,
      field: '',
      excerpt: excerpt(line, 4096),
      ingest_sequence: sequence + record_number,
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
