// What a contact says of a lead (specification AN1972 §6)
export { gradeOf } from './grade.ts'
export type { EntityFacts, Family, Grade, LocalItem } from './grade.ts'
export { timeClassOf, usualTimes } from './time-class.ts'
export type { LeadTimes, TimeClass, TimeJudgement, TimeSettings } from './time-class.ts'
export { beaconOf } from './beacon.ts'
export type { Beacon, BeaconResult, Connections } from './beacon.ts'
// What becomes of the lead
export { decideState, usualStates } from './state.ts'
export type { Behaviour, JudgedItem, LeadState, Refutation, StateDecision, StateFacts, StateSettings } from './state.ts'
// What may be said of it in words of ATT&CK
export { assertionsOf, gatesVersion } from './gates.ts'
export type { Assertion, GateFacts } from './gates.ts'
