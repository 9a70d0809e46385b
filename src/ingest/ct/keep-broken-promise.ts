import type { CtLog, Inclusion, PromisedLeaf } from '../../ct/index.ts'
import { told } from './check-head.ts'
import type { LogContext } from './context.ts'
import { keepFault } from './keep-fault.ts'

/** A promise that a log did not keep, with all that shows it but the certificate. Says whether it is new. */
export async function keepBrokenPromise(
  context: LogContext,
  about: CtLog,
  { timestamp, leaf_hash, index }: PromisedLeaf,
  { fault, head }: Extract<Inclusion, { state: 'broken' }>,
): Promise<boolean> {
  const leaf = Buffer.from(leaf_hash).toString('hex')
  return await keepFault(context, {
    about,
    fault,
    place: leaf,
    seenAt: new Date(),
    proof: { promise: { timestamp, leaf_hash: leaf, index: index ?? null }, head: told(head) },
  })
}
