import type { PivotResult } from '../../src/pivots/index.ts'
import type { Holdings, Prediction } from './predictions.ts'
import { observedValues, type SeedTruth } from './truth.ts'

/** Why claims were false and pairs were missed: counts by a line that says it. */
export type Causes = { readonly falseClaims: Record<string, number>; readonly missed: Record<string, number> }

export const emptyCauses = (): Causes => ({ falseClaims: {}, missed: {} })

export function addCauses(into: Causes, { falseClaims, missed }: Causes): void {
  for (const [line, count] of Object.entries(falseClaims))
    into.falseClaims[line] = (into.falseClaims[line] ?? 0) + count
  for (const [line, count] of Object.entries(missed)) into.missed[line] = (into.missed[line] ?? 0) + count
}

/** Counts the errors of one seed. Lines begin with its pack and a bar. */
export function causesOf(
  causes: Causes,
  truth: SeedTruth,
  predictions: readonly Prediction[],
  result: PivotResult,
  holdings: Holdings,
  threshold: number,
): void {
  const { seed, others, direct } = truth
  const claimed = new Map(predictions.map(one => [one.owner, one]))
  for (const { owner, confidence, edge, entry, hop } of predictions) {
    if (confidence < threshold || others.has(owner)) continue
    const counted = edge.contributions.filter(one => one.counted && one.counts_for === 'operator')
    const by = counted.map(({ attribute, owners }) => `${attribute} (${band(owners)})`).join(' + ')
    const line = `${seed.pack} | ${seed.role} → ${entry.role}, hop ${hop} | ${edge.relation} by ${by}`
    causes.falseClaims[line] = (causes.falseClaims[line] ?? 0) + 1
  }
  for (const owner of direct) {
    const confidence = claimed.get(owner)?.confidence ?? 0
    if (confidence >= threshold) continue
    const line = `${seed.pack} | ${joinedBy(seed, owner, holdings)} | ${whatBecame(owner, confidence, result, holdings)}`
    causes.missed[line] = (causes.missed[line] ?? 0) + 1
  }
}

function band(owners: number): string {
  if (owners <= 5) return '≤ 5'
  if (owners <= 30) return '≤ 30'
  return owners <= 120 ? '≤ 120' : '> 120'
}

/** The observed values that both have, over all certificates of the other. */
function joinedBy(seed: SeedTruth['seed'], owner: string, { byId, byIssuance, entriesOf }: Holdings): string {
  const attributes = new Set<string>()
  const own = byId.get(seed.ids[0] ?? '')
  if ((byIssuance.get(seed.issuance) ?? []).some(entry => entry.owner === owner)) attributes.add('certificate')
  // Public or not: what joins is told either way, and truth.ts decided that something does.
  const values = new Set(own === undefined ? [] : observedValues(own, false))
  for (const entry of entriesOf.get(owner) ?? []) {
    if (entry.addresses.some(ip => seed.addresses.includes(ip))) attributes.add('host')
    const theirs = byId.get(entry.ids[0] ?? '')
    if (theirs === undefined) continue
    for (const value of observedValues(theirs, false))
      if (values.has(value)) attributes.add(value.slice(0, value.indexOf('\0')))
  }
  attributes.delete('key_sha256')
  return [...attributes].sort().join(' + ')
}

function whatBecame(owner: string, confidence: number, result: PivotResult, { entriesOf }: Holdings): string {
  if (confidence > 0) return `claimed with ${(Math.floor(confidence * 10) / 10).toFixed(1)}`
  const issuances = new Set((entriesOf.get(owner) ?? []).map(({ issuance }) => issuance))
  const related = result.related.find(({ certificate }) => issuances.has(certificate.issuance))
  if (related !== undefined) {
    const by = related.edge.suppressions.map(({ id }) => (id.startsWith('learned:') ? id : 'listed'))
    return `${related.edge.relation} by ${[...new Set(by)].join(', ')}`
  }
  return 'dropped'
}
