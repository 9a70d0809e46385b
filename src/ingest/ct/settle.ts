import type { CtLog, Fault, Stretch, TreeHead } from '../../ct/index.ts'
import { mergedLate } from '../../ct/index.ts'
import type { Frontier } from '../../merkle/index.ts'
import { frontierText, rootOf } from '../../merkle/index.ts'
import { headOf, told } from './check-head.ts'
import type { LogContext } from './context.ts'
import { scopeOf } from './context.ts'
import type { Prepared } from './entry-taker.ts'
import { keepFault } from './keep-fault.ts'
import { unlinkedFault } from './take-stretches.ts'

export type Settling = {
  readonly about: CtLog
  /** What the entries were held against. */
  readonly head: TreeHead
  /** Where the range begins that the position belongs to. */
  readonly first: number
}

/** Writes down what came of a stretch that is in the store: its faults, and how far the log was read. Gives what was wrong with it. */
export async function settle(
  context: LogContext,
  settling: Settling,
  { stretch, reading }: Prepared,
): Promise<Fault | undefined> {
  const { about, first } = settling
  if (stretch.fault !== undefined) {
    await noteFault(context, settling, stretch.fault, stretch)
    return stretch.fault
  }
  await noteLateness(context, about, stretch)
  const unlinked = unlinkedFault(reading)
  if (unlinked !== undefined) await noteFault(context, settling, unlinked, stretch)
  await keepPosition(context, { about, first }, stretch.frontier)
  return unlinked
}

/** How far a range of a log was read. A range that begins has a position too, so that it is gone on with from there and not from later. */
export async function keepPosition(
  context: LogContext,
  { about, first }: Pick<Settling, 'about' | 'first'>,
  frontier: Frontier,
): Promise<void> {
  await context.ledger.keepCtPosition({
    log_id: about.log_id,
    scope: scopeOf(context),
    first_index: first,
    size: frontier.size,
    frontier: frontierText(frontier),
    updated_at: new Date(),
  })
}

/** A fault of entries, or of where reading begins, with its proof. */
export async function noteFault(
  context: LogContext,
  { about, head }: Pick<Settling, 'about' | 'head'>,
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
    about,
    fault,
    place: `${range.first ?? ''}/${head.size}/${head.timestamp}`,
    seenAt: new Date(),
    proof: { head: told(head), ...range, ...computed },
  })
}

/** Heads that entries are held against, newest first: an entry that one of them should have had came too late. */
const headsForLateness = 50

/** Entries that an earlier head should have had by its time, and did not have. Told once for a stretch. */
async function noteLateness(context: LogContext, about: CtLog, { entries }: Stretch): Promise<void> {
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
