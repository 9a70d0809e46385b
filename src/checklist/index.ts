// What to have in order, and what to do (analytics/*/checklist.yaml)
export { loadChecklist } from './definition.ts'
export type { Check, Checklist, ChecklistItem, Need } from './definition.ts'
// What is known of each host
export { factsOf } from './facts.ts'
export type { CertificateNamed, FactSources, HostFacts, SettingSeen } from './facts.ts'
// Done, not done, or nobody knows
export { judge, judgeAll } from './judge.ts'
export type { Judged, State } from './judge.ts'
