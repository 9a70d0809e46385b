// How an analytic is triaged (analytics/*/triage.yaml)
export { loadTriage } from './definition.ts'
export type { TriageDefinition } from './definition.ts'
// The runbook's questions, its reasons to escalate, and its steps
export { isForLevelOne, triage, triageWithSteps } from './triage.ts'
export type { Override, Triage, TriageSources } from './triage.ts'
export type { Answer, EvidenceRef, Reason, Verdict } from './answer.ts'
export type { Decision, Ground } from './escalation.ts'
export type { Step, StepLine } from './steps.ts'
export type { IssuedNearby } from './facts.ts'
