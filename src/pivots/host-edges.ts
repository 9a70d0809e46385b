import { certificateSha256 } from './attributes/certificate-sha256.ts'
import type { ContextFactor, Contribution, Edge, Evidence, Suppression } from './edge.ts'
import { explainedFactor, productOf } from './edge.ts'
import { evidenceOf, learnedAction } from './evidence.ts'
import type { Side } from './pair.ts'
import { valueKey } from './pivot.ts'
import type { HostSighting } from './pivot-index.ts'
import { type Scoring, suppressionOf, tell, weighed } from './score.ts'
import { lateFactor, productOfFactors, servingFactors, standApart, tenantFactor } from './serving.ts'
import { packFactor } from './settings.ts'

/** An address at which a certificate was met, and how surely it is its operator's. */
export type HostLead = {
  readonly status: 'lead'
  readonly ip: string
  readonly ports: readonly number[]
  /** Distinct, as asked for. */
  readonly server_names: readonly string[]
  readonly first_seen: string
  readonly last_seen: string
  /** 0–1: that of the certificate times that of the edge. */
  readonly confidence: number
  readonly edge: Edge
}

/**
 * The addresses of a certificate. Having it is evidence like any other (specification AN1972 §2.1 row 1): what counts as
 * frequency is at how many addresses it was met and how they lie, and the default certificate of a host ties nobody to an
 * operator.
 *
 * @param confidence 0–1, of the certificate itself
 * @returns surest first, then by address
 */
export function hostLeads(side: Side, confidence: number, scoring: Scoring): readonly HostLead[] {
  const byAddress = new Map<string, HostSighting[]>()
  for (const sighting of side.hosts) {
    const of = byAddress.get(sighting.ip)
    if (of === undefined) byAddress.set(sighting.ip, [sighting])
    else of.push(sighting)
  }
  const served = { addresses: byAddress.size, context: servingContext(side, [...byAddress.keys()], scoring) }
  const leads = [...byAddress].map(([ip, sightings]): HostLead => {
    const edge = hostEdge(side, ip, served, scoring)
    return {
      status: 'lead',
      ip,
      ports: [...new Set(sightings.map(({ port }) => port))].sort((a, b) => a - b),
      server_names: [...new Set(sightings.map(({ server_name }) => server_name).filter(name => name !== ''))].sort(),
      first_seen: sightings.map(({ first_seen }) => first_seen).sort()[0] ?? '',
      last_seen:
        sightings
          .map(({ last_seen }) => last_seen)
          .sort()
          .at(-1) ?? '',
      confidence: confidence * edge.operator_confidence,
      edge,
    }
  })
  return leads.sort((a, b) => b.confidence - a.confidence || (a.ip < b.ip ? -1 : 1))
}

/** What all addresses of a certificate have in common. */
type Served = { readonly addresses: number; readonly context: readonly ContextFactor[] }

function hostEdge(side: Side, ip: string, served: Served, scoring: Scoring): Edge {
  const { settings, frequencies } = scoring
  const tenants = frequencies.get(valueKey({ attribute: 'host', value: ip }))?.owners ?? 1
  const { name: attribute, title, group, reliability } = certificateSha256
  const base: Contribution = {
    attribute,
    value: side.certificate.sha256 ?? side.certificate.sha1 ?? side.certificate.certificate_id,
    title,
    group,
    owners: served.addresses,
    issuances: 1,
    certificates: 1,
    reliability: settings.reliability[attribute] ?? reliability,
    // How many addresses it has stands in the context.
    frequency_factor: 1,
    context: [...served.context, ...[tenantFactor(tenants, settings) ?? []].flat()],
    result: 0,
    counts_for: 'operator',
    counted: false,
  }
  const why = whyShared(side, scoring)
  const contribution =
    why === undefined ? base : { ...base, context: [...base.context, why.factor], counts_for: why.evidence }
  const ends = { from: side.certificate.certificate_id, to: ip }
  const suppressions = why === undefined ? [] : [why.suppression]
  return tell(weighed(ends, [{ ...contribution, result: productOf(contribution) }], suppressions, scoring))
}

/** How likely those who serve a certificate are one: by how many they are, how close they stand, and when they came. */
function servingContext(
  { certificate, rules, isPublic, hosts }: Side,
  addresses: readonly string[],
  { settings, claims }: Scoring,
): readonly ContextFactor[] {
  const { apexes } = certificate
  // A tool that is known by a name may bring its certificate with it.
  const isOfKit = rules.some(({ action }) => action === 'kit')
  const { density_few, addresses_few, kit_addresses_few } = settings
  const few = isOfKit ? kit_addresses_few : addresses_few
  // A host writes its own domain into the default of each server, and no public CA checks that.
  const named = isPublic ? [] : apexes.map(apex => [...(claims?.get(apex)?.addresses ?? [])])
  const [factors = []] = [addresses, ...named]
    .map(served => [...servingFactors(served, { density_few, addresses_few: few })])
    .sort((a, b) => productOfFactors(a) - productOfFactors(b))
  if (apexes.length > settings.pack_some) {
    const because = `${apexes.length} registrable domains stand together on it`
    const factor = packFactor(apexes.length, settings)
    factors.push(
      standApart(addresses) && factors.length === 0
        ? { name: 'packed_apart', factor: Math.max(factor, settings.pack_apart), because }
        : { name: 'packed', factor, because },
    )
  } else if (!standApart(addresses)) {
    const because = 'it was met in one network only, where it may be the default of the host'
    factors.push({ name: 'one_network', factor: settings.one_network, because })
  }
  const late = lateFactor(certificate, hosts, settings)
  return late === undefined ? factors : [...factors, late]
}

/** What gives this certificate to strangers: a rule it fits that tells of whole certificates, or its learned key. */
function whyShared(
  side: Side,
  { settings, learned }: Scoring,
): { readonly factor: ContextFactor; readonly evidence: Evidence; readonly suppression: Suppression } | undefined {
  const rules = side.rules.filter(({ action, groups }) => action !== 'issuer0' && groups.has('artefact'))
  const rule = rules.find(({ action }) => action === 'kit') ?? rules[0]
  if (rule !== undefined) {
    const factor = rule.action === 'kit' ? 0 : settings.explained
    const because = `${rule.id}: ${rule.entry.source}`
    return {
      factor: { name: explainedFactor, factor, because },
      evidence: evidenceOf[rule.action],
      suppression: suppressionOf(rule, settings),
    }
  }
  for (const value of side.values.get('spki_sha256') ?? []) {
    const platform = learned.get(valueKey({ attribute: 'spki_sha256', value }))
    if (platform === undefined) continue
    const action = learnedAction(platform.action)
    const { because } = platform
    return {
      factor: { name: explainedFactor, factor: settings.explained, because },
      evidence: evidenceOf[action],
      suppression: { id: 'learned:spki_sha256', action, because, confidence: 0 },
    }
  }
  return undefined
}
