import { randomUUID } from 'node:crypto'
import type { EventStore, QueryOptions } from '../model/index.ts'
import { rowsOf } from '../model/index.ts'
import type { FrequencySnapshot } from '../pivots/index.ts'
import { ownerGroups } from '../pivots/index.ts'
import { learnPlatforms } from './learn-platforms.ts'

export type CountOptions = Pick<QueryOptions, 'signal'> & {
  /** The time the snapshot bears. */
  readonly now: Date
  /** Called before each step, with a sentence for a person. */
  readonly onStep?: (step: string) => void
}

/** What a pivot looks up, each time in many places. */
const askedByPivots = ['certificate', 'certificate_pivot', 'certificate_host']

/** Rows of one append: some 2 MB. */
const rowsAtOnce = 20_000

/**
 * Counts how common each value is that certificates share, groups their owners, and learns which values platforms give
 * out. A pivot uses the newest snapshot. Costs some three seconds for 200,000 certificates; one that is cut off is never
 * used, because its own row is written last.
 */
export async function countFrequencies(store: EventStore, options: CountOptions): Promise<FrequencySnapshot> {
  const { now, onStep = () => undefined, ...rest } = options
  const signal = rest.signal === undefined ? {} : { signal: rest.signal }
  const id = `${now.toISOString().slice(0, 10)}-${randomUUID().slice(0, 8)}`
  const [counts] = await rowsOf(store, 'certificate-counts', signal)
  onStep('putting certificates together that were read in pieces')
  await store.settle(askedByPivots, signal)
  onStep('grouping owners by the domains that stand together on certificates')
  const groups = await groupOwners(store, signal)
  const grouped = [...groups].map(([owner, owner_group]) => ({ snapshot: id, owner, owner_group }))
  for (let at = 0; at < grouped.length; at += rowsAtOnce)
    await store.append('owner_group', grouped.slice(at, at + rowsAtOnce), `${id}/owner_group/${at}`)
  for (const row of await rowsOf(store, 'pivot-attributes', signal)) {
    const attribute = String(row.attribute)
    onStep(`counting who shares ${attribute}`)
    await store.insert('count-pivot-values', { params: { snapshot: id, attribute }, ...signal })
  }
  const [totals] = await rowsOf(store, 'pivot-snapshot-totals', { params: { snapshot: id }, ...signal })
  const [certificates, owners] = [Number(counts?.certificates ?? 0), Number(totals?.owners ?? 0)]
  const snapshot = { id, made_at: now.toISOString(), certificates, owners, arrived_since: 0 }
  await store.settle(['pivot_frequency', 'owner_group'], signal)
  onStep('learning which values platforms give out')
  await learnPlatforms(store, snapshot, { now, ...signal })
  const row = {
    snapshot: id,
    made_at: snapshot.made_at,
    last_sequence: Number(counts?.last_sequence ?? 0),
    certificates,
    owners,
    values: Number(totals?.values ?? 0),
  }
  await store.append('pivot_snapshot', [row], `${id}/pivot_snapshot`)
  return snapshot
}

/** Group by owner, for those that are not alone. */
async function groupOwners(
  store: EventStore,
  signal: Pick<QueryOptions, 'signal'>,
): Promise<ReadonlyMap<string, string>> {
  const together: (readonly string[])[] = []
  for await (const row of store.query('shared-apexes', signal)) together.push(row.apexes as readonly string[]) // Array(String)
  return ownerGroups(together)
}
