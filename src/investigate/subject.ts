import { isIP } from 'node:net'
import { registrableDomain } from '../hostname/index.ts'
import type { SiteInputs } from '../inputs/index.ts'
import type { IndexedCertificate, Lead, PivotResult, Seed } from '../pivots/index.ts'
import { lineageStart } from './lineage.ts'

/** A certificate that is asked about, with what its contacts would name. Times are milliseconds since the epoch. */
export type Subject = {
  readonly certificate_id: string
  readonly is_seed: boolean
  /** 0 to 1; of a seed 1. */
  readonly confidence: number
  readonly subject: string
  readonly issuer: string
  /** Upper-case hexadecimal. */
  readonly serial: string
  /** Lower-case hexadecimal: SHA-256 and SHA-1, as far as they are known. */
  readonly hashes: readonly string[]
  /** In lower case; `*.` stays. */
  readonly names: readonly string[]
  readonly addresses: readonly { readonly ip: string; readonly from: number; readonly until: number }[]
  readonly validity?: { readonly from: number; readonly until: number }
  /** Since when its line of renewals exists: what is asked about begins there. */
  readonly lineage?: number
  /** When the first of its domains that is known was registered. */
  readonly registered?: number
  /** The relation by which it was found; of a seed empty. */
  readonly because: string
}

/** From this confidence on a lead is asked about (specification AN1972 §6.5). */
export const leastConfidence = 0.6

/** So many leads are asked about, the surest first. */
export const mostLeads = 200

export function subjectsOf({ seeds, leads }: PivotResult): readonly Subject[] {
  const all = [...seeds, ...leads].map(({ certificate }) => certificate)
  const chosen = leads.filter(({ confidence }) => confidence >= leastConfidence).slice(0, mostLeads)
  const withLine = (subject: Subject, certificate: IndexedCertificate): Subject => {
    const lineage = lineageStart(certificate, all)
    return lineage === undefined ? subject : { ...subject, lineage }
  }
  return [
    ...seeds.map(one => withLine(seedSubject(one), one.certificate)),
    ...chosen.map(one => withLine(leadSubject(one), one.certificate)),
  ]
}

function seedSubject({ certificate, hosts }: Seed): Subject {
  return { ...basics(certificate, hosts), is_seed: true, confidence: 1, because: '' }
}

function leadSubject({ certificate, hosts, confidence, edge }: Lead): Subject {
  return { ...basics(certificate, hosts), is_seed: false, confidence, because: edge.relation }
}

function basics(certificate: Lead['certificate'], hosts: Lead['hosts']) {
  const { certificate_id, subject, issuer, serial, sha256, sha1, names, not_before, not_after } = certificate
  return {
    ...{ certificate_id, subject, issuer, serial },
    hashes: [sha256, sha1].filter(one => one !== undefined),
    names: names.map(one => one.toLowerCase()),
    addresses: hosts.map(one => ({ ip: one.ip, from: Date.parse(one.first_seen), until: Date.parse(one.last_seen) })),
    ...(not_before === undefined || not_after === undefined
      ? {}
      : { validity: { from: not_before, until: not_after } }),
  }
}

/** With what others saw outside: addresses that its names had, by passive DNS, and since when its domains are registered. */
export function enriched(subject: Subject, { rows }: SiteInputs): Subject {
  const resolved = rows.passive_dns.filter(({ value }) => subject.names.some(name => isNamed(name, value.rrname)))
  const seen = resolved.flatMap(({ value }) =>
    value.rdata.flatMap(ip => (isIP(ip) === 0 ? [] : [{ ip, from: value.time_first, until: value.time_last }])),
  )
  const domains = new Set(subject.names.flatMap(name => registrableDomain(name) ?? []))
  const registered = rows.registrations.flatMap(({ value }) => (domains.has(value.domain) ? [value.registered] : []))
  return {
    ...subject,
    addresses: joined([...subject.addresses, ...seen]),
    // Of several domains the one that is registered last says nothing of the others.
    ...(registered.length === domains.size && domains.size > 0 ? { registered: Math.min(...registered) } : {}),
  }
}

function isNamed(pattern: string, name: string): boolean {
  return pattern.startsWith('*.') ? name.endsWith(pattern.slice(1)) : pattern === name
}

/** One interval for each address, from the first to the last that anybody saw it. */
function joined(all: Subject['addresses']): Subject['addresses'] {
  const byAddress = new Map<string, Subject['addresses'][number]>()
  for (const one of all) {
    const before = byAddress.get(one.ip)
    byAddress.set(
      one.ip,
      before === undefined
        ? one
        : { ip: one.ip, from: Math.min(before.from, one.from), until: Math.max(before.until, one.until) },
    )
  }
  return [...byAddress.values()]
}
