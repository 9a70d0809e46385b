import type { Clause, State } from './logic.ts'
import { all, any } from './logic.ts'

/** What a reason stands on. */
export type EvidenceRef =
  | { readonly source: 'record'; readonly event_uid: string }
  | { readonly source: 'finding'; readonly finding_id: string; readonly title: string }
  /** A row of a list of the site (docs/triage.md), counted from 1 without its header; 0 is the whole list. */
  | {
      readonly source: 'input'
      readonly input: string
      readonly file: string
      readonly row: number
      readonly version: string
    }
  /** `counterseal cert show` has it. */
  | { readonly source: 'certificate'; readonly certificate: string; readonly names: readonly string[] }
  | { readonly source: 'reference'; readonly catalogue: string; readonly entry: string }
  /** Telemetry that would have shown it: in how many of the days there was any. Times ISO 8601. */
  | {
      readonly source: 'telemetry'
      readonly kind: string
      readonly from: string
      readonly until: string
      readonly days: number
      readonly days_seen: number
    }

export type Verdict = 'yes' | 'no' | 'unknown'

export type Reason = {
  readonly code: string
  readonly state: State
  readonly text: string
  readonly weight: number
  readonly evidence: readonly EvidenceRef[]
}

/** The answer to one question: a pure function of the finding, the records and the lists. */
export type Answer = {
  readonly id: 'q1' | 'q2' | 'q3'
  /** In the runbook's own words. */
  readonly question: string
  readonly verdict: Verdict
  /** 0 to 1: the weight of the clauses that are known, of all. */
  readonly confidence: number
  readonly reasons: readonly Reason[]
  /** What would have changed `unknown`; never empty when the verdict is unknown. */
  readonly missing: readonly string[]
  /** ISO 8601: the end of what the finding covers. */
  readonly as_of: string
  /** File to version, for every list that was looked at. */
  readonly inputs_version: Readonly<Record<string, string>>
}

/**
 * When a question is answered yes and when no (specification T1596.003 §4.3). `yes`: all of its clauses, or any of them. `no`: any of
 * the clauses of `no`, or, where `no_when_none`, that none of `yes` holds and it is known of every one.
 */
export type Rule = {
  readonly yes: readonly Clause[]
  readonly yes_needs: 'all' | 'any'
  readonly no: readonly Clause[]
  readonly no_when_none: boolean
}

export function verdictOf({ yes, yes_needs, no, no_when_none }: Rule): Verdict {
  const isYes = (yes_needs === 'all' ? all : any)(yes.map(({ state }) => state))
  const isNo = any(no.map(({ state }) => state))
  // With `all`, a clause that speaks against it decides; with `any`, what holds outweighs what was left undecided.
  if (yes_needs === 'all') return isNo === 'true' ? 'no' : isYes === 'true' && isNo === 'false' ? 'yes' : 'unknown'
  if (isYes === 'true') return 'yes'
  if (isNo === 'true') return 'no'
  return no_when_none && isYes === 'false' && isNo === 'false' ? 'no' : 'unknown'
}

export type Asked = Pick<Answer, 'id' | 'question' | 'as_of' | 'inputs_version'>

export function answerOf(asked: Asked, rule: Rule): Answer {
  const verdict = verdictOf(rule)
  const clauses = [...rule.yes, ...rule.no]
  const total = clauses.reduce((sum, { weight }) => sum + weight, 0)
  const known = clauses.reduce((sum, { weight, state }) => sum + (state === 'unknown' ? 0 : weight), 0)
  const missing = [...new Set(clauses.flatMap(one => one.missing))]
  return {
    ...asked,
    verdict,
    confidence: total === 0 ? 0 : Math.round((100 * known) / total) / 100,
    reasons: clauses.map(({ code, state, text, weight, evidence }) => ({ code, state, text, weight, evidence })),
    missing: verdict === 'unknown' && missing.length === 0 ? standstill(rule) : missing,
  }
}

/** Everything is known, and neither the one nor the other holds. */
function standstill({ yes }: Rule): readonly string[] {
  return yes
    .filter(({ state }) => state === 'false')
    .map(({ text }) => `this speaks against yes, and is not enough for no: ${text}`)
}
