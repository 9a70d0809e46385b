import type { App } from '../app.ts'
import { storeIntel } from '../detect/index.ts'
import type { TrustLedger } from '../model/index.ts'
import type { Recorded } from '../trust/index.ts'
import { changesOfEvents, changesOfSnapshots, nextSequence, recordPages, toldSince } from '../trust/index.ts'
import { grouped, type Output } from './output.ts'

export type RecordTrustOptions = {
  /**
   * Look at what was read from this ingest_sequence on. Default: from where the ledger was brought up to date last, which
   * opens the case store.
   */
  readonly first?: number
  readonly signal: AbortSignal
}

/**
 * Brings the trust ledger up to date with the evidence. With `first` and without a change in it the case store is not
 * opened. With a shard away nothing is recorded, since what is missing would be passed over for ever.
 */
export async function recordTrust(app: App, { first, signal }: RecordTrustOptions): Promise<Recorded | undefined> {
  const store = await app.events()
  const { shards } = await store.describe()
  if (shards.some(shard => !shard.answers)) return undefined
  const next = await nextSequence(store)
  let opened: TrustLedger | undefined
  const ledger = async (): Promise<TrustLedger> => {
    opened ??= await app.cases()
    return opened
  }
  const start = first ?? startOf(await (await ledger()).trustPosition(), next)
  const { events, snapshots } = await toldSince(store, start)
  let [added, told] = [0, 0]
  // Reading the reference data takes longer than finding out that there is nothing to record.
  if (events || snapshots) {
    await storeIntel(store, app.intel())
    const options = { intelSnapshot: app.intel().snapshot, first: start, signal }
    const ways = [...(events ? [changesOfEvents] : []), ...(snapshots ? [changesOfSnapshots] : [])]
    for (const changesOf of ways) {
      const recorded = await recordPages(changesOf(store, options), ledger)
      added += recorded.added
      told += recorded.told
    }
  }
  // What lies between the two was not looked at now.
  if (opened !== undefined && startOf(await opened.trustPosition(), next) >= start) await opened.setTrustPosition(next)
  return { added, told }
}

/** A position beyond the store's end is that of another store of evidence. */
function startOf(position: number, next: number): number {
  return position > next ? 0 : position
}

/** After reading or hunting: says on stderr what is new in the ledger, and nothing when nothing is. */
export async function keepTrust(app: App, output: Output, options: RecordTrustOptions): Promise<void> {
  const recorded = await recordTrust(app, options)
  if (recorded === undefined) output.note('The trust ledger was not brought up to date: a shard does not answer.')
  else if (recorded.added > 0)
    output.note(`trust ledger: ${grouped(recorded.added)} new entries; see \`counterseal trust history\``)
}
