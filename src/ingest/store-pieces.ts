import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { ChunkPlace } from '../mapping/index.ts'
import { linePrefix } from '../mapping/index.ts'
import { rowsOf } from '../model/index.ts'
import type { IngestContext } from './context.ts'
import { worldFailure } from './context.ts'
import type { Insertion } from './insert.ts'
import { insert } from './insert.ts'
import type { Entry, Outcome } from './ledger.ts'
import { addOutcomes, digestOf, nothing, tokenOf, writeDown } from './ledger.ts'
import type { Piece } from './piece.ts'

/**
 * Takes pieces into the store, exactly once. Each is written down as intended, inserted under a token that is made of its
 * bytes, and written down as done. What an earlier reading intended is inserted again under the same token: what had
 * arrived changes nothing.
 */

/** One piece by itself: for what is large. `file` holds its lines and becomes the store's. */
export async function storePiece(context: IngestContext, piece: Piece, file: string): Promise<void> {
  const [entry] = entriesOf(context, [piece], '')
  if (entry === undefined) return
  if (piece.intended === undefined) await writeDown(context.store, [entry], 'intended')
  const outcome = await storeAlone(context, piece, entry, file)
  await writeDown(context.store, [{ ...entry, outcome }], 'done')
  piece.account.add(outcome)
}

/**
 * Many small pieces at once: those that are read alike go in by the same statements, and the ledger is written once for
 * all. Costs about as much as a single piece does.
 */
export async function storePieces(context: IngestContext, pieces: readonly Piece[]): Promise<void> {
  const entries: Entry[] = []
  for (const batch of batchesOf(pieces)) {
    const token = batch.length === 1 ? '' : `batch/${digestOf(batch.map(named))}`
    const whole = batch.every(({ intended }) => intended === undefined || intended.batch === token)
    // Of a batch that was cut off only some came again, or others with them: what has arrived of it must be looked up.
    if (whole) entries.push(...(await storeBatch(context, batch, token)))
    else for (const piece of batch) entries.push(...(await storeBatch(context, [piece], piece.intended?.batch ?? '')))
  }
  await writeDown(context.store, entries, 'done')
}

async function storeBatch(context: IngestContext, batch: readonly Piece[], token: string): Promise<readonly Entry[]> {
  const entries = entriesOf(context, batch, token)
  const fresh = entries.filter((_, nth) => batch[nth]?.intended === undefined)
  await writeDown(context.store, fresh, 'intended')
  const outcomes: Outcome[] = []
  const [only, entry] = [batch[0], entries[0]]
  if (batch.length === 1 && only !== undefined && entry !== undefined) {
    const file = await writeChunk(
      context,
      [only.lines],
      `${only.account.evidence_id.slice(0, 16)}-${only.span.byte_offset}`,
    )
    outcomes.push(await storeAlone(context, only, entry, file))
  } else {
    const file = await writeChunk(context, prefixedLines(batch), token.replace('/', '-'))
    const places = entries.map((one, nth) => behindHeaders(placeOf(one), batch[nth]))
    const insertion: Insertion = { pieces: batch, places, file, prefixed: true, token }
    outcomes.push(...withUnreadable(batch, await insert(context, insertion)))
    await quarantineUnreadable(context, batch, entries, token)
  }
  for (const [nth, { account }] of batch.entries()) account.add(outcomes[nth] ?? nothing)
  return entries.map((entry, nth) => ({ ...entry, outcome: outcomes[nth] ?? nothing }))
}

async function storeAlone(context: IngestContext, piece: Piece, entry: Entry, file: string): Promise<Outcome> {
  const token = tokenOf(entry.evidence_id, entry.span, '').slice(0, -1)
  const { intended } = piece
  const ofBatch = intended !== undefined && intended.batch !== ''
  if (ofBatch) await settled(context, intended.batch)
  const unless = ofBatch ? { unlessStored: entry.span.records } : {}
  const outcomes =
    piece.lines.length === 0
      ? [nothing]
      : await insert(context, { pieces: [piece], places: [placeOf(entry)], file, prefixed: false, token, ...unless })
  await quarantineUnreadable(context, [piece], [entry], token)
  return withUnreadable([piece], outcomes)[0] ?? nothing
}

