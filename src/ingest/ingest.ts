import { hasSignatureBlock } from '../authenticode/index.ts'
import type { Problem } from '../base/index.ts'
import { CountersealError } from '../base/index.ts'
import { BundleReader } from './bundle-reader.ts'
import { collectBundle } from './certificate-pieces.ts'
import { bundleIdOf } from './certificates.ts'
import type { IngestContext } from './context.ts'
import type { Evidence } from './evidence-file.ts'
import { evidenceUnder } from './evidence-file.ts'
import { InFlight } from './in-flight.ts'
import { knownOf } from './ledger.ts'
import type { LogClock } from './line-pieces.ts'
import { linePieces } from './line-pieces.ts'
import type { OpenedEvidence, SmallEvidence } from './pile.ts'
import { Pile, preparePile, takePile } from './pile.ts'
import type { Reading } from './reading.ts'
import { Account, joined, unreadReading } from './reading.ts'
import { headBytes, recognise, recogniseSigned } from './recognise.ts'
import { headIdOf } from './record-readers.ts'
import { readingOf, register } from './register.ts'
import { HiveShelf } from './registry-hives.ts'
import { lastPart } from './registry-mount.ts'
import type { SignedEvidence, VerifiedFile } from './signature-shelf.ts'
import { SignatureShelf } from './signature-shelf.ts'
import { storePiece, writeChunk } from './store-pieces.ts'

/**
 * Reads evidence into the store; what is there already stays as it is. Small pieces of evidence are gathered and taken
 * in together, large ones one by one; one is read while the one before is inserted. Readings come when their evidence is
 * stored. What cannot be opened becomes a problem and costs nothing else. Throws what ends the whole work.
 */
export async function* ingest(
  context: IngestContext,
  evidence: AsyncIterable<Evidence>,
  problems: Problem[],
): AsyncGenerator<Reading> {
  let pile = new Pile(context.limits)
  let inserting = new Pile(context.limits)
  let underWay: Promise<readonly Reading[]> = Promise.resolve([])
  const reader = new BundleReader()
  const shelf = new HiveShelf(context)
  const signed = new SignatureShelf(context)
  /** Begins to take in what was gathered; gives the readings of the pile before. */
  const flush = (): Promise<readonly Reading[]> => {
    const [before, full, last] = [underWay, pile, inserting]
    pile = new Pile(context.limits)
    inserting = full
    // Certificates are read on a thread of ours, insertions run on the engine's: one goes on while the other does.
    const prepare = () => preparePile(context, full, reader)
    const prepared = full.isApartFrom(last) ? prepare() : before.then(prepare)
    underWay = Promise.all([prepared, before]).then(([ready]) => takePile(context, ready))
    underWay.catch(() => undefined) // awaited before the next pile is taken; this only keeps Node from calling it unhandled
    return before
  }
  try {
    for await (const one of evidence) {
      stopIfAborted(context, one.path)
      const opened = await orReport(one.path, problems, () => openAndRecognise(context, one, { shelf, signed }))
      if (opened === undefined) continue
      if ('kept' in opened) continue
      if ('reading' in opened) {
        yield opened.reading
      } else if ('content' in opened) {
        if (!pile.accepts(opened)) yield* await flush()
        pile.add(opened)
      } else {
        yield* await flush()
        yield* await flush()
        const reading = await orReport(opened.account.path, problems, () => takeLarge(context, opened))
        if (reading !== undefined) yield reading
      }
    }
    yield* await flush()
    yield* await flush()
    yield* takeHives(context, shelf, reader, problems)
    yield* takeWaiting(context, signed, reader)
  } finally {
    await underWay.catch(() => undefined) // the error of a pile under way is thrown above, or another is on its way
    await reader.close()
    await shelf.close()
  }
}

/** Reads a file that is one piece of evidence. Throws `input/unreadable` when it cannot be opened. */
export async function ingestFile(context: IngestContext, path: string): Promise<Reading> {
  const problems: Problem[] = []
  const signal = context.signal === undefined ? {} : { signal: context.signal }
  const evidence = evidenceUnder([path], problems, { spool: context.spool, ...signal })
  for await (const reading of ingest(context, evidence, problems)) return reading
  throw new CountersealError('input/unreadable', { message: problems[0]?.found ?? `${path} was not read` })
}

