import type { Claims } from './claims.ts'
import { contextOf } from './context.ts'
import {
  type Contribution,
  combined,
  type Edge,
  type Evidence,
  explainedFactor,
  operatorScore,
  productOf,
  type Relation,
  type Suppression,
  worthUnexplained,
} from './edge.ts'
import { evidenceOf, learnedAction } from './evidence.ts'
import { alternativesOf, explanationOf } from './explanation.ts'
import { pivots } from './list.ts'
import { type Pair, type Side, sharedValues } from './pair.ts'
import { type Pivot, type PivotValue, valueKey } from './pivot.ts'
import type { FrequencySnapshot, LearnedSuppression, ValueFrequency } from './pivot-index.ts'
import type { Places } from './places.ts'
import type { Rule } from './rule.ts'
import { rulesExplaining } from './rules-explaining.ts'
import { calibrated, frequencyFactor, type Settings } from './settings.ts'
import type { Rules } from './suppression.ts'

const pivotByName: ReadonlyMap<string, Pivot> = new Map(pivots.map(pivot => [pivot.name, pivot]))

/** What scoring needs beside the two certificates. */
export type Scoring = {
  readonly rules: Rules
  readonly settings: Settings
  readonly snapshot: FrequencySnapshot
  /** Of values, by {@link valueKey}. One that is absent is shared by nobody else that was counted. */
  readonly frequencies: ReadonlyMap<string, ValueFrequency>
  /** Platforms that were learned and have not expired, by {@link valueKey}. */
  readonly learned: ReadonlyMap<string, LearnedSuppression>
  /** Who names which registrable domain, of the certificates at hand. Absent: nobody but the two. */
  readonly claims?: ReadonlyMap<string, Claims>
  /** Absent: nowhere. */
  readonly places?: Places
}

const noClaims: ReadonlyMap<string, Claims> = new Map()
const noPlaces: Places = new Map()

/**
 * How two certificates are related, by what they share (specification AN1972 §3.2 to §3.5). Pure: the same arguments give
 * the same edge.
 *
 * Each shared value is worth reliability × frequency factor × context. The strongest of each correlation group counts,
 * and the groups are joined by noisy-OR. What a rule or a learned platform explains counts for that instead, and what a
 * tool wrote counts for the tool.
 */
export function scoreEdge(seed: Side, candidate: Side, scoring: Scoring): Edge {
  return tell(weighEdge(seed, candidate, scoring))
}

/** An edge before it is put into words: most are too weak to be told. */
export type WeighedEdge = Omit<Edge, 'explanation' | 'alternatives' | 'counterfactuals'>

/** {@link scoreEdge} without the words. */
export function weighEdge(seed: Side, candidate: Side, scoring: Scoring): WeighedEdge {
  const { settings, snapshot, claims = noClaims, places = noPlaces } = scoring
  const shared = sharedValues(seed, candidate).map(value => frequencyOf(value, seed, candidate, scoring))
  const pair: Pair = { seed, candidate, shared, snapshot, settings, claims, places }
  const rules = seed.rules.filter(rule => candidate.rules.includes(rule))
  const fired = new Map<string, Suppression>()
  for (const rule of rules) if (rule.action === 'kit') fired.set(rule.id, suppressionOf(rule, settings))
  const found = shared.flatMap(value => contributionOf(value, pair, rules, scoring, fired) ?? [])
  const ends = { from: seed.certificate.certificate_id, to: candidate.certificate.certificate_id }
  return weighed(ends, found, [...fired.values()], scoring)
}

/** Counted in the snapshot, and never fewer than the two that are at hand. */
function frequencyOf(value: PivotValue, seed: Side, candidate: Side, { frequencies }: Scoring): ValueFrequency {
  const counted = frequencies.get(valueKey(value))
  const owners = seed.certificate.owner_group === candidate.certificate.owner_group ? 1 : 2
  const issuances = seed.certificate.issuance === candidate.certificate.issuance ? 1 : 2
  return {
    ...value,
    owners: Math.max(counted?.owners ?? 0, owners),
    issuances: Math.max(counted?.issuances ?? 0, issuances),
    certificates: Math.max(counted?.certificates ?? 0, 2),
  }
}

