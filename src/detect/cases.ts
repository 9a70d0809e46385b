import { createHash } from 'node:crypto'
import type { Case, Correlation, Observation } from '../correlate/index.ts'
import { correlate } from '../correlate/index.ts'
import type { BlindSpot, Entity, EventStore, Finding, Technique } from '../model/index.ts'
import { finding, rowsOf } from '../model/index.ts'
import { blindSpotOfShard } from './absence.ts'
import type { Answer } from './hunt.ts'
import { mostUrgentFirst } from './hunt.ts'
import { withAncestors } from './process-ancestors.ts'

/** Whether a host can answer for a class of evidence. */
export type ClassAnswer = {
  readonly class: string
  readonly state: 'seen' | 'answerable' | 'not_answerable'
  /** Empty where nothing stands in the way. */
  readonly why: string
  readonly remedy: string
}

export type CaseOptions = {
  readonly intelSnapshot: string
  /** What these hosts can answer, by host in lower case. */
  readonly answersOf: (hosts: readonly string[]) => Promise<ReadonlyMap<string, readonly ClassAnswer[]>>
  readonly signal?: AbortSignal
}

/** What a correlation has to say. */
export type CaseAnswer = {
  readonly correlation: Correlation
  readonly findings: readonly Finding[]
  /** Observations that are no case: they count for nothing until something of another class is joined to them. */
  readonly withoutCompany: readonly Observation[]
}

/** Puts together what the detections of an analytic observed. */
export async function casesOf(
  store: EventStore,
  correlation: Correlation,
  answers: readonly Answer[],
  options: CaseOptions,
): Promise<CaseAnswer> {
  const { intelSnapshot, signal } = options
  const own = answers.filter(({ detection }) => detection.analytic === correlation.analytic)
  const observed = own.flatMap(({ observations }) => observations)
  if (observed.length === 0) return { correlation, findings: [], withoutCompany: [] }
  const [history] = await rowsOf(store, 'correlation-history', signal === undefined ? {} : { signal })
  const observations = await withAncestors(store, observed, intelSnapshot, signal)
  const { cases, withoutCompany } = correlate(correlation, observations, {
    hosts: Number(history?.hosts),
    days: Number(history?.days),
  })
  const answersByHost = await options.answersOf([...new Set(cases.map(({ host }) => host))])
  const unseen = [...new Set(own.flatMap(({ absent }) => absent))].map(blindSpotOfShard)
  const findings = cases.map(one =>
    findingOf(correlation, one, answersByHost.get(one.host) ?? [], unseen, intelSnapshot),
  )
  return { correlation, findings: findings.sort(mostUrgentFirst), withoutCompany }
}

/** As many of each as a finding holds. */
const most = { evidence: 20, observations: 50, joins: 50, entities: 40, told: 3 }

function findingOf(
  correlation: Correlation,
  one: Case,
  answers: readonly ClassAnswer[],
  unseen: readonly BlindSpot[],
  intel_snapshot: string,
): Finding {
  const { observations } = one
  const shown = observations.slice(0, most.observations)
  const place = new Map(shown.map((observation, nth) => [observation, nth]))
  const classes = Object.entries(correlation.classes).map(([name, { title }]) =>
    stateOf(name, title, observations, answers),
  )
  const missing = classes.filter(({ state }) => state === 'not_evaluable')
  const blind = missing.map(({ title, why, remedy }) => ({ what: title, why, remedy }))
  return finding.parse({
    finding_id: createHash('sha256').update(`${correlation.uuid}\0${one.key}`).digest('hex').slice(0, 32),
    analytic: correlation.analytic,
    detection_id: `${correlation.analytic.toLowerCase().replace('.', '-')}/correlation`,
    detection_version: correlation.version,
    title: one.standalone[0] === undefined ? correlation.title : titleOf(one),
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
      ...(one.rarest === undefined ? {} : { rarest_on_hosts: one.rarest }),
    },
    intel_snapshot,
  } satisfies Finding)
}

function titleOf({ standalone }: Case): string {
  const titles = standalone.map(({ rule, title }) => `${rule} ${title}`)
  const text = titles.join('; ')
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}

/** The heaviest first: it is what the case is about. */
function summaryOf({ observations }: Case): string {
  const points = ({ signals }: Observation) => signals.reduce((sum, one) => sum + one.points, 0)
  const heaviest = observations.toSorted((a, b) => points(b) - points(a) || (a.key < b.key ? -1 : 1))
  const told = heaviest.slice(0, most.told).map(({ summary }) => summary)
  const more = observations.length - told.length
  return `${told.join('. ')}${more > 0 ? `. And ${more} more` : ''}`
}

function stateOf(name: string, title: string, observations: readonly Observation[], answers: readonly ClassAnswer[]) {
  const answer = answers.find(one => one.class === name)
  const own = observations.filter(observation => observation.class === name).length
  if (own > 0) return { class: name, title, state: 'observed' as const, why: '', remedy: '' }
  if (answer !== undefined && answer.state !== 'not_answerable') {
    const why = answer.state === 'seen' ? 'there are such events, and none belongs to this' : 'it would have been seen'
    return { class: name, title, state: 'absent' as const, why, remedy: '' }
  }
  const why = answer?.why || 'nobody asked what this host can answer'
  return {
    class: name,
    title,
    state: 'not_evaluable' as const,
    why,
    remedy: answer?.remedy || 'Run `counterseal coverage`.',
  }
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

function distinct<T>(all: readonly T[], nameOf: (one: T) => string): T[] {
  return [...new Map(all.map(one => [nameOf(one), one])).values()]
}

function entityName({ kind, value }: Entity): string {
  return `${kind}\0${value}`
}

function techniqueName({ id }: Technique): string {
  return id
}
