// The dictionary
export { columnsOf, eventKindNames, eventKinds, fields, identityFields, isEventKind } from './dictionary.ts'
export type { ColumnType, EventKind, EventKindDefinition, Field, FieldName, IdentityFieldName } from './dictionary.ts'
// Findings and verdicts
export { blindSpot, contribution, entity, evidenceReference, finding, scoreOf, technique } from './finding.ts'
export type { BlindSpot, Contribution, Entity, EvidenceReference, Finding, Technique } from './finding.ts'
export { urgencies, urgency, verdict, verdicts } from './verdict.ts'
export type { Urgency, Verdict } from './verdict.ts'
// Ports
export { rowsOf } from './event-store.ts'
export type {
  EventStore,
  InsertOptions,
  OwnTable,
  Params,
  ParamValue,
  QueryOptions,
  Row,
  Shard,
  Sql,
  StagedChunk,
  StoreDescription,
} from './event-store.ts'
export type { CaseStore, CaseStoreDescription, Hunt, HuntSummary } from './case-store.ts'
export type { CaseLog, CaseLogEntry, CaseLogKind, KeptEntry } from './case-log.ts'
export { caseLogKinds } from './case-log.ts'
export type { CtLedger, CtPosition, KeptCtFault, KeptCtHead } from './ct-ledger.ts'
export type {
  CaseStoreUpkeep,
  CopyOptions,
  EventStoreUpkeep,
  ExportedRow,
  ForgetOptions,
  KeptCaseStore,
  KeptEventStore,
  Moment,
  TableDigest,
  TableSize,
} from './upkeep.ts'
// Whose word is in doubt
export { taint } from './taint.ts'
export type { Taint } from './taint.ts'
// What somebody allowed
export { approval } from './approval.ts'
export type { Approval, ApprovalStore, KeptApproval } from './approval.ts'
// What changed in what machines trust
export { canonicalText, faultInChain, firstPreviousHash, hashOfEntry } from './trust-chain.ts'
export type {
  TrustActor,
  TrustChange,
  TrustEntry,
  TrustLedger,
  TrustObjectKind,
  TrustOperation,
  TrustQuestion,
} from './trust-ledger.ts'
// Pictures
export type { Graph, GraphEdge, GraphNode } from './graph.ts'
