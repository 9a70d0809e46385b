import type { Frontier } from '../merkle/index.ts'
import { grown, rootOf, sameHash } from '../merkle/index.ts'
import type { LogEntry } from './entry.ts'
import type { Fault } from './fault-codes.ts'
import { CtFault } from './fault-codes.ts'
import type { Log, Reading } from './log.ts'
import { expectBeginning } from './start.ts'
import type { TreeHead } from './tree-head.ts'

/** Entries of a log with what was found out about them. */
export type Stretch = {
  readonly entries: readonly LogEntry[]
  /** The tree behind the last of them. */
  readonly frontier: Frontier
  /** They are in the tree of the head. False has a fault beside it, and is the last stretch. */
  readonly verified: boolean
  readonly fault?: Fault
}

/** Entries that are held until the tree over them has been checked: some 30 MiB of them. */
export const stretchLength = 8192

/**
 * The entries from the frontier up to `until`, in stretches, each verified before it is given: the tree is recomputed over what was
 * downloaded and held against the signed head, with a proof of consistency where the stretch ends before it. What fails that is given too, as not
 * verified, and ends the reading.
 */
export async function* follow(
  log: Log,
  from: Frontier,
  head: TreeHead,
  {
    until = head.size,
    stretch = stretchLength,
    ...reading
  }: Reading & { readonly until?: number; readonly stretch?: number },
): AsyncGenerator<Stretch> {
  let frontier = from
  while (frontier.size < until) {
    const end = Math.min(until, frontier.size + stretch - (frontier.size % stretch))
    const entries: LogEntry[] = []
    try {
      for await (const piece of log.entries({ begin: frontier.size, end, size: head.size }, reading))
        entries.push(...piece)
      frontier = grown(
        frontier,
        entries.map(({ leaf_hash }) => leaf_hash),
      )
      if (frontier.size !== end)
        throw new CtFault({ code: 'ct/answer', expected: `entries up to ${end}`, found: `up to ${frontier.size}` })
      await expectBeginning(log, { size: frontier.size, root: rootOf(frontier) }, head, reading)
    } catch (error) {
      if (!(error instanceof CtFault)) throw error
      yield { entries, frontier, verified: false, fault: error.fault }
      return
    }
    yield { entries, frontier, verified: true }
  }
}

/**
 * What is wrong with a new head beside the last one that was kept of the log; undefined when nothing is. Neither of two heads need be newer: a
 * log has several servers, and one of them may be behind.
 *
 * That a larger tree begins with the smaller one is for a proof of consistency to show, or for the entries between them.
 */
export function faultBetween(kept: TreeHead, head: TreeHead): Fault | undefined {
  const [first, second] = kept.size <= head.size ? [kept, head] : [head, kept]
  if (first.size === second.size && !sameHash(first.root, second.root))
    return { code: 'ct/fork', where: `size ${first.size}`, expected: hex(kept.root), found: hex(head.root) }
  if (second.size > first.size && second.timestamp < first.timestamp)
    return {
      code: 'ct/shrink',
      where: `timestamp ${first.timestamp}`,
      expected: `at least ${second.size} entries`,
      found: `${first.size} entries`,
    }
  return undefined
}

/** A head has to be renewed within the maximum merge delay (RFC 6962 §3.5). `now` in milliseconds; a quarter of an hour is left to clocks. */
export function staleness({ timestamp }: TreeHead, mmd_seconds: number, now: number): Fault | undefined {
  const [age, allowed] = [now - timestamp, mmd_seconds * 1000 + 15 * 60_000]
  if (age > allowed)
    return {
      code: 'ct/head-stale',
      expected: `a head of the last ${mmd_seconds} s`,
      found: `one of ${Math.round(age / 1000)} s ago`,
    }
  if (age < -15 * 60_000)
    return {
      code: 'ct/head-future',
      expected: 'a head that was made already',
      found: `one in ${Math.round(-age / 1000)} s`,
    }
  return undefined
}

/**
 * Entries that were promised longer ago than the maximum merge delay before a head that does not have them yet: the log merged them
 * too late (RFC 6962 §3). `before` is the last head whose tree ended before the entry.
 */
export function mergedLate(entries: readonly LogEntry[], before: TreeHead, mmd_seconds: number): readonly LogEntry[] {
  return entries.filter(
    ({ index, timestamp }) => index >= before.size && timestamp + mmd_seconds * 1000 < before.timestamp,
  )
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
