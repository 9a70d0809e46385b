import { randomUUID } from 'node:crypto'
import type { App } from '../app.ts'
import type { SiteInputs } from '../inputs/index.ts'
import type { LeadReport } from '../investigate/index.ts'
import { investigate, subjectsOf, transitionsOf } from '../investigate/index.ts'
import type { PivotResult } from '../pivots/index.ts'
import { pivotFrom, ruleCatalogues, seedsOf } from '../search/index.ts'
import { givenIn } from './given-certificates.ts'
import type { Output } from './output.ts'
import { ownedDomains } from './review-issued.ts'

export type SeedOptions = {
  readonly inputs: SiteInputs
  readonly output: Output
  readonly signal: AbortSignal
  readonly hops?: number
  readonly reviewer?: string
}

/** Pivots from what `text` means, and asks the logs about everything found. */
export async function investigateSeed(
  app: App,
  text: string,
  { inputs, output, signal, hops, reviewer }: SeedOptions,
): Promise<{ readonly result: PivotResult; readonly reports: readonly LeadReport[] }> {
  const store = await app.events()
  const given = givenIn(text)
  const seeds = given === undefined ? await seedsOf(store, text, { signal }) : { ids: [] }
  const rules = app.intel().catalogues.flatMap(one => (ruleCatalogues.includes(one.catalogue) ? one.entries : []))
  const result = await pivotFrom(
    store,
    { ids: seeds.ids, ...(given === undefined ? {} : { given }) },
    { rules, now: new Date(), signal, onStep: step => output.note(step), ...(hops === undefined ? {} : { hops }) },
  )
  const shared = rules.flatMap(({ keys }) => keys.network ?? [])
  const reports = await investigate(store, subjectsOf(result), {
    ...{ inputs, owned: ownedDomains(app), shared, signal },
    ...(reviewer === undefined ? {} : { reviewer }),
  })
  return { result, reports }
}

/** Only what changed since it was last kept. */
export async function keepTransitions(
  app: App,
  reports: readonly LeadReport[],
  who: { readonly by: string; readonly seed: string },
  output: Output,
): Promise<number> {
  const cases = await app.cases()
  const transitions = transitionsOf(reports, await cases.caseLog('lead'), who)
  for (const { certificate_id, before, entry } of transitions) {
    await cases.addToCaseLog('lead', certificate_id, entry, randomUUID())
    if (output.json) output.record({ type: 'lead_transition', certificate_id, before: before ?? null, ...entry })
    else output.note(`kept: ${certificate_id.slice(0, 16)} ${before ?? 'new'} → ${entry.state}`)
  }
  return transitions.length
}
