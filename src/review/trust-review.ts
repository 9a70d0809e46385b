import type { Finding, HuntSummary, Verdict } from '../model/index.ts'
import { urgency } from '../model/index.ts'

/**
 * What a period brought, for whoever answers for it: what changed in trust, who approved it, what nobody explained, and
 * what could not be seen. It is made from hunts that were kept; what no hunt saw is in the ledger alone.
 */

/** One hunt that was kept, with what it found. */
export type KeptHunt = { readonly hunt: HuntSummary; readonly findings: readonly Finding[] }

/** An approval as it was given; all that the report says of it. */
export type ApprovalTold = {
  readonly id: string
  readonly kind: string
  readonly ticket: string
  readonly approver: string
  readonly requester: string
  /** What it binds, in words. */
  readonly binds: string
  readonly from: string
  readonly until: string
  /** By whom, and why; absent while it stands. */
  readonly withdrawn?: string
}

/** A change out of the trust ledger; all that the report says of it. */
export type ChangeTold = {
  readonly sequence: number
  readonly host: string
  readonly object_kind: string
  readonly object: string
  readonly operation: string
  readonly changed_from: string
  readonly changed_until: string
  readonly provenance: string
  readonly actor_process: string
  readonly actor_user: string
  readonly event_uid: string
}

export type ReviewSources = {
  readonly analytic: string
  /** ISO 8601 UTC with microseconds; `until` is the first moment after it. */
  readonly since: string
  readonly until: string
  /** The newest first. */
  readonly hunts: readonly KeptHunt[]
  /** In lower case, whole; every host when left out. */
  readonly host?: string
  /** Those of the period. Undefined: they cannot be read here. */
  readonly approvals: readonly ApprovalTold[] | undefined
  /** In the order of the ledger. Undefined: there is none, or nothing was ever written into it. */
  readonly ledger: readonly ChangeTold[] | undefined
}

export type ReviewedFinding = {
  readonly finding: Finding
  readonly host: string
  /** By which hunt it was said last. */
  readonly hunt_id: string
  /** Verdicts of earlier hunts that differ, oldest first. */
  readonly before: readonly Verdict[]
  /** `approved`: somebody sanctioned it. `open`: it asks for a decision. `told`: it asks for none. */
  readonly state: 'approved' | 'open' | 'told'
}

export type TrustReview = Omit<ReviewSources, 'hunts' | 'ledger' | 'host'> & {
  readonly hunts: readonly HuntSummary[]
  /** The most urgent first. */
  readonly findings: readonly ReviewedFinding[]
  readonly changes: readonly (ChangeTold & { readonly finding?: ReviewedFinding })[] | undefined
  /** Classes of evidence that findings could not judge, with the hosts. */
  readonly gaps: readonly { readonly title: string; readonly hosts: readonly string[]; readonly why: string }[]
  /** What this report could not read, as sentences. Empty: all of it. */
  readonly missing: readonly string[]
}

/** The same sources give the same report. */
export function trustReview(sources: ReviewSources): TrustReview {
  const { analytic, since, until, approvals, ledger } = sources
  const findings = reviewed(sources)
  const byEvent = new Map(
    findings.flatMap(one => eventsOf(one.finding).map(uid => [`${one.host} ${uid}`, one] as const)).reverse(),
  )
  return {
    analytic,
    since,
    until,
    approvals,
    hunts: sources.hunts.map(({ hunt }) => hunt),
    findings,
    changes: ledger
      ?.filter(({ host }) => sources.host === undefined || host === sources.host)
      .map(change => {
        const finding = byEvent.get(`${change.host} ${change.event_uid}`)
        return finding === undefined ? change : { ...change, finding }
      }),
    gaps: gapsIn(findings),
    missing: missingIn(sources),
  }
}

/** The newest version of each finding whose events reach into the period. */
function reviewed({ analytic, since, until, hunts, host }: ReviewSources): readonly ReviewedFinding[] {
  const versions = new Map<string, { finding: Finding; hunt_id: string; before: Verdict[] }>()
  for (const { hunt, findings } of hunts)
    for (const finding of findings) {
      const known = versions.get(finding.finding_id)
      if (known === undefined) versions.set(finding.finding_id, { finding, hunt_id: hunt.hunt_id, before: [] })
      else known.before.unshift(finding.verdict)
    }
  return [...versions.values()]
    .map(({ finding, hunt_id, before }) => ({
      finding,
      host: hostOf(finding),
      hunt_id,
      before: before.filter((verdict, nth) => verdict !== (before[nth + 1] ?? finding.verdict)),
      state: stateOf(finding.verdict),
    }))
    .filter(({ finding }) => finding.analytic === analytic && finding.last_seen >= since && finding.first_seen < until)
    .filter(one => host === undefined || one.host === host)
    .sort(mostUrgentFirst)
}

function stateOf(verdict: Verdict): ReviewedFinding['state'] {
  if (verdict === 'approved' || verdict === 'refuted') return 'approved'
  return urgency(verdict) >= urgency('review') || verdict === 'unknown' ? 'open' : 'told'
}

function mostUrgentFirst(a: ReviewedFinding, b: ReviewedFinding): number {
  const rank = ({ finding }: ReviewedFinding) => urgency(finding.verdict)
  return (
    rank(b) - rank(a) || b.finding.score - a.finding.score || (a.finding.finding_id < b.finding.finding_id ? -1 : 1)
  )
}

function hostOf({ entities }: Finding): string {
  return entities.find(({ kind }) => kind === 'host_name')?.value.toLowerCase() ?? ''
}

function eventsOf({ evidence, correlation }: Finding): readonly string[] {
  const told = [...evidence, ...(correlation?.observations ?? [])]
  return [...new Set(told.map(({ event_uid }) => event_uid))]
}

function gapsIn(findings: readonly ReviewedFinding[]): TrustReview['gaps'] {
  const gaps = new Map<string, { title: string; hosts: Set<string>; why: string }>()
  for (const { finding, host } of findings)
    for (const { state, title, why } of finding.correlation?.classes ?? []) {
      if (state !== 'not_evaluable') continue
      const gap = gaps.get(`${title}\u0000${why}`) ?? { title, hosts: new Set<string>(), why }
      gap.hosts.add(host)
      gaps.set(`${title}\u0000${why}`, gap)
    }
  return [...gaps.values()].map(({ hosts, ...gap }) => ({ ...gap, hosts: [...hosts].sort() }))
}

function missingIn({ hunts, approvals, ledger, since, until }: ReviewSources): readonly string[] {
  const inside = hunts.some(({ hunt }) => hunt.started_at.toISOString() >= since.slice(0, 23))
  return [
    ...(hunts.length === 0 || !inside
      ? [
          `No hunt was kept since ${since}: what happened in the period, nobody looked at. Run counterseal hunt --data DIR.`,
        ]
      : []),
    ...(hunts.length > 0 && !hunts.some(({ hunt }) => hunt.finished_at.toISOString() >= until.slice(0, 23))
      ? [`The last hunt was before the end of the period (${until}): what came after it is not in this report.`]
      : []),
    ...(approvals === undefined ? ['Approvals could not be read here: nothing is told as approved by them.'] : []),
    ...(ledger === undefined
      ? ['Nothing was ever written into the trust ledger here: changes that no finding tells are not in this report.']
      : []),
  ]
}
