import type { Edge } from './edge.ts'
import type { HostLead } from './host-edges.ts'
import type { FrequencySnapshot, IndexedCertificate } from './pivot-index.ts'

/**
 * A certificate that is related to the seeds. Found by certificates alone, so it is a lead and nothing more: what would
 * make more of it is telemetry of one's own (specification AN1972 §0 I1).
 */
export type Lead = {
  readonly status: 'lead'
  readonly certificate: IndexedCertificate
  /** Other certificates of the same issuance, and of the same bytes under another id. */
  readonly twins: readonly string[]
  /** 0–1: seed × first edge × hop_decay × next edge … (§3.2). Of relations that are not followed: that of the edge. */
  readonly confidence: number
  readonly band: Band
  /** From 1. */
  readonly hop: number
  /** certificate_id from the seed to this one. */
  readonly path: readonly string[]
  /** The last step of the path. */
  readonly edge: Edge
  /** Where it was met, surest first. */
  readonly hosts: readonly HostLead[]
}

export type Band = 'strong' | 'lead' | 'weak'

/** A certificate from which was pivoted. */
export type Seed = {
  readonly certificate: IndexedCertificate
  /** Ids of the rules it fits. */
  readonly rules: readonly string[]
  readonly hosts: readonly HostLead[]
}

/** A value that was not followed. */
export type RefusedValue = {
  /** The certificate that has it. */
  readonly certificate_id: string
  readonly attribute: string
  readonly value: string
  readonly owners: number
  readonly because: string
}

/** More was found than is looked at. */
export type Capped = {
  /** Empty: the hop as a whole. */
  readonly certificate_id: string
  readonly hop: number
  readonly found: number
  readonly kept: number
}

/** What the answer rests on. It goes with every answer: an empty one says nothing without it (§0 I4). */
export type Coverage = {
  readonly snapshot: FrequencySnapshot
  readonly hops: number
  /** Values that were followed. */
  readonly values_followed: number
  readonly values_refused: number
  /** Certificates that were compared. */
  readonly compared: number
  /** Related too weakly to be told. */
  readonly dropped: number
  /** Entries of the reference data that were not used. */
  readonly rules_expired: readonly string[]
  readonly rules_unverified: readonly string[]
  /** What cannot be seen in this way, each a sentence. Never empty. */
  readonly blind_spots: readonly string[]
}

export type PivotResult = {
  readonly seeds: readonly Seed[]
  /** Seeds that are not in the store. */
  readonly unknown_seeds: readonly string[]
  /** Perhaps of the same operator: surest first, then by id. */
  readonly leads: readonly Lead[]
  /** Related by a tool, a platform, a pool or a product, which says nothing of an operator: surest first, then by id. */
  readonly related: readonly Lead[]
  readonly refused: readonly RefusedValue[]
  readonly capped: readonly Capped[]
  readonly coverage: Coverage
}
