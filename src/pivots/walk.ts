import { blindSpotsOf } from './blind-spots.ts'
import { candidatesOf, oneOfEachIssuance, valuesToFollow } from './candidates.ts'
import { type Claims, noteClaims } from './claims.ts'
import { operatorRelations } from './edge.ts'
import { hostLeads } from './host-edges.ts'
import type { Band, Lead, PivotResult } from './lead.ts'
import { addressesOf, type Side, sideOf } from './pair.ts'
import { type PivotValue, valueKey } from './pivot.ts'
import type { HostSighting, IndexedCertificate, LearnedSuppression, PivotIndex, ValueFrequency } from './pivot-index.ts'
import { notePlaces } from './places.ts'
import { tell, weighEdge } from './score.ts'
import type { Settings } from './settings.ts'
import type { Rules } from './suppression.ts'
import { type Node, valuesOf, type Walk } from './walk-state.ts'

export type PivotOptions = {
  /** Followed from the seeds; the settings say the most. */
  readonly hops?: number
  readonly signal?: AbortSignal
}

/**
 * Everything related to the seeds, breadth first (specification AN1972 §3.2). A hop asks the index one question of each
 * kind, whatever it has to look at. Certificates reached through a tool, a platform, a pool or a product are told and not
 * followed (I3); a value that was followed is not followed again; one that more than owners_many share is refused.
 *
 * The same index, seeds and settings give the same result, in the same order.
 */
export async function pivot(
  index: PivotIndex,
  seedIds: readonly string[],
  rules: Rules,
  settings: Settings,
  options: PivotOptions = {},
): Promise<PivotResult> {
  const { signal } = options
  const hops = Math.min(options.hops ?? settings.hops, settings.most_hops)
  const wanted = [...new Set(seedIds)].sort()
  const [known, seedHosts] = await Promise.all([index.certificates(wanted), index.hosts(wanted, settings.addresses)])
  signal?.throwIfAborted()
  const sideFor = sideMaker(rules, known, seedHosts)
  const certificates = distinct([...known.values()])
  const seeds = certificates.map(one => ({ side: sideFor(one), confidence: 1, path: [one.certificate_id] }))
  const frequencies = new Map<string, ValueFrequency>()
  const learned = new Map<string, LearnedSuppression>()
  const claims = new Map<string, Claims>()
  const places = new Map<string, Set<string>>()
  for (const { side } of seeds) {
    noteClaims(claims, side)
    notePlaces(places, side)
  }
  const walk: Walk = {
    index,
    settings,
    scoring: { rules, settings, snapshot: index.snapshot, frequencies, learned, claims, places },
    frequencies,
    learned,
    claims,
    places,
    askedOf: new Set(),
    followed: new Set(),
    refused: [],
    refusedKeys: new Set(),
    capped: [],
    seedIssuances: new Set(certificates.map(({ issuance }) => issuance)),
    found: new Map(),
    compared: new Set(),
  }
  let frontier: readonly Node[] = seeds
  for (let hop = 1; hop <= hops && frontier.length > 0; hop += 1) {
    frontier = await takeHop(walk, frontier, hop, signal)
  }
  await learnAddresses(walk)
  signal?.throwIfAborted()
  return resultOf(
    walk,
    seeds,
    wanted.filter(id => !known.has(id)),
    hops,
  )
}

/** @returns what is followed next */
async function takeHop(
  walk: Walk,
  frontier: readonly Node[],
  hop: number,
  signal: AbortSignal | undefined,
): Promise<readonly Node[]> {
  const { index, settings } = walk
  await learnOf(walk, frontier)
  signal?.throwIfAborted()
  const owning = valuesToFollow(walk, frontier)
  const values = [...owning.values()].map(({ value }) => value)
  const holders = values.length === 0 ? [] : await index.holders(values, settings.holders, { grouped: false })
  signal?.throwIfAborted()
  const reached = candidatesOf(walk, owning, holders, hop)
  const ids = [...new Set([...reached.values()].flat())].sort()
  const [known, hosts] =
    ids.length === 0
      ? [new Map<string, IndexedCertificate>(), []]
      : await Promise.all([index.certificates(ids), index.hosts(ids, settings.addresses)])
  signal?.throwIfAborted()
  const sideFor = sideMaker(walk.scoring.rules, known, hosts)
  const sides = new Map<string, Side>()
  for (const certificate of distinct([...known.values()])) {
    const side = sideFor(certificate)
    sides.set(certificate.certificate_id, side)
    noteClaims(walk.claims, side)
    notePlaces(walk.places, side)
  }
  const improved = new Set<string>()
  for (const [node, candidates] of reached) {
    const representatives = oneOfEachIssuance(walk, node, candidates, known)
    for (const { certificate, twins } of representatives) {
      const id = certificate.certificate_id
      const side = sides.get(id) ?? sideFor(certificate)
      walk.compared.add(id)
      if (keep(walk, node, side, twins, hop)) improved.add(id)
    }
  }
  return nextFrontier(walk, improved, hop)
}

/** Asks once for the frequencies and learned platforms of everything the frontier has. */
async function learnOf(walk: Walk, frontier: readonly Node[]): Promise<void> {
  const values: PivotValue[] = []
  for (const { side } of frontier)
    for (const value of valuesOf(side)) {
      const key = valueKey(value)
      if (walk.askedOf.has(key)) continue
      walk.askedOf.add(key)
      values.push(value)
    }
  if (values.length === 0) return
  const [frequencies, learned] = await Promise.all([walk.index.frequencies(values), walk.index.learned(values)])
  for (const frequency of frequencies) walk.frequencies.set(valueKey(frequency), frequency)
  for (const row of learned) if (row.expires >= walk.scoring.rules.day) walk.learned.set(valueKey(row), row)
}

