import type { TrustEntry, TrustLedger, TrustQuestion } from '../model/index.ts'
import { faultInChain } from '../model/index.ts'

const pageSize = 1000

/** Every entry that answers the question, by sequence, a page at a time out of the store. */
export async function* entriesOf(
  ledger: Pick<TrustLedger, 'trustEntries'>,
  question: Omit<TrustQuestion, 'after' | 'limit'> = {},
  signal?: AbortSignal,
): AsyncGenerator<TrustEntry> {
  for (let after = 0; ; ) {
    signal?.throwIfAborted()
    const page = await ledger.trustEntries({ ...question, after, limit: pageSize })
    yield* page
    const last = page.at(-1)
    if (last === undefined || page.length < pageSize) return
    after = last.sequence
  }
}

/** By when it happened; what was recorded later comes later among equals. */
export function byTime(a: TrustEntry, b: TrustEntry): number {
  if (a.changed_until !== b.changed_until) return a.changed_until < b.changed_until ? -1 : 1
  return a.sequence - b.sequence
}

/** The last known state of each object: the newest entry by the time of the change. One entry per object in memory. */
export async function statesOf(entries: AsyncIterable<TrustEntry>): Promise<readonly TrustEntry[]> {
  const latest = new Map<string, TrustEntry>()
  for await (const entry of entries) {
    const name = JSON.stringify([entry.host, entry.object])
    const known = latest.get(name)
    if (known === undefined || byTime(known, entry) < 0) latest.set(name, entry)
  }
  const nameOf = ({ host, object }: TrustEntry) => `${host} ${object}`
  return [...latest.values()].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
}

export type Verification = {
  /** Entries that are as they were recorded, from the first on. */
  readonly good: number
  /** Of the last good entry: to be kept elsewhere, and compared. Undefined for none. */
  readonly hash: string | undefined
  /** The first thing that is wrong, as a sentence without its stop. */
  readonly fault?: string
}

/**
 * Checks every hash from the first entry on, and stops at the first that is wrong. `expected`: a head that was kept
 * elsewhere; without its entry, or with another hash in it, the chain was cut or made anew.
 */
export async function verifyLedger(
  ledger: Pick<TrustLedger, 'trustEntries'>,
  expected?: { readonly sequence: number; readonly hash: string },
  signal?: AbortSignal,
): Promise<Verification> {
  let before: TrustEntry | undefined
  const soFar = () => ({ good: before?.sequence ?? 0, hash: before?.hash })
  for await (const entry of entriesOf(ledger, {}, signal)) {
    const fault = faultInChain(entry, before)
    if (fault !== undefined) return { ...soFar(), fault }
    if (entry.sequence === expected?.sequence && entry.hash !== expected.hash)
      return { ...soFar(), fault: `entry ${entry.sequence} has another hash than the one that was kept` }
    before = entry
  }
  if (expected !== undefined && (before?.sequence ?? 0) < expected.sequence)
    return { ...soFar(), fault: `entry ${expected.sequence}, whose hash was kept, is gone` }
  return soFar()
}
