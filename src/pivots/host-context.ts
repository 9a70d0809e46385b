import type { ContextRule } from './context-rule.ts'
import type { ContextFactor } from './edge.ts'
import type { Side } from './pair.ts'
import { productOfFactors, servingFactors, tenantFactor } from './serving.ts'
import type { Settings } from './settings.ts'

/** What an address is worth that two certificates share: when each was there, with whom, and where else. */

const dayMs = 86_400_000

/**
 * §2.1 row 28, §3.2: at the same time, or how long apart. What one hand set up comes and goes together; the customers of a
 * machine come and go each for himself, and the next one finds what the last one left in the records.
 */
export const sameTime: ContextRule = ({ seed, candidate, settings }, { value }) => {
  const [ours, theirs] = [intervalAt(seed, value), intervalAt(candidate, value)]
  if (ours === undefined || theirs === undefined) {
    const because = 'it is not known when one of them was met there'
    return { name: 'time_unknown', factor: settings.host_unknown, because }
  }
  const days = (from: number, to: number) => Math.max(0, to - from) / dayMs
  const apart = Math.max(days(ours.last, theirs.first), days(theirs.last, ours.first))
  const together = days(Math.max(ours.first, theirs.first), Math.min(ours.last, theirs.last))
  const all = days(Math.min(ours.first, theirs.first), Math.max(ours.last, theirs.last))
  const shorter = Math.min(days(ours.first, ours.last), days(theirs.first, theirs.last))
  if (apart === 0 && (shorter < settings.host_known_days || together >= settings.host_together * all)) return undefined
  if (apart > 0) {
    const factor = settings.host_least_together * 0.5 ** (apart / settings.host_half_life_days)
    return { name: 'apart', factor, because: `they were met there ${Math.ceil(apart)} days apart` }
  }
  const because = `they were met there together on ${Math.round(together)} of ${Math.round(all)} days`
  return { name: 'partly_together', factor: Math.max(settings.host_least_together, together / all), because }
}

/** §2.1 row 28. */
export const tenanted: ContextRule = ({ settings }, { owners }) => tenantFactor(owners, settings)

/**
 * An address says of a certificate what the certificate says of its addresses: where a host or a product put it on many,
 * each of them is somebody else's.
 */
export const servedWidely: ContextRule = ({ seed, candidate, settings }) => {
  const [ours, theirs] = [servingOf(seed, settings), servingOf(candidate, settings)]
  return productOfFactors(theirs) < productOfFactors(ours) ? theirs : ours
}

/** Two edges of a CDN share four hundred addresses: how a certificate is served is looked at once for all of them. */
const servings = new WeakMap<Side, { readonly settings: Settings; readonly factors: readonly ContextFactor[] }>()

function servingOf(side: Side, settings: Settings): readonly ContextFactor[] {
  const before = servings.get(side)
  if (before?.settings === settings) return before.factors
  const factors = servingFactors([...(side.values.get('host') ?? [])], settings)
  servings.set(side, { settings, factors })
  return factors
}

function intervalAt({ hosts }: Side, address: string): { readonly first: number; readonly last: number } | undefined {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { ip, first_seen, last_seen } of hosts) {
    if (ip !== address) continue
    first = Math.min(first, Date.parse(first_seen))
    last = Math.max(last, Date.parse(last_seen))
  }
  return first <= last ? { first, last } : undefined
}