/** Asks who shares the addresses of what was found. Those of certificates that were followed are known. */
async function learnAddresses({ index, found, askedOf, frequencies }: Walk): Promise<void> {
  const values = new Map<string, PivotValue>()
  for (const { node, lead } of found.values())
    if (operatorRelations.has(lead.edge.relation))
      for (const value of addressesOf(node.side.hosts))
        if (!askedOf.has(valueKey(value))) values.set(valueKey(value), value)
  if (values.size === 0) return
  for (const frequency of await index.frequencies([...values.values()])) frequencies.set(valueKey(frequency), frequency)
}

/** Scores the step from `node` and keeps it when it is the surest way so far. */
function keep(walk: Walk, node: Node, side: Side, twins: readonly string[], hop: number): boolean {
  const { settings, scoring, found } = walk
  const id = side.certificate.certificate_id
  if (node.path.includes(id)) return false
  const edge = weighEdge(node.side, side, scoring)
  const isOperator = operatorRelations.has(edge.relation)
  const decay = hop === 1 ? 1 : settings.hop_decay
  const confidence = node.confidence * decay * edge.confidence
  const band = bandOf(confidence, settings)
  if (band === undefined) return false
  const before = found.get(id)
  if (before !== undefined) {
    const wasOperator = operatorRelations.has(before.lead.edge.relation)
    if (wasOperator && !isOperator) return false
    if (wasOperator === isOperator && before.lead.confidence >= confidence) return false
  }
  const path = [...node.path, id]
  const lead: Lead = {
    status: 'lead',
    certificate: side.certificate,
    twins,
    confidence,
    band,
    hop,
    path,
    edge: tell(edge),
    hosts: [],
  }
  found.set(id, { node: { side, confidence, path }, lead })
  return isOperator
}

export function bandOf(confidence: number, settings: Settings): Band | undefined {
  if (confidence >= settings.band_strong) return 'strong'
  if (confidence >= settings.band_lead) return 'lead'
  return confidence >= settings.band_weak ? 'weak' : undefined
}

function nextFrontier(walk: Walk, improved: ReadonlySet<string>, hop: number): readonly Node[] {
  const { settings, found, capped } = walk
  const next = [...improved]
    .flatMap(id => found.get(id) ?? [])
    .filter(({ lead }) => operatorRelations.has(lead.edge.relation) && lead.confidence >= settings.expand_from)
    .sort((a, b) => bySureness(a.lead, b.lead))
  if (next.length > settings.frontier)
    capped.push({ certificate_id: '', hop, found: next.length, kept: settings.frontier })
  return next.slice(0, settings.frontier).map(({ node }) => node)
}

function bySureness(a: Lead, b: Lead): number {
  return b.confidence - a.confidence || (a.certificate.certificate_id < b.certificate.certificate_id ? -1 : 1)
}

function resultOf(walk: Walk, seeds: readonly Node[], unknown_seeds: readonly string[], hops: number): PivotResult {
  const { scoring, settings, index } = walk
  const all = [...walk.found.values()]
    .map(({ node, lead }) =>
      operatorRelations.has(lead.edge.relation)
        ? { ...lead, hosts: hostLeads(node.side, lead.confidence, scoring) }
        : lead,
    )
    .sort(bySureness)
  const leads = all.filter(({ edge }) => operatorRelations.has(edge.relation))
  const related = all.filter(({ edge }) => !operatorRelations.has(edge.relation))
  const told = seeds.map(({ side }) => ({
    side,
    seed: {
      certificate: side.certificate,
      rules: side.rules.map(({ id }) => id),
      hosts: hostLeads(side, 1, scoring),
    },
  }))
  const { refused, capped } = walk
  const { snapshot } = index
  return {
    seeds: told.map(({ seed }) => seed),
    unknown_seeds,
    leads,
    related,
    refused,
    capped,
    coverage: {
      snapshot,
      hops,
      values_followed: walk.followed.size,
      values_refused: walk.refusedKeys.size,
      compared: walk.compared.size,
      dropped: walk.compared.size - all.length,
      rules_expired: scoring.rules.expired,
      rules_unverified: scoring.rules.unverified,
      blind_spots: blindSpotsOf({ unknown_seeds, leads, refused, capped }, told, {
        certificates: snapshot.certificates,
        owners: snapshot.owners,
        arrived_since: snapshot.arrived_since,
        thin: snapshot.owners < settings.thin_below,
      }),
    },
  }
}

/** Sides with the addresses of their certificates. What was met under a provisional id belongs to the certificate behind it. */
function sideMaker(
  rules: Rules,
  known: ReadonlyMap<string, IndexedCertificate>,
  hosts: readonly HostSighting[],
): (certificate: IndexedCertificate) => Side {
  const byId = new Map<string, HostSighting[]>()
  for (const sighting of hosts) {
    const id = known.get(sighting.certificate_id)?.certificate_id ?? sighting.certificate_id
    const of = byId.get(id)
    if (of === undefined) byId.set(id, [sighting])
    else of.push(sighting)
  }
  return certificate => sideOf(certificate, rules, byId.get(certificate.certificate_id) ?? [])
}

/** Two ids can be one certificate: a description and its bytes. */
function distinct(certificates: readonly IndexedCertificate[]): readonly IndexedCertificate[] {
  const byId = new Map(certificates.map(certificate => [certificate.certificate_id, certificate]))
  return [...byId.values()].sort((a, b) => (a.certificate_id < b.certificate_id ? -1 : 1))
}
