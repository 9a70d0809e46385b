import { createReadStream, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ZeekHeader } from '../src/formats/index.ts'
import { readZeekHeaderLine, zeekDefaults } from '../src/formats/index.ts'
import { cutChunks } from '../src/ingest/chunks.ts'
import { zeekCandidates } from '../src/ingest/recognise.ts'
import type { Segment, Source } from '../src/mapping/index.ts'
import { claims, isMapped } from '../src/mapping/index.ts'
import type { Subject } from './subject.ts'

/** A chunk as `ingest` would hand it to the engine, on disk before the clock starts. */
export type ChunkFile = {
  readonly path: string
  readonly bytes: number
  readonly first_record: number
  readonly records: number
  readonly segment: Segment
  /** By id, as are the next: a job goes to another process as JSON. */
  readonly candidates: readonly string[]
  /** Those that claim records of the file. */
  readonly sources: readonly string[]
}

/** Cuts the files of a subject with the limits and the cutter of the product, which is not part of what is timed. */
export async function cutSubject(
  subject: Subject,
  sources: readonly Source[],
  directory: string,
): Promise<readonly ChunkFile[]> {
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
  const ofProducer = sources.filter(
    source => source.producer === subject.producer && source.formats.includes(subject.format),
  )
  const found: ChunkFile[] = []
  for (const file of subject.files) {
    let header: ZeekHeader = zeekDefaults
    const here: ChunkFile[] = []
    const seen = new Set<Source>()
    for await (const chunk of cutChunks(createReadStream(file, { highWaterMark: 1 << 20 }), {
      cutAtHeaders: subject.format === 'zeek-tsv',
    })) {
      if (chunk.kind !== 'lines')
        throw new Error(`${file} has a line of ${chunk.bytes} bytes, which no benchmark measures`)
      const text = Buffer.from(chunk.bytes.subarray(0, 1 << 20)).toString('utf8')
      for (const line of text.split('\n')) {
        if (!line.startsWith('#')) break
        header = readZeekHeaderLine(header, line).header
      }
      const candidates = subject.format === 'zeek-tsv' ? zeekCandidates(header, ofProducer) : ofProducer
      if (subject.format === 'zeek-tsv') for (const source of candidates) seen.add(source)
      else for (const source of claimants(text, candidates)) seen.add(source)
      const path = join(directory, `${found.length + here.length}.chunk`)
      writeFileSync(path, chunk.bytes)
      const { separator, setSeparator, emptyField, unsetField, columns } = header
      const segment: Segment =
        subject.format === 'zeek-tsv'
          ? { format: 'zeek-tsv', separator, setSeparator, emptyField, unsetField, columns }
          : { format: 'json-lines' }
      here.push({
        path,
        bytes: chunk.bytes.length,
        first_record: chunk.first_record,
        records: chunk.records,
        segment,
        candidates: candidates.map(source => source.id),
        sources: [],
      })
    }
    const mapped = ofProducer
      .filter(source => seen.has(source))
      .filter(isMapped)
      .map(source => source.id)
    for (const chunk of here) found.push({ ...chunk, sources: mapped })
  }
  return found
}

function claimants(text: string, candidates: readonly Source[]): ReadonlySet<Source> {
  const seen = new Set<Source>()
  for (const line of text.split('\n').slice(0, -1)) {
    const record = JSON.parse(line) as Record<string, unknown> // written by our own generator, or read before
    const claimant = candidates.find(source => claims(source, record))
    if (claimant !== undefined) seen.add(claimant)
  }
  return seen
}
