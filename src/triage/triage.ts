import type { EventStore, Finding } from '../model/index.ts'
import type { Answer, Rule, Verdict } from './answer.ts'
import { answerOf } from './answer.ts'
import type { TriageDefinition } from './definition.ts'
import type { Decision } from './escalation.ts'
import { decisionOf } from './escalation.ts'
import type { FactSources, Facts } from './facts.ts'
import { factsOf } from './facts.ts'
import { questionChange } from './question-change.ts'
import { questionPurpose } from './question-purpose.ts'
import { questionSource } from './question-source.ts'
import type { Step } from './steps.ts'
import { stepsOf } from './steps.ts'

/** A finding with the runbook's answers: computed from records and lists, the same from the same. */
export type Triage = {
  readonly finding_id: string
  readonly answers: readonly [Answer, Answer, Answer]
  readonly decision: Decision
}

/** Whether a finding is for level 1: a lead and more, or of a detector of a rate, whatever its score. */
export function isForLevelOne({ analytic, always_for_level_1 }: TriageDefinition, finding: Finding): boolean {
  if (finding.analytic !== analytic) return false
  return !['informational', 'refuted'].includes(finding.verdict) || always_for_level_1.includes(finding.detection_id)
}

/** What somebody answered instead: the last one of each question counts. */
export type Override = {
  readonly question: Answer['id']
  readonly verdict: Verdict
  readonly by: string
  readonly because: string
}

/** What was computed stays in the reasons; the verdict is that of the person. */
function overridden(answer: Answer, overrides: readonly Override[]): Answer {
  const own = overrides.filter(({ question }) => question === answer.id).at(-1)
  if (own === undefined) return answer
  const text = `${own.by} answered ${own.verdict} (computed: ${answer.verdict}): ${own.because}`
  const reason = { code: 'ANSWERED_BY_A_PERSON', state: 'true' as const, text, weight: 0, evidence: [] }
  return { ...answer, verdict: own.verdict, reasons: [reason, ...answer.reasons] }
}

/** The three questions and what follows, of facts alone. */
export function triageOf(facts: Facts, overrides: readonly Override[] = []): Triage {
  const { definition, finding, until } = facts
  const [one, two, three] = definition.words.questions
  const asked = {
    as_of: new Date(until).toISOString(),
    inputs_version: Object.fromEntries(facts.inputs.files.map(({ file, version }) => [file, version])),
  }
  const answered = (id: Answer['id'], question: string, rule: Rule) =>
    overridden(answerOf({ id, question, ...asked }, rule), overrides)
  const answers = [
    answered('q1', one, questionSource(facts)),
    answered('q2', two, questionPurpose(facts)),
    answered('q3', three, questionChange(facts)),
  ] as const
  return { finding_id: finding.finding_id, answers, decision: decisionOf(facts, answers) }
}

/** `overrides`: what people answered of this finding. */
export type TriageSources = FactSources & { readonly overrides?: readonly Override[] }

export async function triage(
  store: EventStore,
  sources: TriageSources,
): Promise<{ readonly facts: Facts; readonly triage: Triage }> {
  const facts = await factsOf(store, sources)
  return { facts, triage: triageOf(facts, sources.overrides) }
}

/** With the steps of level 1 and tier 2. `intel`: snapshot of the reference data in the store. */
export async function triageWithSteps(
  store: EventStore,
  sources: TriageSources,
  intel: string,
): Promise<{ readonly triage: Triage; readonly steps: readonly Step[] }> {
  const { facts, triage: made } = await triage(store, sources)
  const { signal } = sources
  return { triage: made, steps: await stepsOf(facts, { store, intel, ...(signal === undefined ? {} : { signal }) }) }
}
