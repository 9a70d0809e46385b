import type { PivotValue } from './pivot.ts'

/**
 * What pivoting asks of whoever keeps the certificates: the store (`search`), or the benchmark's memory. Ids are
 * certificate_id in lower-case hexadecimal (32 digits). Orders are fixed, so that the same question has the same answer.
 */
export interface PivotIndex {
  /** The document frequencies in use. */
  readonly snapshot: FrequencySnapshot
  /** What is known of certificates; one that is not known is absent. */
  certificates(ids: readonly string[]): Promise<ReadonlyMap<string, IndexedCertificate>>
  /** How many share each value. One that is absent is shared by nobody in the snapshot. */
  frequencies(values: readonly PivotValue[]): Promise<readonly ValueFrequency[]>
  /**
   * Who has the values, at most `limit` certificates each, by id. Without `grouped` an owner may stand for its group: it
   * saves a question.
   */
  holders(
    values: readonly PivotValue[],
    limit: number,
    options?: { readonly grouped?: boolean },
  ): Promise<readonly Holder[]>
  /** Where certificates were met, at most `limit` addresses each, by first_seen. */
  hosts(ids: readonly string[], limit: number): Promise<readonly HostSighting[]>
  /** Platforms that were learned, for these values. */
  learned(values: readonly PivotValue[]): Promise<readonly LearnedSuppression[]>
}

export type FrequencySnapshot = {
  readonly id: string
  /** ISO 8601, UTC. */
  readonly made_at: string
  readonly certificates: number
  readonly owners: number
  /** Certificates that came since and are in no frequency. */
  readonly arrived_since: number
}

/** A certificate as the store keeps it. */
export type IndexedCertificate = {
  readonly certificate_id: string
  /** Precertificate and certificate have the same. */
  readonly issuance: string
  readonly sha256: string | undefined
  readonly sha1: string | undefined
  /** RFC 4514 text. */
  readonly subject: string
  readonly issuer: string
  readonly serial: string
  /** Milliseconds since the epoch, UTC. */
  readonly not_before: number | undefined
  readonly not_after: number | undefined
  readonly names: readonly string[]
  readonly apexes: readonly string[]
  /** Smallest registrable domain, or `certificate:` and its id. */
  readonly owner: string
  /** Of the snapshot; the owner itself when it is alone. */
  readonly owner_group: string
  readonly self_issued: boolean | undefined
  readonly is_ca: boolean | undefined
  readonly values: readonly PivotValue[]
}

export type ValueFrequency = PivotValue & {
  readonly owners: number
  readonly issuances: number
  readonly certificates: number
}

export type Holder = PivotValue & {
  readonly certificate_id: string
  readonly owner: string
  readonly owner_group: string
}

export type HostSighting = {
  readonly certificate_id: string
  /** Canonical text; IPv4 not mapped. */
  readonly ip: string
  readonly port: number
  readonly sighting: string
  readonly server_name: string
  /** ISO 8601, UTC. */
  readonly first_seen: string
  readonly last_seen: string
}

export type LearnedSuppression = PivotValue & {
  readonly snapshot: string
  readonly action: string
  /** A sentence for the reviewer. */
  readonly because: string
  /** What it was learned from, by name. */
  readonly features: Readonly<Record<string, number>>
  readonly learned_at: string
  readonly expires: string
}
