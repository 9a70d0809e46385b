// Evidence classes: what can answer an analytic (analytics/*/evidence.yaml)
export { loadEvidence } from './evidence.ts'
export type { Evidence, EvidenceClass, Picked, Setting, Sign, Witness } from './evidence.ts'
// What the hosts of a store can answer
export { coverageOfHosts } from './coverage.ts'
export type { ChannelCoverage, ChannelSilence, CoverageOptions, HostCoverage, ToldSilence } from './coverage.ts'
export type { AnswerablePeriod, ClassState, Obstacle, SettingState } from './answers.ts'
export type { SeenSign, SignEvent } from './signs.ts'
// What the logs of networks, proxies and servers tell
export { loadNeeds, logReadiness } from './readiness.ts'
export type { ClockSkew, LogReadiness, Need, Readiness, SharedAddress, SourceCoverage } from './readiness.ts'
// Which host needs somebody first
export { troublesOf, worstFirst } from './troubles.ts'
export type { Trouble } from './troubles.ts'
