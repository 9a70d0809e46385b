// Leads against what machines of ours did
export { leastConfidence, mostLeads, subjectsOf } from './subject.ts'
export type { Subject } from './subject.ts'
export { investigate } from './investigate.ts'
export type { InvestigateOptions, LeadReport } from './investigate.ts'
export type { GapAnswer } from './gap.ts'
// What became of them, kept
export { transitionsOf } from './history.ts'
export type { Transition } from './history.ts'
