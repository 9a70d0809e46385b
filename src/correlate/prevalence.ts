import type { Correlation } from './definition.ts'
import type { Observation } from './observation.ts'

/** How far the history of a store goes: rarity is judged by it. */
export type History = {
  /** Hosts that any evidence is of. */
  readonly hosts: number
  /** Between the first event and the last. */
  readonly days: number
}

/** How often the same object is met, and what an observation counts for that. */
export class Prevalence {
  readonly #correlation: Correlation
  readonly #history: History
  readonly #objects = new Map<string, { readonly hosts: Set<string>; first: number; last: number }>()

  constructor(correlation: Correlation, history: History, observations: readonly Observation[]) {
    this.#correlation = correlation
    this.#history = history
    for (const observation of observations) {
      const [first, last] = [Date.parse(observation.first_seen), Date.parse(observation.last_seen)]
      const known = this.#objects.get(nameOf(observation)) ?? { hosts: new Set<string>(), first, last }
      known.hosts.add(observation.host)
      known.first = Math.min(known.first, first)
      known.last = Math.max(known.last, last)
      this.#objects.set(nameOf(observation), known)
    }
  }

  /** Undefined while there are too few hosts or too little history to say what is rare. */
  get isJudged(): boolean {
    const { hosts, days } = this.#correlation.rarity
    return this.#history.hosts >= hosts && this.#history.days >= days
  }

  hostsWith(observation: Observation): number {
    return this.#objects.get(nameOf(observation))?.hosts.size ?? 0
  }

  /** What the points of an observation are multiplied by. */
  factorOf(observation: Observation): number {
    const known = this.#objects.get(nameOf(observation))
    if (!this.isJudged || known === undefined) return 1
    const { first, common } = this.#correlation.rarity
    if (known.hosts.size === 1) return first
    const isCommon = known.hosts.size / this.#history.hosts >= common.share
    return isCommon && known.last - known.first >= common.days * millisecondsOfDay ? common.factor : 1
  }
}

const millisecondsOfDay = 86_400_000

function nameOf({ detection_id, object }: Observation): string {
  return `${detection_id}\0${object}`
}
