// Pivot attributes
export type { CertificateFacts, NameFact, SubjectName } from './facts.ts'
export { nothingKnown } from './facts.ts'
export { pivots } from './list.ts'
export type { CorrelationGroup, Pivot, PivotValue, Selectivity } from './pivot.ts'
export { longestValue, mostValues, valueKey } from './pivot.ts'
// What is known of a certificate, and its values
export { factsOf } from './facts-of-certificate.ts'
export type { DescribedCertificate } from './facts-from-description.ts'
export { factsFromDescription } from './facts-from-description.ts'
export { ownerOf, pivotValuesOf } from './values-of.ts'
export { issuerSerialOf } from './attributes/issuer-serial.ts'
// How they are named and written in a store
export type { CertificateId } from './certificate-id.ts'
export { certificateIdOf, issuanceOf, issuerSerial } from './certificate-id.ts'
export { visible } from './stored-text.ts'
// Names, numbers and addresses as they are compared
export { canonicalAddress } from './address.ts'
export { normalName, readNameText, rfc4514 } from './name-text.ts'
export { normalSerial, serialReadings } from './serial.ts'
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
// Whose they are
export { mostApexesTogether, ownerGroups } from './owner-groups.ts'
// Rules: platforms, products, public issuers and tools
export type { Rule, RuleAction, RuleEntry, RuleKey } from './rule.ts'
export { ruleActions, ruleKeys } from './rule.ts'
export type { RuleOptions, Rules } from './suppression.ts'
export { compileRules, matchRules } from './suppression.ts'
// Scores
export type {
  Alternative,
  ContextFactor,
  Contribution,
  Counterfactual,
  Edge,
  Evidence,
  Relation,
  Suppression,
} from './edge.ts'
export { operatorRelations } from './edge.ts'
export type { Side } from './pair.ts'
export { sideOf } from './pair.ts'
export type { Scoring } from './score.ts'
export { recompute, scoreEdge } from './score.ts'
export type { Calibration, SettingDefinition, SettingName, Settings } from './settings.ts'
export { calibrated, defaultSettings, settingDefinitions, settingsWith } from './settings.ts'
// Pivoting
export type { HostLead } from './host-edges.ts'
export type { Band, Capped, Coverage, Lead, PivotResult, RefusedValue, Seed } from './lead.ts'
export type { PivotOptions } from './walk.ts'
export { bandOf, pivot } from './walk.ts'
// Learned suppression
export { gatherFeatures } from './gather-features.ts'
export type { Learning, ValueFeatures } from './learn.ts'
export { learnableAttributes, learnSuppressions } from './learn.ts'
export type { LearnSettings } from './learn-settings.ts'
export { defaultLearnSettings, learnSettingDefinitions } from './learn-settings.ts'
// Certificates in memory
export type { UngroupedCertificate } from './indexed-certificate.ts'
export { ungroupedCertificate } from './indexed-certificate.ts'
export type { MemoryIndex, MemoryIndexOptions } from './memory-index.ts'
export { memoryIndex } from './memory-index.ts'
