/**
 * What is known of logs of Certificate Transparency between two runs: how far each was read, and every head that was
 * seen of it. Without the heads nobody could show later that a log told two stories.
 */

/** Entries of a log that were read one behind the other: from `first_index` up to, not with, `size`. */
export type CtPosition = {
  /** SHA-256 of the key of the log, lower-case hex. */
  readonly log_id: string
  /** What of the log was stored: empty for all of it, else the domains that were watched. Each scope is read for itself. */
  readonly scope: string
  readonly first_index: number
  readonly size: number
  /** Roots of the complete subtrees of the tree of `size` entries, lower-case hex one behind the other; verified. */
  readonly frontier: string
  readonly updated_at: Date
}

/** A head that was seen, with a valid signature. */
export type KeptCtHead = {
  readonly log_id: string
  readonly size: number
  /** Lower-case hex. */
  readonly root: string
  /** Milliseconds since the epoch by the log's clock. */
  readonly timestamp: number
  /** `digitally-signed` of TLS 1.2, lower-case hex: with it anybody can verify the head again. */
  readonly signature: string
  readonly seen_at: Date
}

/** What a log did that no log may do. */
export type KeptCtFault = {
  readonly log_id: string
  readonly code: string
  /** What tells it from another of the same kind: the same fault seen again is one. */
  readonly key: string
  readonly seen_at: Date
  /** Heads, roots, hashes: all that is needed to show it to others. */
  readonly proof: Readonly<Record<string, unknown>>
}

export interface CtLedger {
  /** By log, scope and first index. */
  ctPositions(): Promise<readonly CtPosition[]>
  /** The position of its log, scope and first index; the one that was there is replaced. */
  keepCtPosition(position: CtPosition): Promise<void>
  /** Adds what is not there. */
  keepCtHead(head: KeptCtHead): Promise<void>
  /** The largest first; of the same size the newest first. */
  ctHeads(logId: string, options: { readonly limit: number }): Promise<readonly KeptCtHead[]>
  /** Adds what is not there; true when it was not. */
  keepCtFault(fault: KeptCtFault): Promise<boolean>
  /** The newest first. */
  ctFaults(): Promise<readonly KeptCtFault[]>
}
