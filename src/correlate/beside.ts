import type { Component } from './components.ts'
import type { Correlation } from './definition.ts'
import type { Observation } from './observation.ts'
import { byTime } from './observation.ts'

/** What makes cases, and what only stands beside them: a log that was cleared is no change of trust, and hides one. */
export function parted({ classes }: Correlation, all: readonly Observation[]) {
  const isBeside = (observation: Observation) => classes[observation.class]?.beside !== undefined
  return { standing: all.filter(one => !isBeside(one)), accompanying: all.filter(isBeside) }
}

/**
 * Adds to every component what stands beside it. One observation may stand beside several; one that stands beside none
 * is a component of its own.
 */
export function accompanied(
  correlation: Correlation,
  components: readonly Component[],
  accompanying: readonly Observation[],
): readonly Component[] {
  if (accompanying.length === 0) return components
  const byHost = new Map<string, Observation[]>()
  for (const one of accompanying) byHost.set(one.host, [...(byHost.get(one.host) ?? []), one])
  const placed = new Set<Observation>()
  const together = components.map(component => {
    const near = (byHost.get(component.observations[0]?.host ?? '') ?? []).filter(one =>
      component.observations.some(other => isBeside(correlation, one, other)),
    )
    for (const one of near) placed.add(one)
    if (near.length === 0) return component
    return { ...component, observations: [...component.observations, ...near].toSorted(byTime) }
  })
  const alone = accompanying.filter(one => !placed.has(one)).toSorted(byTime)
  return [...together, ...alone.map(one => ({ observations: [one], joins: [] }))]
}

function isBeside({ classes }: Correlation, one: Observation, other: Observation): boolean {
  const beside = classes[one.class]?.beside
  if (beside === undefined || !beside.classes.includes(other.class)) return false
  if (other.signals.reduce((sum, { points }) => sum + points, 0) < beside.from) return false
  const gap = Math.max(
    Date.parse(other.first_seen) - Date.parse(one.last_seen),
    Date.parse(one.first_seen) - Date.parse(other.last_seen),
  )
  return gap <= 1000 * beside.window
}
