import type { Log, Stretch } from '../../ct/index.ts'
import type { Source } from '../../mapping/index.ts'
import type { BundleReader } from '../bundle-reader.ts'
import { knownOf } from '../ledger.ts'
import type { Account } from '../reading.ts'
import { storePieces } from '../store-pieces.ts'
import type { LogContext } from './context.ts'
import { entryPiece } from './entry-piece.ts'
import { Issuers } from './issuers.ts'

export type Accounts = { readonly verified: Account; readonly unverified: Account }

export type Prepared = { readonly stretch: Stretch; readonly reading: Awaited<ReturnType<BundleReader['readEntries']>> }

/** Reads the certificates of entries on another thread, and stores them. */
export class EntryTaker {
  readonly #context: LogContext
  readonly #log: Log
  readonly #accounts: Accounts
  readonly #candidates: readonly Source[]
  readonly #issuers: Issuers
  /** What an earlier reading wrote down of the two accounts, its deaths included: this one adds only what comes after it. */
  #known: Awaited<ReturnType<typeof knownOf>> | undefined

  constructor(context: LogContext, log: Log, accounts: Accounts, candidates: readonly Source[]) {
    this.#context = context
    this.#log = log
    this.#accounts = accounts
    this.#candidates = candidates
    this.#issuers = new Issuers(context, log)
  }

  async prepare(stretch: Stretch): Promise<Prepared> {
    const { monitoring_url: ct_log, log_id: ct_log_id } = this.#log.about
    const { watch, reader } = this.#context
    const { entries, verified } = stretch
    // Where names are watched few entries are stored: the issuers of all others are nobody's concern.
    const issuers = watch === undefined ? await this.#issuers.newOnes(entries) : []
    this.#accounts.verified.problems.push(...this.#issuers.problems.splice(0))
    const slim = entries.map(entry => {
      const { index, timestamp, kind, der, tbs, chain } = entry
      const hasOtherIssuer = watch === undefined && this.#issuers.isOther(entry)
      return { index, timestamp, kind, der, chain, hasOtherIssuer, ...(tbs === undefined ? {} : { tbs }) }
    })
    const batch = { ct_log, ct_log_id, verified, entries: slim, issuers }
    return { stretch, reading: await reader.readEntries(watch === undefined ? batch : { ...batch, watch }) }
  }

  async store({ stretch, reading }: Prepared): Promise<void> {
    if (reading.records === 0) return
    const account = stretch.verified ? this.#accounts.verified : this.#accounts.unverified
    this.#known ??= await knownOf(
      this.#context.store,
      Object.values(this.#accounts).map(one => one.evidence_id),
    )
    const ledger = this.#known.chunksOf(account.evidence_id)
    const piece = entryPiece(account, stretch, reading, { candidates: this.#candidates, ledger })
    if (piece !== undefined) await storePieces(this.#context, [piece])
  }
}
