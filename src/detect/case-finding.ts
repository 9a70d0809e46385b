import { createHash } from 'node:crypto'
import type { Case, Correlation, Observation } from '../correlate/index.ts'
import type { BlindSpot, Entity, Finding, Taint, Technique } from '../model/index.ts'
import { finding } from '../model/index.ts'
import { approvalsOf, titleOf } from './case-approvals.ts'
import type { ClassAnswer } from './class-states.ts'
import { inDoubt, stateOf } from './class-states.ts'

/** As many of each as a finding holds. */
export const most = { evidence: 20, observations: 50, joins: 50, entities: 40, told: 3, hosts: 25 }

/** A case of one host as a finding. */
export function findingOf(
  correlation: Correlation,
  one: Case,
  answers: readonly ClassAnswer[],
  taint: Taint | undefined,
  unseen: readonly BlindSpot[],
  intel_snapshot: string,
): Finding {
  const { observations } = one
  const shown = observations.slice(0, most.observations)
  const place = new Map(shown.map((observation, nth) => [observation, nth]))
  const classes = Object.entries(correlation.classes)
    .filter(([name, { beside }]) => beside === undefined || observations.some(one => one.class === name))
    .map(([name, { title, hosts_word }]) => {
      const state = stateOf(name, title, observations, answers)
      return taint !== undefined && hosts_word ? inDoubt(state, taint) : state
    })
  const missing = classes.filter(({ state }) => state === 'not_evaluable')
  const blind = missing.map(({ title, why, remedy }) => ({ what: title, why, remedy }))
  return finding.parse({
    finding_id: createHash('sha256').update(`${correlation.uuid}\0${one.key}`).digest('hex').slice(0, 32),
    analytic: correlation.analytic,
    detection_id: `${correlation.analytic.toLowerCase().replace('.', '-')}/correlation`,
    detection_version: correlation.version,
    title: titleOf(correlation, one),
    summary: summaryOf(one),
    verdict: one.verdict,
    score: one.score,
    contributions: [...one.contributions],
    entities: distinct(
      observations.flatMap(({ entities }) => entities),
      entityName,
    ).slice(0, most.entities),
    techniques: distinct(
      observations.flatMap(({ techniques }) => techniques),
      techniqueName,
    ),
    first_seen: observations[0]?.first_seen ?? '',
    last_seen:
      observations
        .map(({ last_seen }) => last_seen)
        .sort()
        .at(-1) ?? '',
    event_count: eventCountOf(observations),
    evidence: evidenceOf(observations),
    blind: [...blind, ...unseen],
    would_change: distinct(
      observations.flatMap(({ would_change }) => would_change),
      String,
    ),
    correlation: {
      classes,
      observations: shown.map(({ detection_id, class: name, summary, first_seen, last_seen, signals, evidence }) => ({
        detection_id,
        class: name,
        summary,
        points: signals.reduce((sum, { points }) => sum + points, 0),
        first_seen,
        last_seen,
        event_uid: evidence[0]?.event_uid ?? '',
      })),
      observation_count: observations.length,
      joins: one.joins.slice(0, most.joins).map(({ observations: joined, ...join }) => ({
        ...join,
        observations: joined.map(observation => place.get(observation)).filter(nth => nth !== undefined),
      })),
      standalone: one.standalone.map(({ rule, title, because }) => ({ rule, title, because })),
      ...(taint === undefined ? {} : { taint }),
      ...approvalsOf(one, place),
      ...(one.rarest === undefined ? {} : { rarest_on_hosts: one.rarest }),
    },
    intel_snapshot,
  } satisfies Finding)
}

/** The heaviest first: it is what the case is about. */
function summaryOf({ observations }: Case): string {
  const points = ({ signals }: Observation) => signals.reduce((sum, one) => sum + one.points, 0)
  const heaviest = observations.toSorted((a, b) => points(b) - points(a) || (a.key < b.key ? -1 : 1))
  const told = heaviest.slice(0, most.told).map(({ summary }) => summary)
  const more = observations.length - told.length
  return `${told.join('. ')}${more > 0 ? `. And ${more} more` : ''}`
}

/** An event that two observations list is one event; beyond what they list nobody knows, and it counts twice. */
function eventCountOf(observations: readonly Observation[]): number {
  const listed = observations.flatMap(({ evidence }) => evidence)
  const distinctly = new Set(listed.map(({ event_uid }) => event_uid)).size
  return observations.reduce((sum, { event_count }) => sum + event_count, 0) - (listed.length - distinctly)
}

/** The first record of each observation, then the others, as many as a finding holds. */
function evidenceOf(observations: readonly Observation[]): Finding['evidence'] {
  const first = observations.flatMap(({ evidence }) => evidence.slice(0, 1))
  const rest = observations.flatMap(({ evidence }) => evidence.slice(1))
  return distinct([...first, ...rest], ({ event_uid }) => event_uid).slice(0, most.evidence)
}

export function distinct<T>(all: readonly T[], nameOf: (one: T) => string): T[] {
  return [...new Map(all.map(one => [nameOf(one), one])).values()]
}

function entityName({ kind, value }: Entity): string {
  return `${kind}\0${value}`
}

function techniqueName({ id }: Technique): string {
  return id
}
