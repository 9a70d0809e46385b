import type { Contribution, Verdict } from '../model/index.ts'
import { scoreOf } from '../model/index.ts'
import type { Joined } from './components.ts'
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
  readonly score: number
  readonly contributions: readonly Contribution[]
  /** Classes that give points. */
  readonly classes: readonly string[]
  /** In order of time. */
  readonly observations: readonly Observation[]
  readonly joins: readonly Joined[]
  readonly standalone: readonly Standalone[]
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
): Correlated {
  const prevalence = new Prevalence(correlation, history, observations)
  const cases: Case[] = []
  const withoutCompany: Observation[] = []
  for (const component of componentsOf(correlation, observations)) {
    const { contributions, classes, withoutCompany: alone } = weigh(correlation, component, prevalence)
    withoutCompany.push(...alone)
    const standalone = standaloneOf(correlation, component.observations)
    if (contributions.length === 0) continue
    const score = scoreOf(contributions)
    const hosts = component.observations.map(observation => prevalence.hostsWith(observation))
    cases.push({
      key: nameOf(correlation, component.observations),
      host: component.observations[0]?.host ?? '',
      verdict: verdictOf(correlation, score, classes, component.observations),
      score,
      contributions,
      classes,
      observations: component.observations,
      joins: component.joins,
      standalone,
      ...(prevalence.isJudged ? { rarest: Math.min(...hosts) } : {}),
    })
  }
  return { cases, withoutCompany }
}

function nameOf({ classes }: Correlation, observations: readonly Observation[]): string {
  const rank = new Map(Object.keys(classes).map((name, nth) => [name, nth]))
  const place = (observation: Observation) => rank.get(observation.class) ?? rank.size
  const [first] = observations.toSorted((a, b) => place(a) - place(b) || (a.key < b.key ? -1 : 1))
  return `${first?.host}|${first?.key}`
}
