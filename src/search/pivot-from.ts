import { assert } from '../base/index.ts'
import type { EventStore } from '../model/index.ts'
import type { FrequencySnapshot, IndexedCertificate, PivotIndex, PivotResult, RuleEntry } from '../pivots/index.ts'
import { compileRules, defaultSettings, pivot } from '../pivots/index.ts'
import { certificateIndex } from './certificate-index.ts'
import { countFrequencies } from './count-frequencies.ts'

/** Catalogues of intel/ whose entries are rules of pivoting. */
export const ruleCatalogues: readonly string[] = ['certificate-platforms', 'certificate-kits', 'issuers']

export type PivotFromOptions = {
  /** Entries of {@link ruleCatalogues}. */
  readonly rules: readonly RuleEntry[]
  /** On which day rules are in force. */
  readonly now: Date
  readonly hops?: number
  /** Use rules whose facts nobody has verified, too. */
  readonly includeUnverified?: boolean
  /** Count frequencies anew first, however recent they are. */
  readonly recount?: boolean
  readonly signal?: AbortSignal
  readonly onStep?: (step: string) => void
}

/** Counting so many takes some seconds: then frequencies are counted anew whenever certificates have arrived. */
const countedAtOnce = 200_000

/**
 * Pivots from certificates of the store, and from certificates that are not in it. Frequencies are counted first where
 * they never were, or where that takes seconds and certificates have arrived since.
 */
export async function pivotFrom(
  store: EventStore,
  seeds: { readonly ids: readonly string[]; readonly given?: readonly IndexedCertificate[] },
  options: PivotFromOptions,
): Promise<PivotResult> {
  const { rules, now, hops, includeUnverified = false, signal, onStep } = options
  const index = await freshIndex(store, options)
  const given = seeds.given ?? []
  const compiled = compileRules(rules, now, { includeUnverified })
  const ids = [...seeds.ids, ...given.map(({ certificate_id }) => certificate_id)]
  onStep?.('pivoting')
  return await pivot(given.length === 0 ? index : withGiven(index, given), ids, compiled, defaultSettings, {
    ...(hops === undefined ? {} : { hops }),
    ...(signal === undefined ? {} : { signal }),
  })
}

async function freshIndex(store: EventStore, options: PivotFromOptions): Promise<PivotIndex> {
  const { now, recount = false, signal, onStep } = options
  const wait = signal === undefined ? {} : { signal }
  const index = await certificateIndex(store, wait)
  if (!recount && index !== undefined && !isWorthCounting(index.snapshot)) return index
  await countFrequencies(store, { now, ...wait, ...(onStep === undefined ? {} : { onStep }) })
  const counted = await certificateIndex(store, wait)
  assert(counted !== undefined, 'a snapshot that was just counted is there')
  return counted
}

function isWorthCounting({ arrived_since, certificates }: FrequencySnapshot): boolean {
  return arrived_since > 0 && arrived_since + certificates <= countedAtOnce
}

/** The index with certificates that the store has not. */
function withGiven(index: PivotIndex, given: readonly IndexedCertificate[]): PivotIndex {
  const own = new Map(given.map(one => [one.certificate_id, one]))
  return {
    ...index,
    async certificates(ids) {
      const known = new Map(await index.certificates(ids))
      for (const id of ids) {
        const one = own.get(id)
        if (one !== undefined && !known.has(id)) known.set(id, one)
      }
      return known
    },
  }
}
