import type { ContextRule } from './context-rule.ts'
import type { Side } from './pair.ts'

/** What the time tells of a shared value: of seconds that fall together, and of words that were typed far apart. */

const day = 86_400
const dayMs = day * 1000

/** How many seconds a tool that writes round times lets fall together. */
const roundings: readonly (readonly [seconds: number, called: string])[] = [
  [day, 'a day'],
  [3600, 'an hour'],
  [60, 'a minute'],
]

/**
 * §3.2: exp(-λ), where λ is how many certificates would share the second by chance: those among which it could happen,
 * over the seconds of some years. The issuer's where both have one, else all of the snapshot.
 */
export const coincidence: ContextRule = ({ shared, snapshot, settings }, { value }) => {
  const issuer = shared.find(({ attribute }) => attribute === 'issuer')
  const population = issuer === undefined ? snapshot.certificates : Math.max(1, issuer.certificates)
  const seconds = Date.parse(value) / 1000
  const [window, called] = roundings.find(([window]) => seconds % window === 0) ?? [1, 'a second']
  const chance = (population / (settings.time_days * day)) * window
  const factor = Math.exp(-chance)
  if (factor > 0.999) return undefined
  const among = issuer === undefined ? 'certificates' : 'certificates of this issuer'
  return {
    name: 'coincidence',
    factor,
    because: `by chance ${chance.toPrecision(2)} of ${population} ${among} begin or end within ${called}`,
  }
}

/** §2.1 row 19: the last instant of .NET, and "no end" in RFC 5280. */
export const endOfTime: ContextRule = (_, { value }) =>
  value.startsWith('9999-12-31') ? { name: 'no_end', factor: 0, because: 'it means that there is no end' } : undefined

/**
 * Words that one hand typed were typed in one go; the longer between, the likelier it is that another typed the same. Where
 * it is known when the certificates were first met, that counts too: what a certificate says of its beginning may be made up.
 */
export const begunApart: ContextRule = ({ seed, candidate, settings }) => {
  const [ours, theirs] = [seed.certificate.not_before, candidate.certificate.not_before]
  if (ours === undefined || theirs === undefined || seed.isPublic || candidate.isPublic) return undefined
  const begun = Math.abs(ours - theirs) / dayMs
  if (begun <= settings.typed_together_days) return undefined
  const apart = Math.min(begun, daysBetweenFirstMet(seed, candidate))
  if (apart <= settings.typed_together_days) return undefined
  const decayed = 0.5 ** ((apart - settings.typed_together_days) / settings.typed_half_life_days)
  const factor = Math.max(settings.typed_least, decayed)
  return { name: 'begun_apart', factor, because: `they begin, or were first met, ${Math.round(apart)} days apart` }
}

/** Infinity where one was met nowhere that is known. */
function daysBetweenFirstMet(one: Side, other: Side): number {
  const between = Math.abs(Date.parse(firstMet(one)) - Date.parse(firstMet(other))) / dayMs
  return Number.isNaN(between) ? Number.POSITIVE_INFINITY : between
}

/** ISO 8601, UTC, so that text sorts as time does. Empty: nowhere. */
function firstMet({ hosts }: Side): string {
  let first = ''
  for (const { first_seen } of hosts) if (first === '' || first_seen < first) first = first_seen
  return first
}
