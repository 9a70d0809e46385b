import { resolve } from 'node:path'
import type { Problem } from '../base/index.ts'
import { excerpt } from '../base/index.ts'
import { CertificateReader } from './certificate-reader.ts'
import type { IngestContext } from './context.ts'
import type { EvidenceFile } from './evidence-file.ts'
import { openEvidence } from './evidence-file.ts'
import { nothing } from './ledger.ts'
import { LineReader } from './line-reader.ts'
import type { Reading, Totals } from './reading.ts'
import { headBytes, recognise } from './recognise.ts'

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

/** One row per reading that found something new or the same bytes under a new path. */
async function register(
  context: IngestContext,
  reading: Totals & { readonly problems: readonly Problem[] },
  complete: boolean,
): Promise<void> {
  const { evidence_id, content_sha256, path, format, problems, known: _, ...counts } = reading
  const row = {
    ...counts,
    evidence_id,
    content_sha256,
    path: resolve(path),
    reader: format,
    read_at: new Date().toISOString(),
    complete,
    problems: problems.map(problem => excerpt(JSON.stringify(problem), 1000)),
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
