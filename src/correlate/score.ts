import type { Contribution } from '../model/index.ts'
import type { Component } from './components.ts'
import type { Correlation } from './definition.ts'
import type { Observation } from './observation.ts'
import type { Prevalence } from './prevalence.ts'
import { standaloneOf } from './verdict.ts'

/** The arithmetic of a component: the score is the sum of its contributions, cut at 100. */
export type Weighed = {
  readonly contributions: readonly Contribution[]
  /** Classes that give points. */
  readonly classes: readonly string[]
  /** Observations that count for nothing by themselves, because nothing of another class is joined to them. */
  readonly withoutCompany: readonly Observation[]
}

/** Observations of a class that are told one by one; what the others add is one contribution. */
const toldOneByOne = 5

export function weigh(correlation: Correlation, component: Component, prevalence: Prevalence): Weighed {
  const contributions: Contribution[] = []
  const classes: string[] = []
  const withoutCompany: Observation[] = []
  for (const [name, { needs_company, title, beside }] of Object.entries(correlation.classes)) {
    const all = component.observations.filter(observation => observation.class === name)
    if (all.length === 0) continue
    // What weighs nothing is no company: it tells of the same thing that nobody can say anything of.
    const isAlone = component.observations.every(one => one.class === name || weightOf(one) === 0)
    if (isAlone && (beside !== undefined || (needs_company && standaloneOf(correlation, all).length === 0))) {
      withoutCompany.push(...all)
      continue
    }
    const own = contributionsOfClass(correlation, all, title, prevalence)
    if (own.length === 0) continue
    const cap = correlation.score.class_cap
    const sum = own.reduce((total, { points }) => total + points, 0)
    if (sum > cap)
      own.push({
        signal: `cap/${name}`,
        points: rounded(cap - sum),
        because: `No class gives more than ${cap} points: ${title}.`,
      })
    contributions.push(...own)
    if (sum > 0 && beside === undefined) classes.push(name)
  }
  const order = correlation.score.order
  if (classes.length >= order.classes && isInOrder(correlation, component, classes))
    contributions.push({ signal: 'order', points: order.points, because: order.because })
  return { contributions, classes, withoutCompany }
}

/** The heaviest observation counts whole, every other one for a part. */
function contributionsOfClass(
  { score }: Correlation,
  observations: readonly Observation[],
  title: string,
  prevalence: Prevalence,
): Contribution[] {
  const heaviest = observations
    .map(observation => ({ observation, weight: weightOf(observation) * prevalence.factorOf(observation) }))
    .toSorted((a, b) => b.weight - a.weight || (a.observation.key < b.observation.key ? -1 : 1))
  const told = heaviest.slice(0, toldOneByOne).flatMap(({ observation }, nth) => {
    const factor = prevalence.factorOf(observation) * (nth === 0 ? 1 : score.others)
    return observation.signals.map(({ signal, points, because }) => ({
      signal,
      points: rounded(points * factor),
      because: factor === 1 ? because : `${because} (${points} × ${rounded(factor)})`,
    }))
  })
  const rest = heaviest.slice(toldOneByOne)
  const more = rounded(rest.reduce((sum, { weight }) => sum + weight * score.others, 0))
  if (more === 0) return told
  const because = `${rest.length} more of the same class, each for ${score.others} of its points: ${title}.`
  return [...told, { signal: 'more', points: more, because }]
}

function weightOf({ signals }: Observation): number {
  return signals.reduce((sum, { points }) => sum + points, 0)
}

/** The first events of the classes come in the order in which an attack goes through them. */
function isInOrder({ classes }: Correlation, { observations }: Component, scored: readonly string[]): boolean {
  const firsts = Object.keys(classes)
    .filter(name => scored.includes(name))
    .map(name => observations.find(observation => observation.class === name)?.first_seen ?? '')
  return firsts.every((first, nth) => nth === 0 || (firsts[nth - 1] ?? '') <= first)
}

function rounded(points: number): number {
  return Math.round(points * 100) / 100
}
