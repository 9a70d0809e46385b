import { createHash } from 'node:crypto'
import { z } from 'zod'
import { assert } from '../base/index.ts'
import type { Observation } from '../correlate/index.ts'
import type {
  Contribution,
  EventStore,
  EvidenceReference,
  Finding,
  Params,
  QueryOptions,
  Row,
  Verdict,
} from '../model/index.ts'
import { finding, rowsOf, scoreOf, urgency } from '../model/index.ts'
import { absentShards, blindSpotOfShard } from './absence.ts'
import type { Coverage } from './coverage.ts'
import { blindSpotOf, coverageOf, isoTime } from './coverage.ts'
import type { Detection } from './detection.ts'
import { observationOf } from './observe.ts'

/** What one detection has to say, also when it found nothing: then whether anything could have been seen. */
export type Answer = {
  readonly detection: Detection
  /** Of a detection that gives verdicts by itself. */
  readonly findings: readonly Finding[]
  /** Of one that observes: what hangs together becomes findings (cases.ts). */
  readonly observations: readonly Observation[]
  readonly coverage: readonly Coverage[]
  /**
   * `found`; `quiet`: there was telemetry to look at and it shows nothing; `unknown`: there was none, or not all of it
   * could be looked at, so nothing can be said.
   */
  readonly answer: 'found' | 'quiet' | 'unknown'
  /** Locations of shards that did not answer. */
  readonly absent: readonly string[]
  /** Baselines of the detection that can not say what is unusual yet, and why: then silence means nothing. */
  readonly learning: readonly LearningBaseline[]
}

/** A baseline that is not evaluable, as a sentence. */
export type LearningBaseline = { readonly baseline: string; readonly because: string }

/** What baselines found to be more than usual, and which of them could not say so. */
export type Rates = {
  /** What the exceedances stand under in the store. */
  readonly snapshot: string
  /** By baseline: why its silence means nothing. One that is not in here is not evaluable either. */
  readonly states: ReadonlyMap<string, { readonly evaluable: boolean; readonly because: string }>
}

/** A row of a detection's query. Everything in it may come from an attacker's hand; lengths are cut by the query. */
const row = z.object({
  key: z.string().min(1),
  summary: z.string().min(1),
  /** Pairs of dictionary field and value. */
  entities: z.array(z.tuple([z.string(), z.string()])).min(1),
  signals: z.array(z.string()).min(1),
  /** Event uid (hexadecimal), evidence id, record number; oldest first, at most 20. */
  events: z.array(z.tuple([z.string(), z.string(), z.number()])).min(1),
  event_count: z.number(),
  first_seen: z.string(),
  last_seen: z.string(),
})

export type HuntOptions = {
  readonly intelSnapshot: string
  /** Absent: no baseline was asked, and detections that need one find nothing and say so. */
  readonly rates?: Rates
  readonly signal?: AbortSignal
}

/** Runs detections over what is stored, one after the other, in the order given. */
export async function* runDetections(
  store: EventStore,
  detections: readonly Detection[],
  options: HuntOptions,
): AsyncGenerator<Answer> {
  const paths = new Map<string, string>()
  let absent = await absentShards(store)
  for (const detection of detections) {
    const coverage: Coverage[] = []
    for (const telemetry of detection.sees) coverage.push(await coverageOf(store, telemetry))
    const visible = coverage.some(({ events, telemetry }) => events > 0 && !telemetry.context)
    const rows = visible ? await rowsOf(store, detection.query, askedWith(detection, options)) : []
    const [found, observations] =
      detection.observes === undefined
        ? [await findingsOf(store, detection, rows, coverage, paths, options), []]
        : [[], await observationsOf(store, detection, rows, paths)]
    // Asked before and after: a shard may go in between, and it does not say in which answer it was missing.
    absent = [...new Set([...absent, ...(await absentShards(store))])]
    const unseen = absent.map(blindSpotOfShard)
    const findings = found.map(finding => ({ ...finding, blind: [...finding.blind, ...unseen] }))
    const learning = learningOf(detection, options.rates)
    const quiet = visible && absent.length === 0 && learning.length === 0 ? 'quiet' : 'unknown'
    const answer = findings.length + observations.length > 0 ? 'found' : quiet
    yield { detection, findings, observations, coverage, absent, learning, answer }
  }
}

