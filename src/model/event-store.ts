/**
 * The port to the store of evidence: events, certificates, what could not be read, and the ledger of what was.
 * One contract suite runs over every adapter.
 */

/** A value for a native `{name:Type}` parameter. Arrays nest. */
export type ParamValue = string | number | bigint | boolean | null | Date | Uint8Array | readonly ParamValue[]
export type Params = Readonly<Record<string, ParamValue>>

/** A row by column name. 64-bit integers come as numbers: no query returns one beyond 2^53. */
export type Row = Readonly<Record<string, unknown>>

/**
 * One SQL text with a name. The name goes to the engine's log and into errors. `{{chunk}}` in the text stands for a
 * staged chunk: a relation with the columns `line` (String, without the newline) and `row` (UInt64, from 0). It may stand
 * in an `IN`, and on the left of a `JOIN`; on the right only of a `GLOBAL` one, since a cluster has it on one node.
 */
export type Sql = {
  readonly name: string
  readonly text: string
}

/** A piece of evidence at the engine’s disposal, until released. */
export type StagedChunk = {
  readonly id: string
  release(): Promise<void>
}

export type QueryOptions = {
  readonly params?: Params
  readonly chunk?: StagedChunk
  /** Stops the engine's work, not only the waiting. The promise rejects with `work/aborted`. */
  readonly signal?: AbortSignal
}

export type InsertOptions = QueryOptions & {
  /**
   * Makes a repetition harmless while the engine lives: a second insertion with the same token and table changes nothing.
   * An engine that died in the middle may know the token of rows that never arrived: after a death use another one, and
   * leave out what is there (docs/decisions/0006). Without a token rows arrive in blocks, each by itself: for what may be
   * inserted again without harm, or is not used before it is whole.
   */
  readonly token?: string
}

export type StoreDescription = {
  /** `chdb` or `clickhouse`. */
  readonly engine: string
  readonly version: string
  /** The directory or the address, without credentials. */
  readonly location: string
  /** Names of the migrations applied, in order. */
  readonly migrations: readonly string[]
  /** One for a store that is not divided. Only a store opened for partial answers describes itself with one missing. */
  readonly shards: readonly Shard[]
}

/** A part of the store on machines of its own. */
export type Shard = {
  /** Address without credentials, or the directory. */
  readonly location: string
  /** False: its rows are in no answer now. */
  readonly answers: boolean
}

/** The tables of our own that take rows from JavaScript. Rows name every column; times are ISO 8601 UTC. */
export type OwnTable =
  | 'evidence'
  | 'evidence_chunk'
  | 'malformed'
  | 'intel_entry'
  | 'pivot_snapshot'
  | 'owner_group'
  | 'learned_suppression'

export interface EventStore {
  /** Brings the schema to this build's version. Safe to repeat. Returns the names of what was applied, in order. */
  migrate(): Promise<readonly string[]>
  /** Hands a file of whole lines to the engine. The file is the store's until `release`. Holds at most 64 MiB. */
  stageChunk(path: string): Promise<StagedChunk>
  /**
   * Runs `INSERT INTO <table> … SELECT …`, from a chunk or from the store's own tables. Under a token all its rows arrive
   * or none (on a cluster: on each shard), also after `kill -9`; and once, as far as {@link InsertOptions.token} says. A
   * string names one of the statements that ship with the store.
   */
  insert(sql: Sql | string, options: InsertOptions): Promise<void>
  /**
   * Rows in the query's order, as they come. Stopping the iteration ends the query. A string names one of the queries
   * that ship with the store.
   */
  query(sql: Sql | string, options?: QueryOptions): AsyncIterable<Row>
  /** The same, all rows at once, for answers that are known to be small. The embedded engine then answers beside our thread. */
  rows(sql: Sql | string, options?: QueryOptions): Promise<readonly Row[]>
  /** Adds rows of our own making, once under the token while the engine lives, as with `insert`; nothing for no rows. */
  append(table: OwnTable, rows: readonly Row[], token: string): Promise<void>
  /**
   * Brings tables into the shape in which questions by key are answered soonest, after much was inserted. Changes no
   * answer. The embedded store writes them anew where it is worth it; servers do so by themselves.
   */
  settle(tables: readonly string[], options?: Pick<QueryOptions, 'signal'>): Promise<void>
  describe(): Promise<StoreDescription>
  /** Waits for what is under way, then lets the store go. */
  close(): Promise<void>
}

/** Every row of a query that is known to be small. */
export function rowsOf(store: EventStore, sql: Sql | string, options?: QueryOptions): Promise<readonly Row[]> {
  return store.rows(sql, options)
}
