import type { EventStore } from '../model/index.ts'
import { rowsOf } from '../model/index.ts'
import type { Baseline } from './definition.ts'
import { reachOf, revisionOf, takenUpTo } from './refresh.ts'
import { historyDays } from './site.ts'

/** What a baseline can say, and since when it has looked. Days are UTC, `2026-10-05`. */
export type BaselineState = {
  readonly baseline: Baseline
  /**
   * `evaluable`: its newest day was judged. `learning`: there are too few days before its newest one, so that its silence
   * means nothing yet. `no telemetry`: nothing it counts in was read. `not taken`: something was read and not counted yet.
   */
  readonly state: 'evaluable' | 'learning' | 'no telemetry' | 'not taken'
  readonly first_day: string | undefined
  readonly last_day: string | undefined
  /** With telemetry. */
  readonly days: number
  readonly hours: number
  readonly entities: number
  /** Days that could be judged; those before had too little before them. */
  readonly evaluable_days: number
  /** Days with telemetry that are still missing before a day can be judged. */
  readonly remaining_days: number
}

/** In the order given. Two small queries each; the presence of 20,000 addresses over 28 days takes some 50 ms. */
export async function baselineStates(
  store: EventStore,
  baselines: readonly Baseline[],
  intelSnapshot: string,
): Promise<readonly BaselineState[]> {
  const states: BaselineState[] = []
  const { settled } = await reachOf(store)
  for (const baseline of baselines) {
    const revision = await revisionOf(store, baseline, intelSnapshot)
    const params = {
      family: baseline.id,
      revision,
      history_days: historyDays,
      learning_days: baseline.learning_days,
    }
    const [row] = await rowsOf(store, 'rate-states', { params })
    const days = Number(row?.days ?? 0)
    const learned = Number(row?.learned_days ?? 0)
    const untaken = (await takenUpTo(store, baseline, revision)) < settled
    const told = days > 0 ? (learned >= baseline.learning_days ? 'evaluable' : 'learning') : 'no telemetry'
    states.push({
      baseline,
      state: untaken && days === 0 ? 'not taken' : told,
      first_day: days > 0 ? String(row?.first_day) : undefined,
      last_day: days > 0 ? String(row?.last_day) : undefined,
      days,
      hours: Number(row?.hours ?? 0),
      entities: Number(row?.entities ?? 0),
      evaluable_days: Number(row?.evaluable_days ?? 0),
      remaining_days: Math.max(0, baseline.learning_days - learned),
    })
  }
  return states
}

/** One sentence for `counterseal coverage`. */
export function describeState({ baseline, ...of }: BaselineState): string {
  const seen = `${of.days} ${of.days === 1 ? 'day' : 'days'} of telemetry from ${of.first_day} to ${of.last_day}, ${of.entities} ${of.entities === 1 ? 'entity' : 'entities'}`
  switch (of.state) {
    case 'evaluable':
      return `evaluable: ${seen}; ${of.evaluable_days} of the days could be judged`
    case 'learning':
      return `learning: ${seen}; ${of.remaining_days} more ${of.remaining_days === 1 ? 'day' : 'days'} to go before its silence means anything`
    case 'not taken':
      return 'not taken: evidence was read since it was last brought up to date; the next hunt does so'
    case 'no telemetry':
      return `no telemetry: ${baseline.sees.map(({ remedy }) => remedy).join('; ')}`
  }
}
