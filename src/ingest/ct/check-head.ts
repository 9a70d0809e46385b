import type { Fault, Log, Reading, TreeHead } from '../../ct/index.ts'
import { CtFault, faultBetween, staleness } from '../../ct/index.ts'
import { isConsistent } from '../../merkle/index.ts'
import type { KeptCtHead } from '../../model/index.ts'
import type { IngestContext } from '../context.ts'
import type { LogContext } from './context.ts'
import { keepFault } from './keep-fault.ts'

/** Heads that a new one is held against, the largest first. Each of them was held against those before it. */
export const mostHeads = 500

export type CheckedHead = {
  readonly head?: TreeHead
  /** Faults that were found now; those that were known are not told again. */
  readonly faults: readonly Fault[]
  /** Nothing of the log may be taken for verified. */
  readonly isBroken: boolean
}

export type HeadChecking = Reading & {
  /** A head from a disk: how old it is says nothing of the log. */
  readonly mayBeOld?: boolean
  /** The entries between this head and others will be read and held against all of them: no proof is asked for. */
  readonly entriesFollow?: boolean
}

/**
 * Fetches the newest head of a log, verifies it, holds it against every head that was kept, and keeps it. What a log did that no log may do is kept with its
 * proof. Throws only what is wrong with the way to the log.
 */
export async function checkHead(
  context: Pick<LogContext, 'ledger' | 'inTurn'> & IngestContext,
  log: Log,
  now: Date,
  { mayBeOld = false, entriesFollow = false, ...reading }: HeadChecking,
): Promise<CheckedHead> {
  const { about } = log
  const { ledger, inTurn = work => work() } = context
  const faults: Fault[] = []
  const note = async (fault: Fault, place: string, proof: Record<string, unknown>) => {
    const isNew = await inTurn(() => keepFault(context, { about, fault, place, seenAt: now, proof }))
    if (isNew) faults.push(fault)
  }
  let head: TreeHead
  try {
    head = await log.head(reading)
  } catch (error) {
    if (!(error instanceof CtFault)) throw error
    await note(error.fault, now.toISOString().slice(0, 10), {})
    return { faults, isBroken: true }
  }
  const kept = await ledger.ctHeads(about.log_id, { limit: mostHeads })
  let isBroken = false
  for (const one of kept) {
    const fault = faultBetween(headOf(one), head)
    if (fault === undefined) continue
    isBroken = true
    await note(fault, `${one.size}/${head.size}`, { one: told(headOf(one)), other: told(head) })
  }
  const [largest] = kept
  if (!isBroken && !entriesFollow && largest !== undefined && largest.size > 0 && largest.size !== head.size) {
    const [first, second] = largest.size < head.size ? [headOf(largest), head] : [head, headOf(largest)]
    const fault = await inconsistency(log, first, second, reading)
    if (fault !== undefined) {
      isBroken = true
      await note(fault, `${first.size}/${second.size}`, { one: told(first), other: told(second) })
    }
  }
  const stale = staleness(head, about.mmd_seconds, now.getTime())
  if (stale !== undefined && !mayBeOld && about.state !== 'readonly')
    await note(stale, now.toISOString().slice(0, 10), { head: told(head) })
  await ledger.keepCtHead({ ...told(head), log_id: about.log_id, seen_at: now })
  return { head, faults, isBroken }
}

async function inconsistency(
  log: Log,
  first: TreeHead,
  second: TreeHead,
  reading: Reading,
): Promise<Fault | undefined> {
  try {
    const proof = await log.consistency(first.size, second.size, reading)
    const holds = isConsistent(
      { first: first.size, firstRoot: first.root },
      { second: second.size, secondRoot: second.root },
      proof,
    )
    if (holds) return undefined
  } catch (error) {
    if (!(error instanceof CtFault)) throw error
    return error.fault
  }
  return {
    code: 'ct/consistency',
    where: `size ${first.size} in ${second.size}`,
    expected: 'a proof that the larger tree begins with the smaller one',
  }
}

export function headOf({ log_id, size, root, timestamp, signature }: KeptCtHead): TreeHead {
  return { log_id, size, root: Buffer.from(root, 'hex'), timestamp, signature: Buffer.from(signature, 'hex') }
}

/** A head as text, with all that is needed to verify it again. */
export function told({ log_id, size, root, timestamp, signature }: TreeHead): Omit<KeptCtHead, 'seen_at'> {
  return { log_id, size, root: hex(root), timestamp, signature: hex(signature) }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