/** Evidence that is too large to be gathered. */
type LargeEvidence = OpenedEvidence & { readonly head: Uint8Array; readonly rest: AsyncIterable<Uint8Array> }

type Opened = SmallEvidence | LargeEvidence | { readonly reading: Reading } | { readonly kept: true }

/** Evidence that cannot be read, or not to its end, costs itself alone; what of it is stored stays. */
async function orReport<T>(path: string, problems: Problem[], work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (cause) {
    if (!(cause instanceof CountersealError) || cause.code !== 'input/unreadable') throw cause
    problems.push({ code: cause.code, where: path, found: cause.message })
    return undefined
  }
}

/** Where evidence is kept aside until all of it was met. */
type Shelves = { readonly shelf: HiveShelf; readonly signed: SignatureShelf }

async function openAndRecognise(
  context: IngestContext,
  evidence: Evidence,
  { shelf, signed }: Shelves,
): Promise<Opened> {
  const { path, mayGrow } = evidence
  const stream = await evidence.open()
  const { start, rest, ended } = await readStart(stream.bytes, context.limits.smallBytes)
  const head = start.subarray(0, headBytes)
  const recognition = recognise(head, context.sources)
  if ('unknown' in recognition) {
    await rest.return?.()
    const why = recognition.unknown
    // Scripts are text like any other until one comes to their end.
    if (ended && hasSignatureBlock(start)) {
      const script = recogniseSigned(context.sources)
      if ('candidates' in script)
        return await takeSigned({ path, candidates: script.candidates, damage: stream.problems, why }, content =>
          signed.takeWhole(content, start),
        )
    }
    return { reading: unreadReading(path, recognition.unknown, stream.problems) }
  }
  const { format, candidates, seen } = recognition
  if (format === 'registry-hive') {
    await shelf.keep(path, head, joined(start, rest), candidates, stream.problems)
    return { kept: true }
  }
  if (format === 'signed-file')
    return await takeSigned({ path, candidates, damage: stream.problems }, file =>
      ended ? signed.takeWhole(file, start) : signed.takeStream(file, joined(start, rest)),
    )
  const certificates = format === 'certificates'
  const content = ended ? start : certificates ? await collectBundle(joined(start, rest), path) : undefined
  const evidence_id = certificates && content !== undefined ? bundleIdOf(content) : headIdOf(format, head, candidates)
  const account = new Account(path, evidence_id, format, seen)
  const opened = { account, candidates, mayGrow, damage: stream.problems, logClock: logClockOf(context, evidence) }
  return content === undefined ? { ...opened, head: start, rest } : { ...opened, content }
}

/** Days as times are told: the day of the last change is over by its end. */
function logClockOf({ logZone = 'UTC', logUntil }: IngestContext, { modified }: Evidence): LogClock {
  return { zone: logZone, until: logUntil ?? (modified ?? new Date()).toISOString().slice(0, 10) }
}

async function takeSigned(
  file: SignedEvidence,
  take: (file: SignedEvidence) => ReturnType<SignatureShelf['takeWhole']>,
): Promise<Opened> {
  const taken = await take(file)
  if (taken === undefined) return { kept: true }
  return 'unknown' in taken ? { reading: unreadReading(file.path, taken.unknown, file.damage) } : smallOf(taken)
}

function smallOf({ path, evidence_id, candidates, damage, reader, content }: VerifiedFile): SmallEvidence {
  const account = new Account(path, evidence_id, 'signed-file', candidates.slice(0, 1))
  return { account, candidates, mayGrow: false, damage, reader, content }
}

/** Files without a signature of their own, last: by now all catalogs were met. */
async function* takeWaiting(
  context: IngestContext,
  signed: SignatureShelf,
  bundles: BundleReader,
): AsyncGenerator<Reading> {
  let pile = new Pile(context.limits)
  for (const file of signed.settled()) {
    stopIfAborted(context, file.path)
    const small = smallOf(file)
    if (!pile.accepts(small)) {
      yield* await takePile(context, await preparePile(context, pile, bundles))
      pile = new Pile(context.limits)
    }
    pile.add(small)
  }
  yield* await takePile(context, await preparePile(context, pile, bundles))
}

