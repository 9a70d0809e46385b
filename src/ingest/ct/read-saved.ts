import type { CtLog, Fault, Log, LogEntry, Stretch, TreeHead } from '../../ct/index.ts'
import { CtFault, logKeyOf, readSth, stretchLength } from '../../ct/index.ts'
import type { Frontier } from '../../merkle/index.ts'
import { emptyFrontier, frontierFrom, grown, rootOf, sameHash } from '../../merkle/index.ts'
import type { Reading } from '../reading.ts'
import { checkHead, headOf, mostHeads } from './check-head.ts'
import type { LogContext } from './context.ts'
import { scopeOf } from './context.ts'
import type { SavedRun } from './saved-runs.ts'
import { savedPages } from './saved-runs.ts'
import { settle } from './settle.ts'
import type { LogProgress } from './take-stretches.ts'
import { takeStretches, unlinkedFault } from './take-stretches.ts'

export type SavedRunsReading = {
  readonly reading: Reading
  /** The head that the entries were held against. */
  readonly head?: TreeHead
  /** Found with the heads; those of entries are in the progress. */
  readonly faults: readonly Fault[]
  /** Why nothing of it is verified. */
  readonly because?: string
  /** Entries behind the last head: they are left for when there is one that has them. */
  readonly behind: number
}

export type SavedAnswers = { readonly runs: readonly SavedRun[]; readonly heads: readonly string[] }

/**
 * Entries that get-entries gave, and heads of get-sth, without the log itself. Nobody can be asked for a proof, so the tree is computed over all
 * of them before any is stored, from the first entry of the log or from where it was left, and held against every head on its way.
 */
export async function* readSavedAnswers(
  context: LogContext,
  about: CtLog,
  { runs, heads: texts }: SavedAnswers,
): AsyncGenerator<LogProgress, SavedRunsReading> {
  const { signal } = context
  const { heads, faults } = await checkedHeads(context, about, texts)
  const oldest = Math.min(...runs.map(run => run.first))
  const begin = await beginOf(context, about, oldest)
  const log = silentLog(about)
  if (begin === undefined || heads.length === 0) {
    const reading = yield* takeStretches(context, log, unverifiedStretches(savedPages(runs, oldest, signal), oldest), {
      until: Math.max(...runs.map(run => run.first + run.count)),
      root: new Uint8Array(),
      stored: async prepared => unlinkedFault(prepared.reading),
    })
    const because =
      heads.length === 0
        ? 'no head that the log signed lies beside the entries'
        : `the entries begin at ${oldest}, and what is before them was never read here`
    return { reading, faults, because, behind: 0 }
  }
  const from = begin.frontier
  const kept = (await context.ledger.ctHeads(about.log_id, { limit: mostHeads })).map(headOf)
  const { held, refuted, size, unreadable } = await heldAgainst(savedPages(runs, from.size, signal), from, [
    ...heads,
    ...kept,
  ])
  const head = refuted ?? held
  const reading = yield* takeStretches(
    context,
    log,
    stretchesUpTo(savedPages(runs, from.size, signal), from, { ...(held && { held }), ...(refuted && { refuted }) }),
    {
      until: held?.size ?? from.size,
      root: held?.root ?? new Uint8Array(),
      stored: async prepared =>
        head === undefined ? undefined : await settle(context, { about, head, first: begin.first }, prepared),
    },
  )
  const because = head === undefined ? 'the tree of no head ends with or before these entries' : undefined
  return {
    reading,
    faults: unreadable === undefined ? faults : [...faults, unreadable],
    behind: refuted === undefined ? Math.max(0, size - (held?.size ?? from.size)) : 0,
    ...(held === undefined ? {} : { head: held }),
    ...(because === undefined ? {} : { because }),
  }
}

/** Those that the log signed and that contradict none that was kept, by size. */
async function checkedHeads(
  context: LogContext,
  about: CtLog,
  texts: readonly string[],
): Promise<{ readonly heads: readonly TreeHead[]; readonly faults: readonly Fault[] }> {
  const key = logKeyOf(Buffer.from(about.key, 'base64'))
  if (key === undefined) throw new RangeError(`${about.description} has no key of a log`)
  const heads: TreeHead[] = []
  const faults: Fault[] = []
  for (const text of texts) {
    const result = readSth(key, text)
    if ('fault' in result) continue // of another log: several lie beside one another
    const log = { ...silentLog(about), head: async () => result.head }
    const checked = await checkHead(context, log, new Date(), { mayBeOld: true, entriesFollow: true })
    faults.push(...checked.faults)
    if (!checked.isBroken) heads.push(result.head)
  }
  return { heads: heads.sort((a, b) => a.size - b.size), faults }
}

