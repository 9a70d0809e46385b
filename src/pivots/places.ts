import type { Side } from './pair.ts'
import { valueKey } from './pivot.ts'

/** Where certificates were met that no public CA issued, by the keys and issuers they have: addresses by {@link valueKey}. */
export type Places = ReadonlyMap<string, ReadonlySet<string>>

/** What a host has in common with itself, whatever its customers do. */
const placed = [
  'spki_sha256',
  'key_sha256',
  'subject_key_id',
  'issuer',
  'authority_key_id',
  'crl_url',
  'authority_url',
  'cps_url',
  'policy',
] as const

/** Adds where one certificate was met. */
export function notePlaces(places: Map<string, Set<string>>, { values, isPublic, hosts }: Side): void {
  if (isPublic || hosts.length === 0) return
  for (const attribute of placed)
    for (const value of values.get(attribute) ?? []) {
      const key = valueKey({ attribute, value })
      const of = places.get(key) ?? new Set<string>()
      places.set(key, of)
      for (const { ip } of hosts) of.add(ip)
    }
}
