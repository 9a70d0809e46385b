import { randomUUID } from 'node:crypto'
import type { EventStore, Params, QueryOptions } from '../model/index.ts'
import { rowsOf } from '../model/index.ts'
import type { Baseline } from './definition.ts'
import { revisionOf } from './refresh.ts'
import type { SiteHours } from './site.ts'
import { defaultHours, historyDays, leastPeers, mostDays } from './site.ts'

export type ExceedanceOptions = Pick<QueryOptions, 'signal'> & {
  readonly intelSnapshot: string
  /** The day that the snapshot bears. */
  readonly now: Date
  readonly hours?: SiteHours
}

/**
 * Works out who did more than usual, over all that was taken in, and stores it under an id of its own: what a detection
 * gets as the parameter `rates`. Costs half a second for 20,000 addresses and 25 days of lookups, and some seconds for as
 * many that do something every hour. Empty, which matches nothing, when a shard is away: a store that lacks one takes
 * nothing in.
 */
export async function rateExceedances(
  store: EventStore,
  baselines: readonly Baseline[],
  options: ExceedanceOptions,
): Promise<string> {
  const { intelSnapshot, now, hours = defaultHours, signal } = options
  const { shards } = await store.describe()
  if (shards.some(({ answers }) => !answers)) return ''
  const snapshot = `${now.toISOString().slice(0, 10)}-${randomUUID().slice(0, 8)}`
  for (const baseline of baselines) {
    const { id: family, budget, learning_days } = baseline
    const revision = await revisionOf(store, baseline, intelSnapshot)
    const categories = Object.entries(baseline.categories).map(([name, { floor }]) => ({ name, floor }))
    const model = { family, revision, categories, budget: budget.false_alarms_per_day, learning_days, ...settings }
    await storeExceedances(store, snapshot, { ...model, hours }, signal === undefined ? {} : { signal })
  }
  return snapshot
}

/** The model of one family: what rate-exceedances.sql is asked with. */
export type RateModel = {
  readonly family: string
  readonly revision: string
  readonly categories: readonly { readonly name: string; readonly floor: number }[]
  /** False alarms a day, all categories together. */
  readonly budget: number
  readonly learning_days: number
  readonly history_days: number
  readonly least_peers: number
  readonly hours: SiteHours
}

/** As the specification has them. */
export const settings = { history_days: historyDays, least_peers: leastPeers } as const

/** Stores what one family shows, under a snapshot. Writes nothing when nobody reaches a floor. */
export async function storeExceedances(
  store: EventStore,
  snapshot: string,
  { family, revision, categories, budget, learning_days, history_days, least_peers, hours }: RateModel,
  options: Pick<QueryOptions, 'signal'> = {},
): Promise<void> {
  const counted = {
    family,
    revision,
    categories: categories.map(({ name }) => name),
    floors: categories.map(({ floor }) => floor),
  }
  const days = await rowsOf(store, 'rate-days', { params: { ...counted, most_days: mostDays }, ...options })
  if (days.length === 0) return
  const { timeZone: time_zone, workDays: work_days, workFrom: work_from, workTo: work_to } = hours
  const work = { work_days, work_from, work_to, time_zone }
  const observed = await rowsOf(store, 'rate-hours', { params: { family, revision, ...work }, ...options })
  const params: Params = {
    snapshot,
    ...counted,
    ...work,
    budget,
    learning_days,
    history_days,
    least_peers,
    asked_days: days.map(({ day }) => String(day)),
    observed_days: observed.map(({ day }) => String(day)),
    work_before: observed.map(({ work_before }) => Number(work_before)),
    other_before: observed.map(({ other_before }) => Number(other_before)),
  }
  await store.insert('rate-exceedances', { params, token: `rates/${snapshot}/${family}`, ...options })
}