/** Where reading begins: at the first entry of the log, or at a place up to which it was read before. Undefined where neither is near. */
async function beginOf(
  context: LogContext,
  { log_id }: CtLog,
  oldest: number,
): Promise<{ readonly first: number; readonly frontier: Frontier } | undefined> {
  for (const { first_index, size, frontier, ...kept } of await context.ledger.ctPositions()) {
    if (kept.log_id !== log_id || kept.scope !== scopeOf(context) || oldest < first_index || oldest > size) continue
    const tree = frontierFrom(size, frontier)
    if (tree !== undefined) return { first: first_index, frontier: tree }
  }
  return oldest === 0 ? { first: 0, frontier: emptyFrontier } : undefined
}

type Held = {
  /** The largest head whose tree the entries are. */
  readonly held?: TreeHead
  /** The first head whose tree they are not. */
  readonly refuted?: TreeHead
}

/** Computes the tree over the pages, and compares it with every head on its way. `size` is that of the whole tree. */
async function heldAgainst(
  pages: AsyncIterable<readonly LogEntry[]>,
  from: Frontier,
  heads: readonly TreeHead[],
): Promise<Held & { readonly size: number; readonly unreadable?: Fault }> {
  const rest = heads.filter(({ size }) => size > from.size).sort((a, b) => b.size - a.size)
  let frontier = from
  let held: TreeHead | undefined
  let unreadable: Fault | undefined
  try {
    for await (const page of pages) {
      const hashes = page.map(({ leaf_hash }) => leaf_hash)
      for (let head = rest.at(-1); head !== undefined; head = rest.at(-1)) {
        if (head.size > frontier.size + hashes.length) break
        frontier = grown(frontier, hashes.splice(0, head.size - frontier.size))
        if (!sameHash(rootOf(frontier), head.root)) return { ...(held && { held }), refuted: head, size: frontier.size }
        held = head
        rest.pop()
      }
      frontier = grown(frontier, hashes)
    }
  } catch (error) {
    if (!(error instanceof CtFault)) throw error
    unreadable = error.fault // what is before it counts
  }
  return { ...(held && { held }), size: frontier.size, ...(unreadable && { unreadable }) }
}

/** Entries up to the head that they were held against, verified. Where another head refutes what follows, that comes last, with the fault. */
async function* stretchesUpTo(
  pages: AsyncIterable<readonly LogEntry[]>,
  from: Frontier,
  { held, refuted }: Held,
): AsyncGenerator<Stretch> {
  let frontier = from
  for await (const entries of stretched(pages, from.size, held?.size ?? from.size)) {
    const until = held?.size ?? from.size
    const verified = frontier.size < until
    frontier = grown(
      frontier,
      entries.map(({ leaf_hash }) => leaf_hash),
    )
    if (verified) yield { entries, frontier, verified }
    else if (refuted === undefined) return
    else {
      const fault: Fault = {
        code: 'ct/root',
        where: `size ${refuted.size}`,
        expected: Buffer.from(refuted.root).toString('hex'),
        found: 'another tree over the entries',
      }
      yield { entries, frontier, verified, fault }
      return
    }
  }
}

async function* unverifiedStretches(pages: AsyncIterable<readonly LogEntry[]>, size: number): AsyncGenerator<Stretch> {
  try {
    for await (const entries of stretched(pages, size, Number.POSITIVE_INFINITY))
      yield { entries, frontier: { size: (entries.at(-1)?.index ?? 0) + 1, peaks: [] }, verified: false }
  } catch (error) {
    if (!(error instanceof CtFault)) throw error
    yield { entries: [], frontier: { size, peaks: [] }, verified: false, fault: error.fault }
  }
}

/** Pages as stretches, of which none goes beyond `border`. */
async function* stretched(
  pages: AsyncIterable<readonly LogEntry[]>,
  from: number,
  border: number,
): AsyncGenerator<readonly LogEntry[]> {
  let waiting: LogEntry[] = []
  let at = from
  for await (const page of pages)
    for (const entry of page) {
      waiting.push(entry)
      at += 1
      if (waiting.length < stretchLength && at !== border) continue
      yield waiting
      waiting = []
    }
  if (waiting.length > 0) yield waiting
}

/** A log that says nothing any more. Issuers came with the entries. */
function silentLog(about: CtLog): Log {
  const nothing = async () => {
    throw new CtFault({ code: 'ct/answer', expected: 'an answer', found: 'nothing: the log is not at hand' })
  }
  return {
    about,
    head: nothing,
    entries: async function* () {},
    consistency: nothing,
    inclusion: nothing,
    issuer: async () => undefined,
  }
}
