import type { LearnedAction } from './evidence.ts'
import type { LearnSettings } from './learn-settings.ts'
import { pivots } from './list.ts'
import type { PivotValue } from './pivot.ts'
import type { LearnedSuppression } from './pivot-index.ts'

/**
 * Learned suppression: lists of platforms rot, so values that many owners share who are otherwise strangers are taken for
 * a platform's. The decision is pure; `gatherFeatures` counts what it decides by, from any index.
 */

/**
 * What is known of one shared value. Counts but the first three are over a sample of its holders, one for each owner group;
 * addresses and networks over all holders that were read.
 */
export type ValueFeatures = PivotValue & {
  /** Of the snapshot: owner groups, issuances, certificates that have it. */
  readonly owners: number
  readonly issuances: number
  readonly certificates: number
  /** Owner groups in the sample. */
  readonly sampled: number
  /** Distinct spki_sha256. 0 when none is known. */
  readonly keys: number
  /** Distinct subjects, an empty one included. */
  readonly subjects: number
  /** Distinct issuers. */
  readonly issuers: number
  /** Distinct addresses they were met at, and distinct /16 (IPv4) or /32 (IPv6) of those. 0 when nobody was met. */
  readonly addresses: number
  readonly networks: number
  /** Days from the first to the last not_before. */
  readonly not_before_days: number
  /**
   * 0–1: the share of pairs of sampled owner groups that are related otherwise: they share a value of selectivity S3 or
   * better, of another correlation group, that at most half as many owners have. What all of them share comes from the
   * same hand as the value itself, and relates nobody.
   */
  readonly related_share: number
  /** 0–1: the share whose CN a program wrote, as `looksGenerated` has it. */
  readonly generated_share: number
  readonly self_issued_share: number
}

/** Values below this reliability are worth too little to be learned. */
const leastReliability = 0.25

/** Attributes of which platforms are learned: times and shapes are judged by how common they are. */
export const learnableAttributes: readonly string[] = pivots
  .filter(({ reliability, group }) => reliability >= leastReliability && group !== 'time' && group !== 'shape')
  .filter(({ name }) => name !== 'certificate_sha256' && name !== 'issuer_serial')
  .map(({ name }) => name)

const learnable: ReadonlySet<string> = new Set(learnableAttributes)

const groupOf = new Map(pivots.map(({ name, group }) => [name, group]))

export type Learning = {
  readonly settings: LearnSettings
  readonly snapshot: string
  readonly now: Date
}

/**
 * The platforms among shared values. There are two kinds: what everybody has, wherever he is (defaults of products and
 * software), and what stands in one place (hosts, CDNs).
 *
 * For the first, five signs are weighed against each other: breadth (log of the owners between least_owners and
 * sure_owners), networks (distinct ones by owner; half where nothing is known, and for addresses), time (days over
 * full_time), variety (distinct keys by owner; for key attributes distinct subjects), and generated names. For the second,
 * one: density, the addresses or owners of a network, since operators rent in several places and few. The stronger kind
 * counts, multiplied by how unrelated the owners are otherwise.
 *
 * @returns one row for each value at or above the threshold, in the order of the features
 */
export function learnSuppressions(
  features: readonly ValueFeatures[],
  { settings, snapshot, now }: Learning,
): readonly LearnedSuppression[] {
  const expires = new Date(now.getTime() + settings.expires_after * 86_400_000).toISOString().slice(0, 10)
  return features.flatMap(value => {
    if (!learnable.has(value.attribute) || value.owners < settings.least_owners || value.sampled < 2) return []
    const signs = signsOf(value, settings)
    const score = platformScore(signs, settings)
    if (score < settings.threshold) return []
    const action = actionOf(value)
    return [
      {
        attribute: value.attribute,
        value: value.value,
        snapshot,
        action,
        because: sentenceOf(value, action),
        features: { ...countsOf(value), ...signs, score },
        learned_at: now.toISOString(),
        expires,
      },
    ]
  })
}

type Signs = {
  readonly breadth: number
  readonly unrelated: number
  readonly spread_networks: number
  readonly spread_time: number
  readonly variety: number
  readonly generated: number
  readonly density: number
}

export function signsOf(value: ValueFeatures, settings: LearnSettings): Signs {
  const { owners, sampled, addresses, networks, keys, subjects } = value
  const others = Math.max(1, sampled - 1)
  const various = groupOf.get(value.attribute) === 'key' ? subjects : keys
  return {
    breadth: share(Math.log(owners / settings.least_owners) / Math.log(settings.sure_owners / settings.least_owners)),
    unrelated: share(1 - value.related_share),
    // An address is in one network whoever is behind it.
    spread_networks:
      addresses === 0 || value.attribute === 'host'
        ? 0.5
        : share((networks - 1) / Math.min(others, Math.max(1, addresses - 1))),
    spread_time: share(value.not_before_days / settings.full_time),
    variety: share((various - 1) / others),
    generated: share(value.generated_share),
    density: value.attribute === 'host' ? 0 : densityOf(value, settings),
  }
}

/** How much stands in one network: machines, or owners on few machines, of whom more are needed to tell. */
function densityOf({ addresses, networks, sampled }: ValueFeatures, settings: LearnSettings): number {
  if (networks === 0) return 0
  const { least_owners, sure_density, crowd, sure_crowd } = settings
  const machines = addresses < least_owners ? 0 : (addresses / networks - 1) / (sure_density - 1)
  return share(Math.max(machines, (sampled / networks - crowd) / (sure_crowd - crowd)))
}

export function platformScore(signs: Signs, settings: LearnSettings): number {
  const weighed = [
    [settings.weight_breadth, signs.breadth],
    [settings.weight_networks, signs.spread_networks],
    [settings.weight_time, signs.spread_time],
    [settings.weight_variety, signs.variety],
    [settings.weight_generated, signs.generated],
  ] as const
  let [sum, weights] = [0, 0]
  for (const [weight, sign] of weighed) {
    sum += weight * sign
    weights += weight
  }
  return signs.unrelated * Math.max(signs.density, weights === 0 ? 0 : sum / weights)
}

function share(value: number): number {
  return Number.isFinite(value) ? Math.min(1, Math.max(0, value)) : 0
}

/** A product writes its own name or number; a host gives one key to all its customers; the rest are platforms. */
function actionOf({
  generated_share,
  self_issued_share,
  keys,
  sampled,
  networks,
  addresses,
}: ValueFeatures): LearnedAction {
  if (generated_share >= 0.5 && self_issued_share >= 0.5) return 'device'
  const oneKey = keys > 0 && keys <= Math.max(1, sampled / 10)
  const fewNetworks = addresses > 0 && networks <= Math.max(1, sampled / 3)
  return oneKey || fewNetworks ? 'pool' : 'platform'
}

function countsOf(value: ValueFeatures): Readonly<Record<string, number>> {
  const { attribute: _attribute, value: _value, ...counts } = value
  return counts
}

function sentenceOf(value: ValueFeatures, action: LearnedAction): string {
  const { owners, sampled, related_share, networks, addresses, not_before_days, keys, generated_share } = value
  const percent = (part: number) => `${Math.round(part * 100)} %`
  const where = addresses === 0 ? 'met nowhere that is known' : `in ${networks} networks`
  return (
    `${owners} owner groups share it; of ${sampled} looked at, ${percent(related_share)} of the pairs share anything else, ` +
    `${where}, with ${keys} keys, begun over ${Math.round(not_before_days)} days, ` +
    `${percent(generated_share)} with a generated name: taken for ${action === 'device' ? 'a product' : `a ${action}`}.`
  )
}