function contributionOf(
  value: ValueFrequency,
  pair: Pair,
  rules: readonly Rule[],
  { settings, learned, rules: all }: Scoring,
  fired: Map<string, Suppression>,
): Contribution | undefined {
  const pivot = pivotByName.get(value.attribute)
  if (pivot === undefined) return undefined
  const { name: attribute, title, group } = pivot
  const base = {
    attribute,
    value: value.value,
    title,
    group,
    owners: value.owners,
    issuances: value.issuances,
    certificates: value.certificates,
    reliability: settings.reliability[attribute] ?? pivot.reliability,
    frequency_factor: frequencyFactor(value.owners, settings),
    context: contextOf(pair, value),
    result: 0,
    counts_for: 'operator' as Evidence,
    counted: false,
  }
  const worth = productOf(base)
  const explaining = rulesExplaining(all, rules, value, group)
  // What a tool wrote is the tool's, whatever else explains it.
  const rule = explaining.find(({ action }) => action === 'kit') ?? explaining[0]
  if (rule !== undefined) {
    fired.set(rule.id, fired.get(rule.id) ?? suppressionOf(rule, settings))
    return explained(base, worth, evidenceOf[rule.action], `${rule.id}: ${rule.entry.source}`, settings)
  }
  const platform = learned.get(valueKey(value))
  if (platform === undefined) return { ...base, result: worth }
  const action = learnedAction(platform.action)
  const id = `learned:${attribute}`
  fired.set(id, fired.get(id) ?? { id, action, because: platform.because, confidence: 0 })
  return explained(base, worth, evidenceOf[action], platform.because, settings)
}

function explained(
  base: Contribution,
  worth: number,
  counts_for: Evidence,
  because: string,
  { explained: most }: Settings,
): Contribution {
  const allowed = counts_for === 'platform' || counts_for === 'pool' || counts_for === 'product' ? most : 0
  const factor = worth <= 0 ? 0 : Math.min(1, allowed / worth)
  const whole = { ...base, context: [...base.context, { name: explainedFactor, factor, because }], counts_for }
  return { ...whole, result: productOf(whole) }
}

export function suppressionOf(rule: Rule, { kit_hard, kit_soft }: Settings): Suppression {
  const confidence = rule.action !== 'kit' ? 0 : rule.strength === 'hard' ? kit_hard : kit_soft
  const about =
    rule.action === 'kit' ? `${rule.family}, ${rule.role}; also: ${rule.false_positives}` : rule.entry.source
  return { id: rule.id, action: rule.action, because: about, confidence }
}

/** Puts an edge together: relation, confidences, and what counted. */
export function weighed(
  ends: { readonly from: string; readonly to: string },
  found: readonly Contribution[],
  suppressions: readonly Suppression[],
  { settings, snapshot }: Pick<Scoring, 'settings' | 'snapshot'>,
): WeighedEdge {
  const contributions = markCounted(found)
  const limits = { most_confidence: settings.most_confidence, most_weak: settings.most_weak }
  const operator_confidence = calibrated(operatorScore(contributions, limits), settings.calibration)
  const relation = relationOf(contributions, suppressions, operator_confidence, settings)
  return {
    ...ends,
    relation,
    confidence: confidenceIn(relation, operator_confidence, contributions, suppressions),
    operator_confidence,
    contributions,
    suppressions,
    df_uncertain: snapshot.owners < settings.thin_below,
    limits,
    calibration: settings.calibration,
    snapshot: snapshot.id,
  }
}

