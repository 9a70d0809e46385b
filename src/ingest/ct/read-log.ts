import type { Log, TreeHead } from '../../ct/index.ts'
import { CtFault, follow, frontierAt } from '../../ct/index.ts'
import type { Frontier } from '../../merkle/index.ts'
import { frontierFrom, rootOf } from '../../merkle/index.ts'
import type { Reading } from '../reading.ts'
import type { LogContext } from './context.ts'
import { scopeOf } from './context.ts'
import { keepPosition, noteFault, settle } from './settle.ts'
import type { LogProgress } from './take-stretches.ts'
import { takeStretches, unlinkedFault } from './take-stretches.ts'
import { unverifiedTiles } from './unverified-tiles.ts'

export type LogRange = {
  /** The first entry that is wanted. Each has a position of its own. */
  readonly first: number
  /** Up to, but not with; the size of the head at most. */
  readonly until?: number
  /** Entries that are verified and stored at once; fewer take less memory and more time. */
  readonly stretch?: number
}

/**
 * Reads a range of a log into the store, from where it was left: every entry once, verified before it is stored as such. While one stretch is stored the
 * next is downloaded. Ends with the first fault: its entries are stored as not verified, and the position stays before them.
 */
export async function* readLog(
  context: LogContext,
  log: Log,
  head: TreeHead,
  { first, until: wanted = head.size, stretch }: LogRange,
): AsyncGenerator<LogProgress, Reading> {
  const { signal } = context
  const { about } = log
  const until = Math.min(wanted, head.size)
  const from = await begin(context, log, head, first)
  if (from instanceof CtFault) {
    const { fault } = from
    const { inTurn = work => work() } = context
    await inTurn(() => noteFault(context, { about, head }, fault))
    yield { size: first, until, fault: from.fault, watched: [] }
  }
  const stretches =
    from instanceof CtFault
      ? []
      : follow(log, from, head, { until, ...(signal && { signal }), ...(stretch && { stretch }) })
  return yield* takeStretches(context, log, stretches, {
    until,
    root: head.root,
    stored: prepared => settle(context, { about, head, first }, prepared),
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

/** Where reading goes on: at the position that was kept, else at the beginning of the range, shown to be part of the tree. */
async function begin(context: LogContext, log: Log, head: TreeHead, first: number): Promise<Frontier | CtFault> {
  const positions = await context.ledger.ctPositions()
  const kept = positions.find(
    one => one.log_id === log.about.log_id && one.scope === scopeOf(context) && one.first_index === first,
  )
  const frontier = kept === undefined ? undefined : frontierFrom(kept.size, kept.frontier)
  if (frontier !== undefined) return frontier
  try {
    const { signal } = context
    const found = await frontierAt(log, Math.min(first, head.size), head, signal === undefined ? {} : { signal })
    if (found.size === first) await keepPosition(context, { about: log.about, first }, found)
    return found
  } catch (error) {
    if (error instanceof CtFault) return error
    throw error
  }
}
