import { readFileSync } from 'node:fs'
import { type CityResponse, Reader } from 'mmdb-lib'

/** Where an address is, as a database of the user says it. */
export type Location = {
  /** ISO 3166-1 alpha-2, upper case; empty where the database does not know. */
  readonly country: string
  readonly asn: number
  readonly as_name: string
  /** What the database says of anonymity: `anonymous`, `tor`, `vpn`, `proxy`, `hosting`. */
  readonly traits: readonly string[]
}

export type LocationReader = (address: string) => Location | undefined

/** What the databases in use have of a network; each has some of it. */
type Answer = {
  readonly country?: { readonly iso_code?: unknown }
  readonly registered_country?: { readonly iso_code?: unknown }
  readonly traits?: Readonly<Record<string, unknown>>
} & Readonly<Record<string, unknown>>

const traitNames = {
  is_anonymous: 'anonymous',
  is_tor_exit_node: 'tor',
  is_anonymous_vpn: 'vpn',
  is_public_proxy: 'proxy',
  is_residential_proxy: 'proxy',
  is_hosting_provider: 'hosting',
} as const

/** A reader of MaxMind DB files: country, AS and anonymity of an address. Throws what the library throws for what is none. */
export function locationReader(path: string): {
  readonly read: LocationReader
  readonly bytes: Buffer
  readonly built: Date
} {
  const bytes = readFileSync(path)
  const reader = new Reader<CityResponse>(bytes)
  const read: LocationReader = address => {
    let answer: Answer | null
    try {
      answer = reader.get(address) as Answer | null // its type is one of several kinds of databases
    } catch {
      return undefined
    }
    if (answer === null) return undefined
    const all = { ...answer, ...answer.traits }
    return {
      country: String(answer.country?.iso_code ?? answer.registered_country?.iso_code ?? '').toUpperCase(),
      asn: Number(all.autonomous_system_number ?? 0) || 0,
      as_name: String(all.autonomous_system_organization ?? '').slice(0, 200),
      traits: [...new Set(Object.entries(traitNames).flatMap(([key, trait]) => (all[key] === true ? [trait] : [])))],
    }
  }
  return { read, bytes, built: reader.metadata.buildEpoch }
}