function learningOf({ baselines }: Detection, rates: Rates | undefined): readonly LearningBaseline[] {
  return baselines.flatMap(baseline => {
    const state = rates?.states.get(baseline)
    if (state?.evaluable === true) return []
    return [{ baseline, because: state?.because ?? 'nothing was counted for it' }]
  })
}

function askedWith(detection: Detection, { intelSnapshot, rates, signal }: HuntOptions): QueryOptions {
  const params: Params = {
    intel: intelSnapshot,
    ...(detection.baselines.length > 0 ? { rates: rates?.snapshot ?? '' } : {}),
    ...Object.fromEntries(Object.entries(detection.except).map(([name, { values }]) => [`except_${name}`, values])),
    ...Object.fromEntries(Object.entries(detection.settings).map(([name, setting]) => [name, setting.default])),
  }
  return { params, ...(signal === undefined ? {} : { signal }) }
}

async function observationsOf(
  store: EventStore,
  detection: Detection,
  rows: readonly Row[],
  paths: Map<string, string>,
): Promise<readonly Observation[]> {
  const observations: Observation[] = []
  for (const raw of rows) {
    const told = row.parse(raw)
    const evidence = await Promise.all(told.events.map(event => referenceOf(store, event, paths)))
    observations.push(observationOf(detection, told, raw, evidence))
  }
  return observations
}

async function findingsOf(
  store: EventStore,
  detection: Detection,
  rows: readonly Row[],
  coverage: readonly Coverage[],
  paths: Map<string, string>,
  { intelSnapshot }: HuntOptions,
): Promise<readonly Finding[]> {
  const blind = coverage.filter(({ events }) => events === 0).map(blindSpotOf)
  const findings: Finding[] = []
  for (const raw of rows) {
    const { key, signals, entities, events, first_seen, last_seen, ...told } = row.parse(raw)
    const contributions = signals.map(name => contributionOf(detection, name))
    const score = scoreOf(contributions)
    const made: Finding = {
      ...told,
      finding_id: createHash('sha256').update(`${detection.uuid}\0${key}`).digest('hex').slice(0, 32),
      analytic: detection.analytic,
      detection_id: detection.id,
      detection_version: detection.version,
      title: detection.title,
      verdict: verdictAt(detection, score),
      score,
      contributions,
      entities: entities.map(([kind, value]) => ({ kind, value })),
      techniques: detection.techniques,
      first_seen: isoTime(first_seen),
      last_seen: isoTime(last_seen),
      evidence: await Promise.all(events.map(event => referenceOf(store, event, paths))),
      blind,
      would_change: detection.would_change,
      intel_snapshot: intelSnapshot,
    }
    findings.push(finding.parse(made))
  }
  return findings.sort(mostUrgentFirst)
}

export function mostUrgentFirst(a: Finding, b: Finding): number {
  const order = urgency(b.verdict) - urgency(a.verdict) || b.score - a.score
  return order || a.first_seen.localeCompare(b.first_seen, 'en') || a.finding_id.localeCompare(b.finding_id, 'en')
}

function contributionOf(detection: Detection, signal: string): Contribution {
  const known = detection.signals[signal]
  assert(known !== undefined, `${detection.id} says "${signal}", which its detection.yaml does not weigh`)
  return { signal, points: known.points, because: known.because }
}

function verdictAt(detection: Detection, score: number): Verdict {
  return detection.verdicts.reduce<Verdict>(
    (verdict, step) => (score >= step.from ? step.verdict : verdict),
    'informational',
  )
}

async function referenceOf(
  store: EventStore,
  [event_uid, evidence_id, record_number]: readonly [string, string, number],
  paths: Map<string, string>,
): Promise<EvidenceReference> {
  let file = paths.get(evidence_id)
  if (file === undefined) {
    const [reading] = await rowsOf(store, 'readings-of-evidence', { params: { evidence_id } })
    file = String(reading?.path ?? '')
    paths.set(evidence_id, file)
  }
  return { event_uid, file, record_number }
}