/** Waits until no server works at a batch any more on behalf of a process that is gone. */
async function settled({ store, signal }: IngestContext, batch: string): Promise<void> {
  const options = { params: { batch }, ...(signal === undefined ? {} : { signal }) }
  const underWay = async () => Number((await rowsOf(store, 'batch-under-way', options))[0]?.statements ?? 0)
  while ((await underWay()) > 0);
}

function withUnreadable(pieces: readonly Piece[], outcomes: readonly Outcome[]): readonly Outcome[] {
  return pieces.map(({ unreadable }, nth) =>
    addOutcomes(outcomes[nth] ?? nothing, { ...nothing, malformed: unreadable.length }),
  )
}

/** In one statement and under a token of its own: the same pieces always bring the same rows. */
async function quarantineUnreadable(
  { store }: IngestContext,
  pieces: readonly Piece[],
  entries: readonly Entry[],
  token: string,
): Promise<void> {
  const rows = pieces.flatMap(({ unreadable, span }, nth) =>
    unreadable.map(record => ({
      evidence_id: entries[nth]?.evidence_id ?? '',
      field: '',
      ingest_sequence: (entries[nth]?.sequence ?? 0) + record.record_number - span.first_record,
      ...record,
    })),
  )
  await store.append('malformed', rows, `${token}/unreadable`)
}

/** Sequences are given out in the order of the pieces; what was intended keeps the ones it was given. */
function entriesOf({ sequence }: IngestContext, pieces: readonly Piece[], batch: string): readonly Entry[] {
  return pieces.map(piece => ({
    ...named(piece),
    sequence: piece.intended?.sequence ?? sequence.take(piece.span.records),
    batch,
  }))
}

function named({ account, span }: Piece): Pick<Entry, 'evidence_id' | 'span'> {
  return { evidence_id: account.evidence_id, span }
}

/** Pieces that the same statements read, in their order. */
function batchesOf(pieces: readonly Piece[]): readonly (readonly Piece[])[] {
  const batches = new Map<string, Piece[]>()
  for (const piece of pieces) {
    const key = JSON.stringify([piece.segment, piece.candidates.map(({ id }) => id)])
    const batch = batches.get(key)
    if (batch === undefined) batches.set(key, [piece])
    else batch.push(piece)
  }
  return [...batches.values()]
}

/** The place of a piece's first line in its chunk file. */
function placeOf({ evidence_id, span, sequence }: Entry): ChunkPlace {
  return { evidence_id, first_record: span.first_record, sequence, byte_offset: span.byte_offset }
}

/** The same place where its header lines are left out of the file: line numbers stay as they are, bytes do not. */
function behindHeaders(place: ChunkPlace, piece: Piece | undefined): ChunkPlace {
  let bytes = 0
  for (let line = 0; piece !== undefined && line < piece.headerLines; line += 1) {
    const end = piece.lines.indexOf(0x0a, bytes)
    bytes = end === -1 ? piece.lines.length : end + 1
  }
  return { ...place, byte_offset: place.byte_offset + bytes }
}

/** Every line of the pieces that the engine is to read, behind where it belongs: index of its piece, number in it. */
function* prefixedLines(pieces: readonly Piece[]): Generator<Uint8Array> {
  for (const [nth, { lines, headerLines, unreadable, span }] of pieces.entries()) {
    const skipped = new Set(unreadable.map(({ record_number }) => record_number - span.first_record))
    const parts: Uint8Array[] = []
    for (let [start, line] = [0, 0]; start < lines.length; line += 1) {
      const end = lines.indexOf(0x0a, start)
      const stop = end === -1 ? lines.length : end
      if (line >= headerLines && !skipped.has(line))
        parts.push(Buffer.from(linePrefix(nth, line)), lines.subarray(start, stop), newline)
      start = stop + 1
    }
    yield Buffer.concat(parts)
  }
}

const newline = Buffer.from('\n')

/** Puts lines where the engine can read them. Throws `store/full`. */
export async function writeChunk(context: IngestContext, parts: Iterable<Uint8Array>, name: string): Promise<string> {
  const path = join(context.tmp, `${name}.chunk`)
  try {
    const file = await open(path, 'w')
    try {
      for (const part of parts) await file.writeFile(part)
    } finally {
      await file.close()
    }
  } catch (cause) {
    throw worldFailure(`A chunk of evidence could not be written to ${path}`, cause)
  }
  return path
}