/** Adds the words, and what would be left without each counted value. */
export function tell(edge: WeighedEdge): Edge {
  const { contributions, limits, calibration } = edge
  const counterfactuals = contributions
    .filter(({ counted, counts_for }) => counted && counts_for === 'operator')
    .map(left => {
      const others = contributions.filter(one => one !== left)
      const { attribute, value } = left
      return { attribute, value, operator_confidence: calibrated(operatorScore(others, limits), calibration) }
    })
  return { ...edge, counterfactuals, alternatives: alternativesOf(edge), explanation: explanationOf(edge) }
}

/** Shared values that an edge tells of, beside those that count: two packs of a CDN share a hundred domains. */
const mostContributions = 48

/** Strongest first; of each group the first counts for what it counts for. */
function markCounted(found: readonly Contribution[]): readonly Contribution[] {
  const sorted = found.toSorted(
    (a, b) =>
      b.result - a.result ||
      worthUnexplained(b) - worthUnexplained(a) ||
      compare(a.attribute, b.attribute) ||
      compare(a.value, b.value),
  )
  const counted = new Set<string>()
  const marked = sorted.map(contribution => {
    const key = `${contribution.counts_for} ${contribution.group}`
    if (counted.has(key) || worthUnexplained(contribution) <= 0) return contribution
    counted.add(key)
    return { ...contribution, counted: true }
  })
  return marked.filter((contribution, at) => contribution.counted || at < mostContributions)
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

function relationOf(
  contributions: readonly Contribution[],
  suppressions: readonly Suppression[],
  operator: number,
  settings: Settings,
): Relation {
  const counting = contributions.filter(({ counted, counts_for }) => counted && counts_for === 'operator')
  if (operator >= settings.band_weak) {
    if (counting.some(({ attribute }) => attribute === 'certificate_sha256')) return 'SAME_ARTIFACT'
    const key = counting.find(({ group }) => group === 'key')
    return key !== undefined && key.result >= settings.band_weak ? 'SAME_KEY' : 'SAME_OPERATOR_CANDIDATE'
  }
  if (suppressions.some(({ action }) => action === 'kit')) return 'SAME_TOOLING'
  const explaining = contributions
    .filter(({ counts_for }) => relationByEvidence[counts_for] !== undefined)
    .toSorted((a, b) => worthUnexplained(b) - worthUnexplained(a))[0]
  const fallback = counting.some(({ attribute }) => attribute === 'certificate_sha256')
    ? 'SAME_ARTIFACT'
    : 'SAME_OPERATOR_CANDIDATE'
  return (explaining && relationByEvidence[explaining.counts_for]) ?? fallback
}

const relationByEvidence: Readonly<Partial<Record<Evidence, Relation>>> = {
  platform: 'SAME_PLATFORM',
  pool: 'SAME_TENANT_POOL',
  product: 'SAME_PRODUCT',
}

const evidenceByRelation: Readonly<Partial<Record<Relation, Evidence>>> = {
  SAME_PLATFORM: 'platform',
  SAME_TENANT_POOL: 'pool',
  SAME_PRODUCT: 'product',
}

function confidenceIn(
  relation: Relation,
  operator: number,
  contributions: readonly Contribution[],
  suppressions: readonly Suppression[],
): number {
  if (relation === 'SAME_TOOLING') return Math.max(0, ...suppressions.map(({ confidence }) => confidence))
  const evidence = evidenceByRelation[relation]
  if (evidence === undefined) return operator
  return combined(
    contributions.filter(({ counts_for }) => counts_for === evidence),
    worthUnexplained,
  )
}

/**
 * The confidences of an edge, made again from what it stores and nothing else (§3.5, invariant I5).
 *
 * @returns equal to the stored ones to 1e-9, or the edge was changed
 */
export function recompute(edge: Edge): { readonly confidence: number; readonly operator_confidence: number } {
  const contributions = edge.contributions.map(one => ({ ...one, result: productOf(one) }))
  const operator_confidence = calibrated(operatorScore(contributions, edge.limits), edge.calibration)
  const confidence = confidenceIn(edge.relation, operator_confidence, contributions, edge.suppressions)
  return { confidence, operator_confidence }
}
