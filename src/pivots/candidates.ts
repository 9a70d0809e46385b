import { pivots } from './list.ts'
import { type PivotValue, valueKey } from './pivot.ts'
import type { IndexedCertificate } from './pivot-index.ts'
import { rulesExplaining } from './rules-explaining.ts'
import { frequencyFactor, type Settings } from './settings.ts'
import type { Node, Walk } from './walk-state.ts'
import { valuesOf } from './walk-state.ts'

/** Which values of the frontier are followed, and to which certificates they lead. */

/** Values refused and told one by one. */
const mostRefused = 1000

const pivotByName = new Map(pivots.map(pivot => [pivot.name, pivot]))

export type Owning = { readonly value: PivotValue; readonly nodes: Node[] }

/** The values worth following, with the certificates of the frontier that have them. */
export function valuesToFollow(walk: Walk, frontier: readonly Node[]): ReadonlyMap<string, Owning> {
  const { settings, frequencies, followed, index } = walk
  const owning = new Map<string, Owning>()
  for (const node of frontier)
    for (const value of valuesOf(node.side)) {
      const key = valueKey(value)
      if (followed.has(key)) continue
      const present = owning.get(key)
      if (present !== undefined) {
        present.nodes.push(node)
        continue
      }
      const frequency = frequencies.get(key)
      // Nobody else had it when they were counted, and nothing came since.
      if (frequency === undefined && index.snapshot.arrived_since === 0) continue
      const owners = frequency?.owners ?? 1
      if (owners > settings.owners_many) {
        refuse(walk, node, value, owners)
        continue
      }
      if (worthFollowing(value, owners, settings) < settings.ask_from) continue
      owning.set(key, { value, nodes: [node] })
    }
  for (const key of owning.keys()) followed.add(key)
  return owning
}

/** 0–1: what sharing a value says by itself. Below ask_from nobody asks who has it. */
export function worthFollowing({ attribute }: PivotValue, owners: number, settings: Settings): number {
  return (settings.reliability[attribute] ?? 0) * frequencyFactor(owners, settings)
}

function refuse(walk: Walk, node: Node, { attribute, value }: PivotValue, owners: number): void {
  const key = valueKey({ attribute, value })
  if (walk.refusedKeys.has(key)) return
  walk.refusedKeys.add(key)
  if (walk.refused.length >= mostRefused) return
  const because = `${owners} owner groups share it, more than ${walk.settings.owners_many}: it leads to strangers`
  walk.refused.push({ certificate_id: node.side.certificate.certificate_id, attribute, value, owners, because })
}

/** Who else has the values, by the certificate that led there: the surest so many of each, as far as the values tell. */
export function candidatesOf(
  walk: Walk,
  owning: ReadonlyMap<string, Owning>,
  holders: readonly (PivotValue & { readonly certificate_id: string })[],
  hop: number,
): ReadonlyMap<Node, readonly string[]> {
  const { settings } = walk
  const worths = new Map<Node, Map<string, Map<string, number>>>()
  const worthCache = new Map<string, number>()
  for (const holder of holders) {
    const key = valueKey(holder)
    const group = pivotByName.get(holder.attribute)?.group
    const owners = owning.get(key)
    if (owners === undefined || group === undefined) continue
    for (const node of owners.nodes) {
      const id = holder.certificate_id
      if (id === node.side.certificate.certificate_id) continue
      const cacheKey = `${node.side.certificate.certificate_id}\0${key}`
      const worth = worthCache.get(cacheKey) ?? likelyWorth(walk, node, holder)
      worthCache.set(cacheKey, worth)
      const candidates = worths.get(node) ?? new Map<string, Map<string, number>>()
      worths.set(node, candidates)
      const groups = candidates.get(id) ?? new Map<string, number>()
      candidates.set(id, groups)
      groups.set(group, Math.max(groups.get(group) ?? 0, worth))
    }
  }
  const reached = new Map<Node, readonly string[]>()
  for (const [node, candidates] of worths) {
    const sorted = [...candidates]
      .map(([id, groups]) => ({ id, worth: 1 - [...groups.values()].reduce((none, one) => none * (1 - one), 1) }))
      .sort((a, b) => b.worth - a.worth || (a.id < b.id ? -1 : 1))
    if (sorted.length > settings.fan_out) {
      const { certificate_id } = node.side.certificate
      walk.capped.push({ certificate_id, hop, found: sorted.length, kept: settings.fan_out })
    }
    reached.set(
      node,
      sorted.slice(0, settings.fan_out).map(({ id }) => id),
    )
  }
  return reached
}

/** What a value is worth before the other certificate is known; little where it is known who gives it out. */
function likelyWorth(walk: Walk, { side }: Node, value: PivotValue): number {
  const { settings, scoring, frequencies, learned } = walk
  const key = valueKey(value)
  const worth = worthFollowing(value, frequencies.get(key)?.owners ?? 1, settings)
  const group = pivotByName.get(value.attribute)?.group
  const explained =
    learned.has(key) || (group !== undefined && rulesExplaining(scoring.rules, side.rules, value, group).length > 0)
  return explained ? Math.min(worth, settings.explained) : worth
}

export type Representative = { readonly certificate: IndexedCertificate; readonly twins: readonly string[] }

/**
 * Precertificate, certificate and description of one issuance are one certificate: the first by id, those whose bytes are
 * known before others. Those of the seeds and of the certificate that led there are left out.
 */
export function oneOfEachIssuance(
  walk: Walk,
  node: Node,
  ids: readonly string[],
  known: ReadonlyMap<string, IndexedCertificate>,
): readonly Representative[] {
  const byIssuance = new Map<string, Map<string, IndexedCertificate>>()
  for (const id of ids) {
    const certificate = known.get(id)
    if (certificate === undefined || walk.seedIssuances.has(certificate.issuance)) continue
    if (certificate.issuance === node.side.certificate.issuance) continue
    const of = byIssuance.get(certificate.issuance) ?? new Map<string, IndexedCertificate>()
    byIssuance.set(certificate.issuance, of.set(certificate.certificate_id, certificate))
  }
  return [...byIssuance.values()].flatMap(of => {
    const sorted = [...of.values()].sort(
      (a, b) =>
        Number(a.sha256 === undefined) - Number(b.sha256 === undefined) ||
        (a.certificate_id < b.certificate_id ? -1 : 1),
    )
    const [certificate, ...others] = sorted
    return certificate === undefined ? [] : [{ certificate, twins: others.map(({ certificate_id }) => certificate_id) }]
  })
}
