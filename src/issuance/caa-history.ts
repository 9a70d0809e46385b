import type { KeptEntry } from '../model/index.ts'
import type { CaaLookup } from './caa.ts'

const hour = 3_600_000

/** An observation speaks for so long after it, and one that was made soon after an issuance for that, where there is none before. */
const reach = { after: 48 * hour, before: 24 * hour }

/** CAA records as they stood at a time, as far as somebody looked (they count at the time of issuance only). */
export function caaAt(entries: readonly KeptEntry<'caa'>[], time: number): (name: string) => CaaLookup {
  const byName = new Map<string, KeptEntry<'caa'>[]>()
  for (const one of entries) {
    const before = byName.get(one.subject)
    if (before === undefined) byName.set(one.subject, [one])
    else before.push(one)
  }
  return name => {
    const own = (byName.get(name) ?? [])
      .map(({ entry }) => ({ entry, at: Date.parse(entry.observed_at) }))
      .sort((a, b) => a.at - b.at)
    const before = own.filter(({ at }) => at <= time).at(-1)
    const after = own.find(({ at }) => at > time)
    const chosen =
      before !== undefined && time - before.at <= reach.after
        ? before
        : after !== undefined && after.at - time <= reach.before
          ? after
          : undefined
    if (chosen === undefined)
      return {
        state: 'unknown',
        because:
          own.length === 0 ? 'nobody ever looked' : `nobody looked near ${new Date(time).toISOString().slice(0, 16)}Z`,
      }
    const { state, records, observed_at } = chosen.entry
    if (state === 'failed') return { state: 'unknown', because: `there was no answer at ${observed_at}` }
    return state === 'none' ? { state, observed_at } : { state, records, observed_at }
  }
}
