import type { CorrelationGroup } from './pivot.ts'
import type { Rule } from './rule.ts'
import type { Calibration } from './settings.ts'

/**
 * How two certificates, or a certificate and an address, are related. Those of {@link operatorRelations} speak for one
 * operator and are followed; the others never are (specification AN1972 §0 I3).
 */
export type Relation =
  /** The same certificate. */
  | 'SAME_ARTIFACT'
  /** The same key. */
  | 'SAME_KEY'
  /** Other evidence for one operator. */
  | 'SAME_OPERATOR_CANDIDATE'
  /** Made by the same attack tool. */
  | 'SAME_TOOLING'
  /** Made or served by the same CDN, or by the default of the same library. */
  | 'SAME_PLATFORM'
  /** Given out by the same host to its customers. */
  | 'SAME_TENANT_POOL'
  /** Made by the same product. */
  | 'SAME_PRODUCT'

/** The relations that speak for one operator. */
export const operatorRelations: ReadonlySet<Relation> = new Set([
  'SAME_ARTIFACT',
  'SAME_KEY',
  'SAME_OPERATOR_CANDIDATE',
])

/** Everything a score is made of; {@link recompute} makes it again from this alone (§3.5, I5). */
export type Edge = {
  /** certificate_id, or an address where the relation is SAME_ARTIFACT. */
  readonly from: string
  readonly to: string
  readonly relation: Relation
  /** 0–1: in the relation. For one operator it is `operator_confidence`. */
  readonly confidence: number
  /** 0–1, after caps and calibration. */
  readonly operator_confidence: number
  /** Strongest first. */
  readonly contributions: readonly Contribution[]
  /** Rules and learned platforms that explained a value away, and tools that were recognised. */
  readonly suppressions: readonly Suppression[]
  readonly alternatives: readonly Alternative[]
  /** What would be left without each counted contribution, in their order. */
  readonly counterfactuals: readonly Counterfactual[]
  /** The snapshot has too few owners to show that a value is common. */
  readonly df_uncertain: boolean
  readonly limits: Limits
  readonly calibration: Calibration
  /** Snapshot of the frequencies. */
  readonly snapshot: string
  /** One sentence for a person. */
  readonly explanation: string
}

export type Limits = {
  readonly most_confidence: number
  readonly most_weak: number
}

/** One shared value. */
export type Contribution = {
  readonly attribute: string
  readonly value: string
  /** The attribute in words. */
  readonly title: string
  readonly group: CorrelationGroup
  readonly owners: number
  readonly issuances: number
  readonly certificates: number
  /** r0. */
  readonly reliability: number
  readonly frequency_factor: number
  readonly context: readonly ContextFactor[]
  /** reliability × frequency_factor × each factor of the context. */
  readonly result: number
  readonly counts_for: Evidence
  /** The strongest of its group, of those that count for the same. */
  readonly counted: boolean
}

/** What a shared value is evidence for. */
export type Evidence = 'operator' | 'tool' | 'platform' | 'pool' | 'product' | 'nothing'

export type ContextFactor = {
  readonly name: string
  readonly factor: number
  readonly because: string
}

/** Name of the context factor that says what a value is explained by. What it was worth before is the rest of the product. */
export const explainedFactor = 'explained'

export type Suppression = {
  /** Id of the rule; `learned:` and the attribute where it was learned. */
  readonly id: string
  readonly action: Rule['action']
  readonly because: string
  /** Kits: 0–1, how surely it is the tool. */
  readonly confidence: number
}

export type Alternative = { readonly explanation: string; readonly why_less_likely: string }

export type Counterfactual = {
  readonly attribute: string
  readonly value: string
  readonly operator_confidence: number
}

/** Groups that together say little. */
const weakGroups: ReadonlySet<CorrelationGroup> = new Set(['shape', 'tls', 'time', 'http'])

/** Noisy-OR over correlation groups of the strongest in each (§3.2). */
export function combined(contributions: readonly Contribution[], worth: (of: Contribution) => number): number {
  const strongest = new Map<CorrelationGroup, number>()
  for (const contribution of contributions)
    strongest.set(contribution.group, Math.max(strongest.get(contribution.group) ?? 0, worth(contribution)))
  let none = 1
  for (const result of strongest.values()) none *= 1 - result
  return 1 - none
}

/** The score for one operator before it is calibrated. */
export function operatorScore(contributions: readonly Contribution[], limits: Limits): number {
  const counting = contributions.filter(({ counts_for, result }) => counts_for === 'operator' && result > 0)
  const cap = counting.every(({ group }) => weakGroups.has(group)) ? limits.most_weak : limits.most_confidence
  return Math.min(cap, combined(counting, productOf))
}

export function productOf({ reliability, frequency_factor, context }: Contribution): number {
  let product = reliability * frequency_factor
  for (const { factor } of context) product *= factor
  return product
}

/** What a value would be worth if nothing explained it. */
export function worthUnexplained({ reliability, frequency_factor, context }: Contribution): number {
  let product = reliability * frequency_factor
  for (const { name, factor } of context) if (name !== explainedFactor) product *= factor
  return product
}
