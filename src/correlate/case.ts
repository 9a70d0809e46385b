import type { Approval, Contribution, Verdict } from '../model/index.ts'
import { scoreOf } from '../model/index.ts'
import type { Consulted } from './approvals.ts'
import { Approvals } from './approvals.ts'
import type { Component, Joined } from './components.ts'
import { componentsOf } from './components.ts'
import type { Correlation } from './definition.ts'
import type { Observation } from './observation.ts'
import type { History } from './prevalence.ts'
import { Prevalence } from './prevalence.ts'
import { weigh } from './score.ts'
import type { Standalone } from './verdict.ts'
import { standaloneOf, verdictOf } from './verdict.ts'

/** What hangs together on one host, weighed together. */
export type Case = {
  /** Of the observation that names the case, the first by class and key: the same while more is learned about it. */
  readonly key: string
  readonly host: string
  readonly verdict: Verdict
  /** The sum of the contributions, also of what is approved. */
  readonly score: number
  readonly contributions: readonly Contribution[]
  /** Classes that give points. */
  readonly classes: readonly string[]
  /** In order of time. */
  readonly observations: readonly Observation[]
  readonly joins: readonly Joined[]
  readonly standalone: readonly Standalone[]
  readonly consulted: Consulted
  /** Where something is approved: what the case would have been. */
  readonly unapproved?: { readonly verdict: Verdict; readonly score: number }
  /** Of the rarest observation: how many hosts have the same. Undefined where too little history is there to say. */
  readonly rarest?: number
}

export type Correlated = {
  readonly cases: readonly Case[]
  /** What counts for nothing because nothing of another class is joined to it. */
  readonly withoutCompany: readonly Observation[]
}

/** Cases out of observations. The order in which they came makes no difference. */
export function correlate(
  correlation: Correlation,
  observations: readonly Observation[],
  history: History,
  allowed: { readonly approvals: readonly Approval[]; readonly now: string } = { approvals: [], now: '' },
): Correlated {
  const approvals = new Approvals(correlation, allowed.approvals, allowed.now)
  const prevalence = new Prevalence(correlation, history, observations)
  const cases: Case[] = []
  const withoutCompany: Observation[] = []
  for (const component of componentsOf(correlation, observations)) {
    const { contributions: weighed, classes, withoutCompany: alone } = weigh(correlation, component, prevalence)
    const contributions = [...weighed]
    const standalone = standaloneOf(correlation, component.observations)
    // What counts for nothing is told by the case it lies in, or by itself.
    const isNothing = contributions.every(({ points }) => points === 0) && standalone.length === 0
    if (isNothing || contributions.length === 0) {
      const telling = component.observations.filter(one => one.signals.length > 0 || alone.includes(one))
      withoutCompany.push(...telling)
      continue
    }
    const consulted = approvals.consult(component.observations)
    contributions.push(...mismatchOf(correlation, consulted))
    const judged = judge(correlation, component, contributions, classes, consulted, prevalence)
    const hosts = component.observations.map(observation => prevalence.hostsWith(observation))
    cases.push({
      key: nameOf(correlation, component.observations),
      host: component.observations[0]?.host ?? '',
      ...judged,
      contributions,
      consulted,
      classes,
      observations: component.observations,
      joins: component.joins,
      standalone,
      ...(prevalence.isJudged ? { rarest: Math.min(...hosts) } : {}),
    })
  }
  return { cases, withoutCompany }
}

/** Nearly what was approved: once, however much of it there is. */
function mismatchOf({ approvals }: Correlation, { matches }: Consulted): readonly Contribution[] {
  const partial = matches.filter(({ match }) => match === 'partial')
  if (partial.length === 0) return []
  const tickets = [...new Set(partial.map(({ approval }) => approval.ticket))].slice(0, 3).join(', ')
  const { points, because } = approvals.mismatch
  return [{ signal: 'approval_mismatch', points, because: `${because} (${tickets})` }]
}

/**
 * The verdict over what nobody approved. Approvals take nothing from a case with a rule that they do not reach, and the
 * score is of all of it.
 */
function judge(
  correlation: Correlation,
  { observations, joins }: Component,
  contributions: readonly Contribution[],
  classes: readonly string[],
  consulted: Consulted,
  prevalence: Prevalence,
): Pick<Case, 'verdict' | 'score' | 'unapproved'> {
  const score = scoreOf(contributions)
  const whole = { verdict: verdictOf(correlation, score, classes, observations), score }
  const isOutOfReach = standaloneOf(correlation, observations).some(
    ({ rule }) => correlation.standalone[rule]?.never_approved === true,
  )
  const { approved } = consulted
  if (approved.size === 0 || isOutOfReach) return whole
  const left = observations.filter(one => !approved.has(one))
  const rest = weigh(correlation, { observations: left, joins }, prevalence)
  const remaining = scoreOf([...rest.contributions, ...mismatchOf(correlation, consulted)])
  const verdict = verdictOf(correlation, remaining, rest.classes, left)
  return { verdict: verdict === 'informational' ? 'approved' : verdict, score, unapproved: whole }
}

function nameOf({ classes }: Correlation, observations: readonly Observation[]): string {
  const rank = new Map(Object.keys(classes).map((name, nth) => [name, nth]))
  const place = (observation: Observation) => rank.get(observation.class) ?? rank.size
  const [first] = observations.toSorted((a, b) => place(a) - place(b) || (a.key < b.key ? -1 : 1))
  return `${first?.host}|${first?.key}`
}
