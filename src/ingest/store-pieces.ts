import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ChunkPlace } from '../mapping/index.ts'
import { rowsOf } from '../model/index.ts'
import type { IngestContext } from './context.ts'
import { worldFailure } from './context.ts'
import { insert } from './insert.ts'
import type { Entry, Outcome } from './ledger.ts'
import { addOutcomes, newToken, nothing, writeDown } from './ledger.ts'
import type { Piece } from './piece.ts'
import { headerBytes, prefixedLines } from './prefixed-lines.ts'
import { takeCertificates } from './take-certificates.ts'
import { quarantineUnreadable } from './unreadable.ts'

/**
 * Takes pieces into the store, exactly once. Each is written down as intended, inserted, and written down as done. What
 * an earlier reading intended and did not finish is completed: what has arrived of it is looked up and left out
 * (docs/decisions/0006).
 */

/** One piece by itself: for what is large. `file` holds its lines and becomes the store's. */
export async function storePiece(context: IngestContext, piece: Piece, file: string): Promise<void> {
  const entries = await begin(context, [piece])
  await writeDown(context.store, entries, 'intended')
  const [outcome] = await insertAll(context, [piece], entries, async () => ({ file, prefixed: false }))
  if (piece.lines.length === 0) await rm(file, { force: true })
  await finish(context, [piece], entries, [outcome ?? nothing])
}

/**
 * Many small pieces at once: those that are read alike go in by the same statements, and the ledger is written once for
 * all. Costs about as much as a single piece does.
 */
export async function storePieces(context: IngestContext, pieces: readonly Piece[]): Promise<void> {
  const batches = batchesOf(pieces)
  const entries: (readonly Entry[])[] = []
  for (const batch of batches) entries.push(await begin(context, batch))
  await writeDown(context.store, entries.flat(), 'intended')
  const outcomes: (readonly Outcome[])[] = []
  for (const [nth, batch] of batches.entries()) outcomes.push(await storeBatch(context, batch, entries[nth] ?? []))
  await finish(context, batches.flat(), entries.flat(), outcomes.flat())
}

async function storeBatch(
  context: IngestContext,
  batch: readonly Piece[],
  entries: readonly Entry[],
): Promise<readonly Outcome[]> {
  const [only] = batch
  const name = entries[0]?.token ?? ''
  return await insertAll(context, batch, entries, async () =>
    batch.length === 1 && only !== undefined
      ? { file: await writeChunk(context, [only.lines], name), prefixed: false }
      : { file: await writeChunk(context, prefixedLines(batch), name), prefixed: true },
  )
}

/**
 * Gives the pieces their sequences and a token, and waits until no server works any more at what was cut off.
 * Sequences are given out in the order of the pieces; a chunk that was cut off keeps those it was given.
 */
async function begin(context: IngestContext, pieces: readonly Piece[]): Promise<readonly Entry[]> {
  await settled(
    context,
    pieces.flatMap(({ cutOff }) => cutOff?.tokens ?? []),
  )
  const token = newToken()
  return pieces.map(({ account, span, cutOff }) => ({
    evidence_id: account.evidence_id,
    span,
    sequence: cutOff?.sequence ?? context.sequence.take(span.records),
    token,
  }))
}

type Lines = { readonly file: string; readonly prefixed: boolean }

async function insertAll(
  context: IngestContext,
  pieces: readonly Piece[],
  entries: readonly Entry[],
  write: () => Promise<Lines>,
): Promise<readonly Outcome[]> {
  const [entry] = entries
  const completes = pieces.some(({ cutOff }) => cutOff !== undefined)
  const token = entry?.token ?? ''
  let outcomes: readonly Outcome[] = pieces.map(() => nothing)
  if (pieces.some(({ lines }) => lines.length > 0)) {
    const { file, prefixed } = await write()
    const places = entries.map((one, nth) => placeOf(one, prefixed ? headerBytes(pieces[nth]) : 0))
    outcomes = await insert(context, { pieces, places, file, prefixed, token, completes })
  }
  await quarantineUnreadable(context, pieces, entries, completes)
  await takeCertificates(context, pieces, entries, writeChunk)
  return outcomes.map((outcome, nth) =>
    addOutcomes(outcome, { ...nothing, malformed: pieces[nth]?.unreadable.length ?? 0 }),
  )
}

async function finish(
  { store }: IngestContext,
  pieces: readonly Piece[],
  entries: readonly Entry[],
  outcomes: readonly Outcome[],
): Promise<void> {
  const done = entries.map((entry, nth) => ({ ...entry, outcome: outcomes[nth] ?? nothing }))
  await writeDown(store, done, 'done')
  for (const [nth, { account }] of pieces.entries()) account.add(outcomes[nth] ?? nothing)
}

/** Waits until no server works at these insertions any more on behalf of a process that is gone. */
async function settled({ store, signal }: IngestContext, tokens: readonly string[]): Promise<void> {
  if (tokens.length === 0) return
  const options = { params: { tokens: [...new Set(tokens)] }, ...(signal === undefined ? {} : { signal }) }
  const underWay = async () => Number((await rowsOf(store, 'insertions-under-way', options))[0]?.statements ?? 0)
  while ((await underWay()) > 0);
}

/** Pieces that the same statements read, in their order. What completes an earlier insertion goes by itself. */
function batchesOf(pieces: readonly Piece[]): readonly (readonly Piece[])[] {
  const batches = new Map<string, Piece[]>()
  for (const piece of pieces) {
    const { segment, candidates, cutOff } = piece
    const key = JSON.stringify([segment, candidates.map(({ id }) => id), cutOff !== undefined])
    const batch = batches.get(key)
    if (batch === undefined) batches.set(key, [piece])
    else batch.push(piece)
  }
  return [...batches.values()]
}

/** Line numbers are those of the piece, headers included, also where these are left out of the file; bytes are not. */
function placeOf({ evidence_id, span, sequence }: Entry, skippedBytes: number): ChunkPlace {
  return { evidence_id, first_record: span.first_record, sequence, byte_offset: span.byte_offset + skippedBytes }
}

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
