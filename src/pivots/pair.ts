import type { Claims } from './claims.ts'
import type { PivotValue } from './pivot.ts'
import type { FrequencySnapshot, HostSighting, IndexedCertificate, ValueFrequency } from './pivot-index.ts'
import type { Places } from './places.ts'
import type { Rule } from './rule.ts'
import type { Settings } from './settings.ts'
import { matchRules, type Rules } from './suppression.ts'

/** One certificate of a comparison, with what is looked up about it once. */
export type Side = {
  readonly certificate: IndexedCertificate
  /** What it is known to be. */
  readonly rules: readonly Rule[]
  /** Values by attribute. */
  readonly values: ReadonlyMap<string, ReadonlySet<string>>
  readonly hosts: readonly HostSighting[]
  /** A public CA issued it, as far as its issuer's name or its SCTs tell: nothing here was verified. */
  readonly isPublic: boolean
}

/** Two certificates, and everything by which their shared values are weighed. */
export type Pair = {
  readonly seed: Side
  readonly candidate: Side
  /** Values both have, each with its frequency. */
  readonly shared: readonly ValueFrequency[]
  readonly snapshot: FrequencySnapshot
  readonly settings: Settings
  /** By registrable domain. */
  readonly claims: ReadonlyMap<string, Claims>
  readonly places: Places
}

export function sideOf(certificate: IndexedCertificate, rules: Rules, hosts: readonly HostSighting[] = []): Side {
  const values = new Map<string, Set<string>>()
  for (const { attribute, value } of [...certificate.values, ...addressesOf(hosts)]) {
    const of = values.get(attribute)
    if (of === undefined) values.set(attribute, new Set([value]))
    else of.add(value)
  }
  const matching = matchRules(rules, certificate)
  const issuedPublicly = matching.some(({ action }) => action === 'issuer0') || values.has('sct_log_set')
  return {
    certificate,
    rules: matching,
    values,
    hosts,
    isPublic: issuedPublicly && certificate.self_issued !== true,
  }
}

/** Addresses at which it was met are values too, though they are kept elsewhere. */
export function addressesOf(hosts: readonly HostSighting[]): readonly PivotValue[] {
  return [...new Set(hosts.map(({ ip }) => ip))].map(value => ({ attribute: 'host', value }))
}

export function has({ values }: Side, attribute: string, value: string): boolean {
  return values.get(attribute)?.has(value) ?? false
}

/** The values of one that the other has too, in the order of the one. */
export function sharedValues(one: Side, other: Side): readonly PivotValue[] {
  const shared: PivotValue[] = []
  for (const [attribute, values] of one.values)
    for (const value of values) if (has(other, attribute, value)) shared.push({ attribute, value })
  return shared
}
