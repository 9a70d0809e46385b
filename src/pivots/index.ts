// Pivot attributes
export type { CertificateFacts, NameFact, SubjectName } from './facts.ts'
export { pivots } from './list.ts'
export type { CorrelationGroup, Pivot, PivotValue, Selectivity } from './pivot.ts'
export { longestValue, mostValues } from './pivot.ts'
// Where they are looked up
export type {
  FrequencySnapshot,
  Holder,
  HostSighting,
  IndexedCertificate,
  LearnedSuppression,
  PivotIndex,
  ValueFrequency,
} from './pivot-index.ts'
