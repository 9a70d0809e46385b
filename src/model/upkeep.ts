import type { CaseStore } from './case-store.ts'
import type { EventKind } from './dictionary.ts'
import type { EventStore } from './event-store.ts'

/**
 * What keeps a store in shape over years, beside what it does every day: sizes, copies out and in, and forgetting.
 * A second interface of every store, used by the upkeep room alone.
 */

/** What one table holds, over all shards. */
export type TableSize = {
  readonly table: string
  readonly rows: number
  /** On disk, compressed, indexes included. */
  readonly bytes: number
  /** Pieces in which the engine keeps the table now; 0 where the engine has no such notion. */
  readonly parts: number
}

/** Tells whether two tables hold the same rows, in whatever order: rows, and a digest that adds up row by row. */
export type TableDigest = {
  readonly rows: number
  /** 16 lower-case hexadecimal digits. */
  readonly digest: string
}

/**
 * A moment of the ledger: exactly the chunks that were done by then. Tables that have `evidence_id` and
 * `ingest_sequence` are cut to the rows of those chunks; the others, to what was there when they were read.
 */
export type Moment = {
  /** Rows of a later sequence are not of this moment. */
  readonly sequence: number
  /** Chunks before that sequence that were only intended: evidence id, first sequence, last sequence. */
  readonly underWay: readonly (readonly [string, number, number])[]
}

export type CopyOptions = { readonly moment?: Moment; readonly signal?: AbortSignal }

export interface EventStoreUpkeep {
  /** Every table of the schema that holds evidence, ledger or reference data, by name. */
  sizes(): Promise<readonly TableSize[]>
  /** Now, as the ledger sees it. */
  moment(): Promise<Moment>
  /** Writes the rows of a table into a new file: ClickHouse's Native format, compressed with Zstandard. */
  exportTable(table: string, path: string, options?: CopyOptions): Promise<void>
  /** Adds the rows of such a file to the table. Not exactly once: the caller starts with an empty table. */
  importTable(table: string, path: string, options?: { readonly signal?: AbortSignal }): Promise<void>
  digest(table: string, options?: CopyOptions): Promise<TableDigest>
  /**
   * Deletes events of a kind that happened before `before` and were read before sequence `readBefore`, except those in
   * `kept` (event_uid, 32 hexadecimal digits); returns how many, when they are gone. With `dryRun` it only counts.
   */
  forget(kind: EventKind, options: ForgetOptions): Promise<number>
}

export type ForgetOptions = {
  readonly before: Date
  readonly readBefore: number
  readonly kept: readonly string[]
  readonly dryRun?: boolean
  readonly signal?: AbortSignal
}

/** A row of the case store on its way out or in: the table, and the row as one JSON object. */
export type ExportedRow = { readonly table: string; readonly row: string }

export interface CaseStoreUpkeep {
  sizes(): Promise<readonly TableSize[]>
  /** Everything as of one moment, tables in an order in which they can be put back. */
  exportRows(signal?: AbortSignal): AsyncIterable<ExportedRow>
  /** Puts exported rows into a migrated store that is empty, all or none. Throws `usage/bad-argument` when it is not. */
  importRows(rows: AsyncIterable<ExportedRow>): Promise<void>
  /** Every event_uid that a finding stands on, each once, in pages. */
  citedEvents(): AsyncIterable<readonly string[]>
}

/** What the adapters return: the store, and its upkeep. */
export type KeptEventStore = EventStore & { readonly upkeep: EventStoreUpkeep }
export type KeptCaseStore = CaseStore & { readonly upkeep: CaseStoreUpkeep }
