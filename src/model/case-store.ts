import type { ApprovalStore } from './approval.ts'
import type { CaseLog } from './case-log.ts'
import type { CtLedger } from './ct-ledger.ts'
import type { Finding } from './finding.ts'
import type { TrustLedger } from './trust-ledger.ts'

/** One run of the detections over a store of evidence. */
export type Hunt = {
  /** UUID. */
  readonly hunt_id: string
  readonly started_at: Date
  readonly finished_at: Date
  /** The paths as the user gave them; empty when the hunt ran over what was stored before. */
  readonly paths: readonly string[]
  /** Version of Counterseal that ran it. */
  readonly version: string
  readonly intel_snapshot: string
}

export type HuntSummary = Hunt & { readonly findings: number }

export type CaseStoreDescription = {
  /** `pglite` or `postgresql`. */
  readonly engine: string
  readonly version: string
  /** The directory or the address, without credentials. */
  readonly location: string
  /** Names of the migrations applied, in order; none for a store that was never migrated. */
  readonly migrations: readonly string[]
}

/**
 * Where decisions live: hunts with their findings today; cases, approvals, baselines and users as they come.
 * Everything is durable when the promise resolves. An embedded store is held by one process at a time; one on a server
 * is shared by many, and each sees what the others have finished.
 * Text comes back UTF-16 unit for unit, NUL and broken surrogates included: attackers write some of it.
 *
 * A hunt is newer than another when it started later; of two that started together, when it finished later, then by
 * greater `hunt_id`. When it was recorded does not matter.
 */
export interface CaseStore extends TrustLedger, ApprovalStore, CtLedger, CaseLog {
  /**
   * Brings the schema to this build's version. Safe to repeat, to interrupt, and to run in several processes at once.
   * Returns what this call applied, in order.
   */
  migrate(): Promise<readonly string[]>
  /**
   * Stores a hunt and its findings in one transaction. Storing the same `hunt_id` again changes nothing.
   * A finding of more than 16 MiB, or two with the same id, are refused and nothing of the hunt is stored.
   */
  recordHunt(hunt: Hunt, findings: readonly Finding[]): Promise<void>
  /** Newest first. `limit`: how many at most, 0 or more; all of them without it. */
  hunts(options?: { readonly limit?: number }): Promise<readonly HuntSummary[]>
  /**
   * Findings of one hunt, most urgent first, then by score from the highest, then by id. What lies beside the scale of
   * urgency comes last. Empty for a hunt that is not stored.
   */
  findings(huntId: string): Promise<readonly Finding[]>
  /** The newest version of one finding, whatever hunt it came from; undefined when there is none. */
  finding(findingId: string): Promise<Finding | undefined>
  describe(): Promise<CaseStoreDescription>
  close(): Promise<void>
}
