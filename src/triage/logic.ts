import type { EvidenceRef } from './answer.ts'

/** What is known of a clause. `unknown` says in `missing` what would tell. */
export type State = 'true' | 'false' | 'unknown'

/** One condition of a question or of a reason to escalate. */
export type Clause = {
  /** Upper case, stable. */
  readonly code: string
  readonly state: State
  /** A sentence with the facts. */
  readonly text: string
  /** Share of the answer that rests on it, 0 to 1: its part of the confidence. */
  readonly weight: number
  readonly evidence: readonly EvidenceRef[]
  /** What would tell; empty unless the state is unknown or more could be known. */
  readonly missing: readonly string[]
}

/** Kleene's logic: one that is false makes all false, one that is unknown leaves it open. */
export function all(states: readonly State[]): State {
  if (states.includes('false')) return 'false'
  return states.includes('unknown') ? 'unknown' : 'true'
}

export function any(states: readonly State[]): State {
  if (states.includes('true')) return 'true'
  return states.includes('unknown') ? 'unknown' : 'false'
}

export function not(state: State): State {
  return state === 'unknown' ? 'unknown' : state === 'true' ? 'false' : 'true'
}

/** The same clause asked of several things: `all` of them have to be so, or `any` is enough. Of none it is unknown. */
export function together(clauses: readonly Clause[], how: 'all' | 'any', nothing: Clause): Clause {
  const [first] = clauses
  if (first === undefined) return nothing
  const state = (how === 'all' ? all : any)(clauses.map(one => one.state))
  // Those that decide it speak; the others are only counted.
  const deciding = clauses.filter(one => one.state === state)
  const told = deciding.slice(0, mostTold).map(one => one.text)
  const more = deciding.length - told.length
  return {
    ...first,
    state,
    text: [...told, ...(more > 0 ? [`and ${more} more alike`] : [])].join('; '),
    evidence: deciding.flatMap(one => one.evidence).slice(0, 20),
    missing: [...new Set(clauses.flatMap(one => (one.state === 'unknown' ? one.missing : [])))],
  }
}

const mostTold = 4
