import type { KeptCaseStore, KeptEventStore } from '../model/index.ts'

/** Everything that upkeep keeps: both stores, and the directory with what stood on standard input. */
export type Stores = {
  readonly events: KeptEventStore
  readonly cases: KeptCaseStore
  /** Names of the migrations that a case store has once this build has migrated it, in order. */
  readonly caseSchema: readonly string[]
  /** Standard input that was kept: evidence that exists nowhere else. The directory need not exist. */
  readonly spool: string
}

/** Those that are there, without making any. */
export type ExistingStores = Partial<Pick<Stores, 'events' | 'cases'>> & Pick<Stores, 'spool'>
