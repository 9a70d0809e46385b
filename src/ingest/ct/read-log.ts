import { createHash } from 'node:crypto'
import type { Fault, Log, Stretch, TreeHead } from '../../ct/index.ts'
import { CtFault, follow, frontierAt, mergedLate } from '../../ct/index.ts'
import type { Frontier } from '../../merkle/index.ts'
import { frontierFrom, frontierText, rootOf } from '../../merkle/index.ts'
import { addOutcomes, knownOf } from '../ledger.ts'
import type { Reading } from '../reading.ts'
import { Account } from '../reading.ts'
import { readingOf, register } from '../register.ts'
import { headOf, told } from './check-head.ts'
import type { LogContext } from './context.ts'
import { scopeOf } from './context.ts'
import type { WatchedEntry } from './entry-reading.ts'
import type { Prepared } from './entry-taker.ts'
import { EntryTaker } from './entry-taker.ts'
import { keepFault } from './keep-fault.ts'
import { unverifiedTiles } from './unverified-tiles.ts'

export type LogRange = {
  /** The first entry that is wanted. Each has a position of its own. */
  readonly first: number
  /** Up to, but not with; the size of the head at most. */
  readonly until?: number
}

export type LogProgress = {
  /** Entries of the range that are in the store now, from earlier runs too. */
  readonly size: number
  /** What the reading will come to. */
  readonly until: number
  /** Of the stretch that was stored last. Where the tree itself does not hold, nothing comes after it. */
  readonly fault?: Fault
  /** What was stored because of its names, where domains are watched. */
  readonly watched: readonly WatchedEntry[]
}

/**
 * Reads a range of a log into the store, from where it was left: every entry once, verified before it is stored as such. While one stretch is stored the
 * next is downloaded. Ends with the first fault: its entries are stored as not verified, and the position stays before them.
 */
export async function* readLog(
  context: LogContext,
  log: Log,
  head: TreeHead,
  { first, until: wanted = head.size }: LogRange,
): AsyncGenerator<LogProgress, Reading> {
  const { ledger, signal } = context
  const { about } = log
  const until = Math.min(wanted, head.size)
  const from = await begin(context, log, head, first)
  if (from instanceof CtFault) {
    await noteFault(context, log, head, from.fault)
    yield { size: first, until, fault: from.fault, watched: [] }
  }
  const stretches =
    from instanceof CtFault ? [] : follow(log, from, head, { until, ...(signal === undefined ? {} : { signal }) })
  return yield* takeStretches(context, log, stretches, {
    until,
    root: head.root,
    stored: async ({ stretch, reading }) => {
      if (stretch.fault !== undefined) {
        await noteFault(context, log, head, stretch.fault, stretch)
        return stretch.fault
      }
      await noteLateness(context, log, stretch)
      const unlinked = unlinkedFault(reading)
      if (unlinked !== undefined) await noteFault(context, log, head, unlinked, stretch)
      await ledger.keepCtPosition({
        log_id: about.log_id,
        scope: scopeOf(context),
        first_index: first,
        size: stretch.frontier.size,
        frontier: frontierText(stretch.frontier),
        updated_at: new Date(),
      })
      return unlinked
    },
  })
}

/** Entries of tiles without a head that anybody signed. Nothing is kept of them but that they were there. */
export async function* readUnverifiedTiles(
  context: LogContext,
  log: Log,
  size: number,
): AsyncGenerator<LogProgress, TilesReading> {
  let root = new Uint8Array()
  const reading = yield* takeStretches(context, log, unverifiedTiles(log, size, context.signal), {
    until: size,
    root,
    stored: async ({ stretch, reading }) => {
      root = Buffer.from(rootOf(stretch.frontier))
      return stretch.fault ?? unlinkedFault(reading)
    },
  })
  return { ...reading, root: Buffer.from(root).toString('hex') }
}

/** `root`: of the tree over the entries, lower-case hex. */
export type TilesReading = Reading & { readonly root: string }

type Taking = {
  readonly until: number
  readonly root: Uint8Array
  /** Called when a stretch is in the store. Gives what was wrong with it. */
  readonly stored: (prepared: Prepared) => Promise<Fault | undefined>
}

