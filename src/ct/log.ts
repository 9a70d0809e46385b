import type { LogEntry } from './entry.ts'
import type { CtLog } from './log-list.ts'
import type { TreeHead } from './tree-head.ts'

/**
 * A log that can be read, whatever it speaks. What it gives is what the log said: heads have their signature verified, and entries belong to a
 * tree only when `follow` has held them against one.
 */
export type Log = {
  readonly about: CtLog
  /** Its newest head, signature verified. Throws `CtFault` when it is none. */
  head(options: Reading): Promise<TreeHead>
  /**
   * Entries from `begin` on, up to but not with `end`, in order, in pieces as they come. A log may give fewer than was asked for in one
   * answer; this goes on until it has all. `size` is that of a verified head.
   */
  entries(range: EntryRange, options: Reading): AsyncIterable<readonly LogEntry[]>
  /** RFC 6962 §2.1.2: that the tree of `first` leaves is the beginning of that of `second`. */
  consistency(first: number, second: number, options: Reading): Promise<readonly Uint8Array[]>
  /** RFC 6962 §2.1.1: that this leaf is in the tree, and where. */
  inclusion(
    leaf: { readonly leaf_hash: Uint8Array; readonly index: number },
    size: number,
    options: Reading,
  ): Promise<{ readonly index: number; readonly path: readonly Uint8Array[] }>
  /** The certificate above an entry, by its SHA-256 in hex; undefined where the log sends them with the entries. */
  issuer(sha256: string, options: Reading): Promise<Uint8Array | undefined>
}

export type EntryRange = { readonly begin: number; readonly end: number; readonly size: number }

export type Reading = { readonly signal?: AbortSignal }
