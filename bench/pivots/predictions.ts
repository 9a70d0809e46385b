import type { UngroupedCertificate } from '../../src/pivots/index.ts'
import { type Edge, type Lead, matchRules, type PivotResult, type Rules, valueKey } from '../../src/pivots/index.ts'
import type { Entry, World } from './world.ts'

/** A claim that another owner belongs to the seed's operator, and what it rests on. */
export type Prediction = {
  readonly owner: string
  /** 0–1: the highest over that owner's certificates. */
  readonly confidence: number
  /** What is claimed to be his. */
  readonly entry: Entry
  /** The step that led there: from a certificate to a certificate, or to one of its addresses. */
  readonly edge: Edge
  readonly hop: number
  /** Scores of the steps to it: of each certificate on the way, and of the address where it is claimed by one. */
  readonly steps: Steps
}

/** `undefined`: there is no such step. */
export type Steps = { readonly certificates: readonly number[]; readonly address: number | undefined }

/** Who holds what, for reading results. Made once for a world. */
export type Holdings = {
  readonly byIssuance: ReadonlyMap<string, readonly Entry[]>
  readonly entriesOf: ReadonlyMap<string, readonly Entry[]>
  readonly byId: ReadonlyMap<string, UngroupedCertificate>
  /** Values, issuances and addresses of which every holder has it from a tool or a platform, and several operators do. */
  readonly givenOut: ReadonlySet<string>
}

/** Certificates that were not made for who holds them. */
const sharedRoles = new Set(['kit', 'platform', 'pool', 'device', 'default'])

export function holdingsOf({ certificates, entries }: World): Holdings {
  const byId = new Map(certificates.map(one => [one.certificate_id, one]))
  const byIssuance = new Map<string, Entry[]>()
  for (const entry of entries) {
    const of = byIssuance.get(entry.issuance)
    if (of === undefined) byIssuance.set(entry.issuance, [entry])
    else of.push(entry)
  }
  const entriesOf = new Map<string, Entry[]>()
  for (const entry of entries) {
    const of = entriesOf.get(entry.owner)
    if (of === undefined) entriesOf.set(entry.owner, [entry])
    else of.push(entry)
  }
  const seen = new Map<string, { shared: boolean; operators: Set<string> }>()
  for (const entry of entries) {
    const values = byId.get(entry.ids[0] ?? '')?.values.map(valueKey) ?? []
    const addresses = entry.addresses.map(value => valueKey({ attribute: 'host', value }))
    for (const key of [valueKey({ attribute: 'certificate_sha256', value: entry.issuance }), ...values, ...addresses]) {
      const of = seen.get(key) ?? { shared: true, operators: new Set() }
      seen.set(key, of)
      of.shared &&= sharedRoles.has(entry.role)
      of.operators.add(entry.operator)
    }
  }
  const givenOut = new Set(
    [...seen].filter(([, { shared, operators }]) => shared && operators.size > 1).map(([key]) => key),
  )
  return { byIssuance, entriesOf, byId, givenOut }
}

/**
 * What a result claims of other owners than the seed's. A lead claims the owner of its certificate. Where several hold
 * it, and for the seed's own certificate, the claim is that of the address at which each was met with it.
 */
export function predictionsOf(result: PivotResult, seed: Entry, { byIssuance }: Holdings): readonly Prediction[] {
  const best = new Map<string, Prediction>()
  const claim = (claimed: Omit<Prediction, 'owner'>) => {
    const { owner } = claimed.entry
    if (owner === seed.owner || (best.get(owner)?.confidence ?? 0) >= claimed.confidence) return
    best.set(owner, { owner, ...claimed })
  }
  const claimByHosts = (
    entries: readonly Entry[],
    hosts: Lead['hosts'],
    hop: number,
    certificates: readonly number[],
  ) => {
    const byAddress = new Map(hosts.map(host => [host.ip, host]))
    for (const entry of entries)
      for (const ip of entry.addresses) {
        const host = byAddress.get(ip)
        if (host === undefined) continue
        const { confidence, edge } = host
        claim({ entry, confidence, edge, hop, steps: { certificates, address: edge.operator_confidence } })
      }
  }
  for (const one of result.seeds) claimByHosts(byIssuance.get(one.certificate.issuance) ?? [], one.hosts, 1, [])
  const scores = new Map(
    result.leads.map(({ certificate, edge }) => [certificate.certificate_id, edge.operator_confidence]),
  )
  for (const { certificate, confidence, edge, hop, hosts, path } of result.leads) {
    const entries = byIssuance.get(certificate.issuance) ?? []
    const certificates = path.slice(1).map(id => scores.get(id) ?? 0)
    if (new Set(entries.map(({ owner }) => owner)).size > 1) claimByHosts(entries, hosts, hop, certificates)
    else
      for (const entry of entries) claim({ entry, confidence, edge, hop, steps: { certificates, address: undefined } })
  }
  return [...best.values()].sort((a, b) => b.confidence - a.confidence || (a.owner < b.owner ? -1 : 1))
}

/**
 * An operator leak: a claim that rests on nothing but what a tool or a platform gives out. Every value that counts for
 * the operator in its last step is held, in truth, only by certificates of the roles kit, platform, pool, device and
 * default, and by several operators.
 *
 * @returns `told` when a rule that the product was given fits both ends; `untold` when nothing had told it
 */
export function leakOf(
  { edge, entry }: Prediction,
  { byId, givenOut }: Holdings,
  rules: Rules,
): 'told' | 'untold' | undefined {
  const counting = edge.contributions.filter(({ counted, counts_for }) => counted && counts_for === 'operator')
  const isGivenOut = counting.every(({ attribute, value }) =>
    givenOut.has(valueKey({ attribute, value: attribute === 'certificate_sha256' ? entry.issuance : value })),
  )
  if (!isGivenOut || counting.length === 0) return undefined
  const fitting = (id: string) => {
    const certificate = byId.get(id)
    return certificate === undefined
      ? []
      : matchRules(rules, { ...certificate, owner_group: certificate.owner }).filter(
          ({ action }) => action !== 'issuer0',
        )
  }
  const from = fitting(edge.from)
  const to = byId.has(edge.to) ? fitting(edge.to) : from
  return from.some(rule => to.includes(rule)) ? 'told' : 'untold'
}
