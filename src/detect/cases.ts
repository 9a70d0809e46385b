import { assert } from '../base/index.ts'
import type { Case, Correlation, Observation } from '../correlate/index.ts'
import { campaignsOf, correlate, isOpen } from '../correlate/index.ts'
import type { Approval, EventStore, Finding, Taint } from '../model/index.ts'
import { rowsOf } from '../model/index.ts'
import { blindSpotOfShard } from './absence.ts'
import { campaignOf } from './case-campaign.ts'
import { findingOf } from './case-finding.ts'
import type { ClassAnswer } from './class-states.ts'
import type { Answer } from './hunt.ts'
import { mostUrgentFirst } from './hunt.ts'
import { withAncestors } from './process-ancestors.ts'
import { taintsOf } from './taint.ts'

export type CaseOptions = {
  readonly intelSnapshot: string
  /** What these hosts can answer, by host in lower case. */
  readonly answersOf: (hosts: readonly string[]) => Promise<ReadonlyMap<string, readonly ClassAnswer[]>>
  readonly signal?: AbortSignal
  /** What somebody allowed; those that expired before `now` approve nothing. Default: none. */
  readonly approvals?: readonly Approval[]
  /** Default: now. */
  readonly now?: Date
}

/** What a correlation has to say. */
export type CaseAnswer = {
  readonly correlation: Correlation
  readonly findings: readonly Finding[]
  /** Hosts with a case that asks for a decision, all of them: a finding of many hosts names only some. In lower case. */
  readonly openHosts: ReadonlySet<string>
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
  const { intelSnapshot, signal, approvals = [], now = new Date() } = options
  const own = answers.filter(({ detection }) => detection.analytic === correlation.analytic)
  const observed = own.flatMap(({ observations }) => observations)
  if (observed.length === 0) return { correlation, findings: [], openHosts: new Set(), withoutCompany: [] }
  const [history] = await rowsOf(store, 'correlation-history', signal === undefined ? {} : { signal })
  const observations = await withAncestors(store, observed, intelSnapshot, signal)
  const { cases, withoutCompany } = correlate(
    correlation,
    observations,
    { hosts: Number(history?.hosts), days: Number(history?.days) },
    { approvals, now: now.toISOString().replace('Z', '000Z') },
  )
  const answersByHost = await options.answersOf([...new Set(cases.map(({ host }) => host))])
  const unseen = [...new Set(own.flatMap(({ absent }) => absent))].map(blindSpotOfShard)
  const taints = await taintsOf(store, observed, { intelSnapshot, ...(signal === undefined ? {} : { signal }) })
  const toFinding = (one: Case) => {
    const taint = taints.find(each => each.host === one.host && overlaps(each, one))
    return findingOf(correlation, one, answersByHost.get(one.host) ?? [], taint, unseen, intelSnapshot)
  }
  const findings = campaignsOf(correlation, cases).map(([first, ...others]) => {
    assert(first !== undefined, 'a group of cases is empty')
    return others.length === 0 ? toFinding(first) : campaignOf(correlation, first, [first, ...others].map(toFinding))
  })
  const openHosts = new Set(cases.filter(({ verdict }) => isOpen(verdict)).map(({ host }) => host))
  return { correlation, findings: findings.sort(mostUrgentFirst), openHosts, withoutCompany }
}

function overlaps({ from, until }: Taint, { observations }: Case): boolean {
  return observations.some(
    ({ first_seen, last_seen }) => last_seen >= from && (until === undefined || first_seen <= until),
  )
}
