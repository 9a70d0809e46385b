import type { Approval } from '../model/index.ts'
import type { ApprovalMatch } from './approval.ts'
import { isInScope, matchOf } from './approval.ts'
import type { Correlation } from './definition.ts'
import type { Observation } from './observation.ts'

/** An approval that has to do with an observation. */
export type Matched = ApprovalMatch & { readonly observation: Observation }

/** What approvals say of the observations of a case. */
export type Consulted = {
  /** By approval, then as the observations come. */
  readonly matches: readonly Matched[]
  /** Observations that are approved exactly. */
  readonly approved: ReadonlySet<Observation>
  /** Approvals of declared exercises into whose hosts and windows something falls. */
  readonly exercises: readonly Approval[]
}

/** Approvals by what they name, so that few are compared with an observation. */
export class Approvals {
  readonly #correlation: Correlation
  readonly #all: readonly Approval[]
  readonly #now: string
  readonly #byValue = new Map<string, Approval[]>()

  /** `now` as ISO 8601 UTC with microseconds: what expired before it approves nothing. The order of `all` makes no difference. */
  constructor(correlation: Correlation, all: readonly Approval[], now: string) {
    this.#correlation = correlation
    this.#all = all.toSorted((a, b) => (a.approval_id < b.approval_id ? -1 : 1))
    this.#now = now
    for (const one of this.#all)
      for (const [kind, values] of Object.entries(one.object))
        for (const value of values) {
          const key = keyOf(kind, value)
          this.#byValue.set(key, [...(this.#byValue.get(key) ?? []), one])
        }
  }

  consult(observations: readonly Observation[]): Consulted {
    if (this.#all.length === 0) return { matches: [], approved: new Set(), exercises: [] }
    const matches = observations.flatMap(observation => this.#matchesOf(observation))
    const approved = new Set(matches.filter(({ match }) => match === 'exact').map(({ observation }) => observation))
    const exercises = this.#all.filter(one => one.exercise && observations.some(each => isInScope(one, each)))
    return {
      // Of what is approved exactly, what nearly fits it is no news.
      matches: matches.filter(({ match, observation }) => match !== 'partial' || !approved.has(observation)),
      approved,
      exercises,
    }
  }

  #matchesOf(observation: Observation): readonly Matched[] {
    const { first_seen } = observation
    const named = new Set(
      observation.entities.flatMap(({ kind, value }) => this.#byValue.get(keyOf(kind, value)) ?? []),
    )
    const near = this.#all.filter(one => named.has(one) || (one.from <= first_seen && first_seen <= one.until))
    return near.flatMap(one => {
      const match = matchOf(this.#correlation, one, observation, this.#now)
      return match === undefined ? [] : [{ ...match, observation }]
    })
  }
}

function keyOf(kind: string, value: string): string {
  return `${kind}\0${value.toLowerCase()}`
}