async function* takeStretches(
  context: LogContext,
  log: Log,
  stretches: Iterable<Stretch> | AsyncIterable<Stretch>,
  { until, root, stored }: Taking,
): AsyncGenerator<LogProgress, Reading> {
  const candidates = context.sources.filter(({ id }) => id === 'ct-entry')
  const accountOf = (verified: boolean) =>
    new Account(
      log.about.monitoring_url,
      logEvidenceId(log.about.log_id, verified, scopeOf(context)),
      'json-lines',
      candidates,
    )
  const accounts = { verified: accountOf(true), unverified: accountOf(false) }
  const taker = new EntryTaker(context, log, accounts, candidates)
  let underWay: Promise<LogProgress> | undefined
  try {
    for await (const stretch of stretches) {
      const prepared = taker.prepare(stretch)
      prepared.catch(() => undefined) // awaited below, when the stretch before is stored
      if (underWay !== undefined) yield await underWay
      underWay = prepared.then(async ready => {
        await taker.store(ready)
        const fault = await stored(ready)
        const { watched } = ready.reading
        return { size: stretch.frontier.size, until, watched, ...(fault === undefined ? {} : { fault }) }
      })
      underWay.catch(() => undefined)
    }
    if (underWay !== undefined) yield await underWay
  } finally {
    await underWay?.catch(() => undefined)
  }
  const told = Object.values(accounts).map(account => {
    account.content_sha256 = Buffer.from(root).toString('hex')
    return { account, candidates, mayGrow: true, damage: [] }
  })
  const read = told.filter(({ account }) => account.records > 0)
  await register(
    context,
    await knownOf(
      context.store,
      read.map(({ account }) => account.evidence_id),
    ),
    read,
  )
  const [verified, unverified] = told.map(readingOf) as [Reading, Reading] // there are two accounts
  return {
    ...verified,
    ...addOutcomes(verified, unverified),
    records: verified.records + unverified.records,
    bytes: verified.bytes + unverified.bytes,
    known: verified.known + unverified.known,
    problems: [...verified.problems, ...unverified.problems],
  }
}

/** Logs are evidence like files; they are known by their keys. What was not verified is evidence of its own: it may be read again, and verified. */
export function logEvidenceId(log_id: string, verified: boolean, scope: string): string {
  const state = verified ? 'verified' : 'unverified'
  return createHash('sha256').update(`ct-log\n${log_id}\n${state}\n${scope}`).digest('hex')
}

/** Where reading goes on: at the position that was kept, else at the beginning of the range, shown to be part of the tree. */
async function begin(context: LogContext, log: Log, head: TreeHead, first: number): Promise<Frontier | CtFault> {
  const positions = await context.ledger.ctPositions()
  const kept = positions.find(
    one => one.log_id === log.about.log_id && one.scope === scopeOf(context) && one.first_index === first,
  )
  const frontier = kept === undefined ? undefined : frontierFrom(kept.size, kept.frontier)
  if (frontier !== undefined) return frontier
  try {
    return await frontierAt(
      log,
      Math.min(first, head.size),
      head,
      context.signal === undefined ? {} : { signal: context.signal },
    )
  } catch (error) {
    if (error instanceof CtFault) return error
    throw error
  }
}

/** Of entries whose place in the tree is right, and that came with something else than what is in it. */
function unlinkedFault({ unlinked }: Prepared['reading']): Fault | undefined {
  const [first] = unlinked
  if (first === undefined) return undefined
  return {
    code: 'ct/precertificate',
    where: `index ${first}`,
    expected: 'the precertificate and the issuer whose contents are in the tree',
    found: `others, with ${unlinked.length} entries`,
  }
}

async function noteFault(
  context: LogContext,
  log: Log,
  head: TreeHead,
  fault: Fault,
  stretch?: Stretch,
): Promise<void> {
  const { entries = [], frontier } = stretch ?? {}
  const range = { first: entries[0]?.index, entries: entries.length }
  const computed =
    frontier === undefined
      ? {}
      : { computed: Buffer.from(rootOf(frontier)).toString('hex'), computed_size: frontier.size }
  await keepFault(context, {
    about: log.about,
    fault,
    place: `${range.first ?? ''}/${head.size}/${head.timestamp}`,
    seenAt: new Date(),
    proof: { head: told(head), ...range, ...computed },
  })
}

/** Heads that entries are held against, newest first: an entry that one of them should have had came too late. */
const headsForLateness = 50

/** Entries that an earlier head should have had by its time, and did not have. Told once for a stretch. */
async function noteLateness(context: LogContext, log: Log, { entries }: Stretch): Promise<void> {
  const { about } = log
  const heads = (await context.ledger.ctHeads(about.log_id, { limit: headsForLateness })).map(headOf)
  for (const before of heads) {
    const late = mergedLate(entries, before, about.mmd_seconds)
    const [first] = late
    if (first === undefined) continue
    const fault: Fault = {
      code: 'ct/merged-late',
      where: `index ${first.index}`,
      expected: `entries of ${new Date(first.timestamp).toISOString()} in the tree of ${new Date(before.timestamp).toISOString()}`,
      found: `${late.length} of them later`,
    }
    const indexes = late.slice(0, 100).map(({ index, timestamp }) => ({ index, timestamp }))
    await keepFault(context, {
      about,
      fault,
      place: String(first.index),
      seenAt: new Date(),
      proof: { before: told(before), late: indexes },
    })
    return
  }
}
