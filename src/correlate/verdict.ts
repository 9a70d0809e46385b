import type { Urgency, Verdict } from '../model/index.ts'
import { urgency } from '../model/index.ts'
import type { Correlation } from './definition.ts'
import type { Observation } from './observation.ts'

/** A rule that one observation was enough for. */
export type Standalone = {
  readonly rule: string
  readonly title: string
  readonly because: string
  readonly observation: Observation
}

export function standaloneOf({ standalone }: Correlation, observations: readonly Observation[]): readonly Standalone[] {
  const found = new Map<string, Standalone>()
  for (const observation of observations)
    for (const { standalone: rule } of observation.signals) {
      const known = rule === undefined ? undefined : standalone[rule]
      if (rule === undefined || known === undefined || found.has(rule)) continue
      found.set(rule, { rule, title: known.title, because: known.because, observation })
    }
  return [...found.values()].toSorted((a, b) => (a.rule < b.rule ? -1 : 1))
}

/** The most urgent verdict whose conditions hold, by score, classes and rules. */
export function verdictOf(
  correlation: Correlation,
  score: number,
  classes: readonly string[],
  observations: readonly Observation[],
): Verdict {
  const decides = observations.some(({ signals }) => signals.some(signal => signal.decides_trust === true))
  const reached: Urgency[] = correlation.verdicts
    .filter(rule => score >= rule.from && classes.length >= rule.classes && (decides || !rule.decides_trust))
    .map(({ verdict }) => verdict)
  for (const { rule } of standaloneOf(correlation, observations)) {
    const known = correlation.standalone[rule]
    if (known !== undefined) reached.push(known.verdict)
  }
  return reached.reduce<Urgency>((most, one) => (urgency(one) > urgency(most) ? one : most), 'informational')
}
