import { z } from 'zod'
import type { Network } from '../network/index.ts'
import { networkOf } from '../network/index.ts'
import { partsOf } from './rows.ts'

/**
 * What only the site knows, a shape for each list (specification T1596.003 §4.1). Names and addresses come out in lower case, times as
 * milliseconds since the epoch. Columns of a list that no shape names are left alone.
 */
const text = z.preprocess(
  value => (value === undefined || value === null ? '' : String(value).trim()),
  z.string().max(2000),
)
const someText = text.pipe(z.string().min(1))
const parts = z.preprocess(partsOf, z.array(z.string().max(500)).max(500))
const lowerParts = parts.transform(all => all.map(one => one.toLowerCase()))
const yes = z.preprocess(value => ['1', 'true', 'yes', 'y'].includes(String(value ?? '').toLowerCase()), z.boolean())

const name = someText.transform(one => one.toLowerCase().replace(/\.$/, ''))

/** ISO 8601, or a number of seconds or milliseconds since the epoch. A day is its first instant; times without a zone are UTC. */
export function instantOf(value: unknown): number | undefined {
  const told = String(value ?? '').trim()
  if (/^\d{9,11}(\.\d+)?$/.test(told)) return Math.round(Number(told) * 1000)
  if (/^\d{12,14}$/.test(told)) return Number(told)
  const iso = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)?(Z|[+-]\d{2}:?\d{2})?$/.exec(told)
  if (iso === null) return undefined
  const spelled = told.replace(' ', 'T').replace(/([+-]\d{2})(\d{2})$/, '$1:$2')
  const time = Date.parse(iso[1] === undefined && spelled.length > 10 ? `${spelled}Z` : spelled)
  return Number.isNaN(time) ? undefined : time
}

const instant = z.preprocess(instantOf, z.number({ error: 'is no time, such as 2026-03-02T08:00:00Z' }))
const anyInstant = z.preprocess(value => instantOf(value), z.number().optional())

const networks = parts.transform((all, context) =>
  all.flatMap(one => {
    const network = networkOf(one)
    if (network === undefined)
      context.addIssue(`${JSON.stringify(one.slice(0, 80))} is neither an address nor a network`)
    return network === undefined ? [] : [network]
  }),
)

/** One machine, or a network of machines alike. */
export const asset = z
  .object({
    names: lowerParts.default([]),
    addresses: networks.default([]),
    role: text.default(''),
    zone: text.default(''),
    site: text.default(''),
    owner: text.default(''),
    criticality: text.default(''),
    /** Who usually works there. */
    users: lowerParts.default([]),
    internet_facing: yes.default(false),
    valid_from: anyInstant.optional(),
    valid_until: anyInstant.optional(),
  })
  .refine(one => one.names.length + one.addresses.length > 0, 'names neither a host nor an address')
export type Asset = z.output<typeof asset>

/** A change that was planned, or a deployment that was made. */
export const planned = z
  .object({
    start: instant,
    end: anyInstant.optional(),
    /** Hosts, domains or services; what stands below a domain is meant too. */
    scope: lowerParts.default([]),
    ticket: text.default(''),
    summary: text.default(''),
    owner: text.default(''),
  })
  .refine(one => one.scope.length > 0 || one.summary !== '', 'says neither a scope nor what it is')
export type Planned = z.output<typeof planned>

/** Certificates that may be issued. */
export const issuance = z
  .object({
    /** Names, `*.` before one for its children of any depth. */
    names: lowerParts.default([]),
    /** Names of issuers, as their organisation or common name has them; empty: any. */
    issuers: lowerParts.default([]),
    /** Identities in CAA records, such as letsencrypt.org. */
    authorities: lowerParts.default([]),
    /** URIs of ACME accounts. */
    accounts: parts.default([]),
    /** SHA-256 over the SubjectPublicKeyInfo: keys that are ours. */
    keys: lowerParts.default([]),
    requester: text.default(''),
    ticket: text.default(''),
    valid_from: anyInstant.optional(),
    valid_until: anyInstant.optional(),
  })
  .refine(one => one.names.length + one.keys.length > 0, 'names neither a name nor a key')
export type Issuance = z.output<typeof issuance>

/** When a name had an address, as somebody outside saw it (passive DNS). */
export const resolution = z
  .object({
    rrname: name,
    rrtype: text.default(''),
    rdata: lowerParts,
    time_first: instant,
    time_last: instant,
    source: text.default(''),
  })
  .refine(one => one.time_first <= one.time_last, 'ends before it begins')
export type Resolution = z.output<typeof resolution>

/** Since when a domain is registered. */
export const registration = z.object({
  domain: name,
  registered: instant,
  registrar: text.default(''),
  source: text.default(''),
})
export type Registration = z.output<typeof registration>

/** A network that many strangers share: of a content delivery network, a cloud, a host of pages. */
export const sharedNetwork = z.object({
  networks: networks.pipe(z.array(z.custom<Network>()).min(1)),
  owner: text.default(''),
  what: text.default(''),
})
export type SharedNetwork = z.output<typeof sharedNetwork>

/** Something that others know: a threat, or who scans the Internet. */
export const indicator = z.object({
  /** Address, network, domain, URL or fingerprint, in lower case. */
  value: someText.transform(one => one.toLowerCase().replaceAll('[.]', '.').replace(/^hxxp/, 'http')),
  source: text.default(''),
  /** 0 to 100; unknown where the feed does not say it. */
  confidence: z.preprocess(
    value => (value === undefined || value === '' || value === null ? undefined : Number(value)),
    z.number().min(0).max(100).optional(),
  ),
  what: text.default(''),
  valid_from: anyInstant.optional(),
  valid_until: anyInstant.optional(),
})
export type Indicator = z.output<typeof indicator>

export const severities = ['informational', 'low', 'medium', 'high', 'critical'] as const
export type Severity = (typeof severities)[number]

/** What another system reported, a phishing mail among them. */
export const report = z.object({
  time: instant,
  severity: z.preprocess(value => severityOf(value), z.enum(severities)).default('medium'),
  title: text.default(''),
  source: text.default(''),
  /** Addresses, hosts, users and domains it is about. */
  entities: lowerParts.default([]),
})
export type Report = z.output<typeof report>

/** Words of several products; what nobody knows counts as medium, so that it is looked at. */
function severityOf(value: unknown): Severity {
  const told = String(value ?? '').toLowerCase()
  const same: Readonly<Record<string, Severity>> = {
    ...{ info: 'informational', information: 'informational', informational: 'informational', notice: 'informational' },
    ...{ low: 'low', minor: 'low', medium: 'medium', moderate: 'medium', high: 'high', major: 'high' },
    ...{ critical: 'critical', fatal: 'critical', severe: 'critical', emergency: 'critical' },
  }
  return Object.hasOwn(same, told) ? (same[told] ?? 'medium') : 'medium'
}