type Start = {
  readonly start: Uint8Array
  readonly rest: AsyncIterator<Uint8Array> & AsyncIterable<Uint8Array>
  /** Nothing follows. */
  readonly ended: boolean
}

/** As much as a small piece of evidence can have, and a little more. */
async function readStart(bytes: AsyncIterable<Uint8Array>, smallBytes: number): Promise<Start> {
  const iterator = bytes[Symbol.asyncIterator]()
  const rest = Object.assign(iterator, { [Symbol.asyncIterator]: () => rest }) as Start['rest'] // the iterator is its own iterable from here on
  const pieces: Uint8Array[] = []
  let length = 0
  while (length <= smallBytes) {
    const next = await iterator.next()
    if (next.done === true) return { start: Buffer.concat(pieces), rest, ended: true }
    pieces.push(next.value)
    length += next.value.length
  }
  return { start: Buffer.concat(pieces), rest, ended: false }
}

/** One insertion leaves a core idle while it sorts and writes its block. Each holds a block in memory, some 250 MB. */
const chunksInFlight = 2

/** Lines, chunks being inserted while the next is cut. */
async function takeLarge(context: IngestContext, large: LargeEvidence): Promise<Reading> {
  const { account, candidates, mayGrow, head, rest, reader, logClock } = large
  const known = await knownOf(context.store, [account.evidence_id])
  const ledger = known.chunksOf(account.evidence_id)
  const options = { candidates, limits: context.limits, ledger, mayGrow, reader, logClock }
  const inFlight = new InFlight(chunksInFlight)
  try {
    for await (const piece of linePieces(account, joined(head, rest), options)) {
      const { byte_offset, byte_end } = piece.span
      stopIfAborted(context, `${account.path} at byte ${byte_offset}`)
      const file = await writeChunk(context, [piece.lines], `${account.evidence_id.slice(0, 16)}-${byte_offset}`)
      await inFlight.start(() => storePiece(context, piece, file))
      context.onProgress?.({ path: account.path, bytes: byte_end, records: account.records })
    }
  } finally {
    await inFlight.settle()
  }
  await inFlight.finish()
  await register(context, known, [large])
  return readingOf(large)
}

/**
 * The hives of all evidence, last: by now all that lies beside them was met. Small ones are gathered too, since profiles of users
 * are many.
 */
async function* takeHives(
  context: IngestContext,
  shelf: HiveShelf,
  bundles: BundleReader,
  problems: Problem[],
): AsyncGenerator<Reading> {
  let pile = new Pile(context.limits)
  const take = async (): Promise<readonly Reading[]> => {
    const full = pile
    pile = new Pile(context.limits)
    return await takePile(context, await preparePile(context, full, bundles))
  }
  for (const { path, damage } of shelf.lonelyLogs)
    yield unreadReading(path, 'a transaction log of a registry hive, which does not lie beside it', damage)
  for await (const { kept, content, evidence_id, reader, logs } of shelf.hives()) {
    const { path, candidates, damage } = kept
    stopIfAborted(context, path)
    const account = new Account(path, evidence_id, 'registry-hive', candidates.slice(0, 1))
    const hive = { account, candidates, mayGrow: false, damage, reader }
    if (content.length <= context.limits.smallBytes) {
      const small = { ...hive, content }
      if (!pile.accepts(small)) yield* await take()
      pile.add(small)
    } else {
      const large = { ...hive, head: content, rest: nothingMore() }
      const reading = await orReport(path, problems, () => takeLarge(context, large))
      if (reading !== undefined) yield reading
    }
    for (const log of logs)
      yield unreadReading(log.path, `a transaction log, which was read with its hive ${lastPart(path)}`, log.damage)
  }
  yield* await take()
}

async function* nothingMore(): AsyncGenerator<Uint8Array> {}

function stopIfAborted(context: IngestContext, place: string): void {
  if (context.signal?.aborted !== true) return
  throw new CountersealError('work/aborted', { message: `Reading was stopped before ${place}.` })
}
