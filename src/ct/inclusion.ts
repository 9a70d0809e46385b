import { isIncluded } from '../merkle/index.ts'
import type { Fault } from './fault-codes.ts'
import { CtFault } from './fault-codes.ts'
import type { Log, Reading } from './log.ts'
import type { TreeHead } from './tree-head.ts'

/** What a log promised to have. */
export type PromisedLeaf = {
  /** Milliseconds since the epoch by the log's clock. */
  readonly timestamp: number
  /** 32 bytes. */
  readonly leaf_hash: Uint8Array
  /** Where it promised to put it; RFC 6962 logs find it by its hash. */
  readonly index?: number
}

export type Inclusion =
  /** The path from the leaf to the root of the head: with the head it shows the entry to anybody. */
  | {
      readonly state: 'included'
      readonly index: number
      readonly path: readonly Uint8Array[]
      readonly head: TreeHead
    }
  /** The time that the log has for it is not over. */
  | { readonly state: 'not_yet'; readonly head: TreeHead }
  /** It is over, and the log does not show it. */
  | { readonly state: 'broken'; readonly head: TreeHead; readonly fault: Fault }

/**
 * Whether a log kept a promise, by a proof that was verified. What the log was shown to have or not is held against the time of its head, by
 * the same clock as the promise. Throws what the way to the log has to say.
 */
export async function inclusionOf(
  log: Log,
  head: TreeHead,
  { timestamp, leaf_hash, index: promised }: PromisedLeaf,
  reading: Reading,
): Promise<Inclusion> {
  const proof = await proofOf(log, head, { leaf_hash, index: promised }, reading)
  if (proof !== undefined && isIncluded({ index: proof.index, leaf: leaf_hash }, head, proof.path))
    return { state: 'included', ...proof, head }
  if (head.timestamp <= timestamp + log.about.mmd_seconds * 1000) return { state: 'not_yet', head }
  const fault: Fault = {
    code: 'ct/promise-broken',
    where: promised === undefined ? `tree of ${head.size}` : `index ${promised}`,
    expected: `the entry that was promised ${new Date(timestamp).toISOString()}, in the tree of ${new Date(head.timestamp).toISOString()}`,
    found: proof === undefined ? 'no proof' : 'a proof of something else',
  }
  return { state: 'broken', head, fault }
}

/** Undefined when the log has none. */
async function proofOf(
  log: Log,
  head: TreeHead,
  { leaf_hash, index }: { readonly leaf_hash: Uint8Array; readonly index: number | undefined },
  reading: Reading,
): Promise<{ readonly index: number; readonly path: readonly Uint8Array[] } | undefined> {
  if (log.about.protocol === 'static-ct-api' && (index === undefined || index >= head.size)) return undefined
  try {
    return await log.inclusion({ leaf_hash, index: index ?? 0 }, head.size, reading)
  } catch (error) {
    if (error instanceof CtFault) return undefined
    throw error
  }
}
