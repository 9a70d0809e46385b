import { networkOf } from './address.ts'
import { worthFollowing } from './candidates.ts'
import { looksGenerated } from './generated-name.ts'
import { learnableAttributes, type ValueFeatures } from './learn.ts'
import type { LearnSettings } from './learn-settings.ts'
import { pivots } from './list.ts'
import { readNameText } from './name-text.ts'
import { type CorrelationGroup, type PivotValue, valueKey } from './pivot.ts'
import type { HostSighting, IndexedCertificate, PivotIndex, ValueFrequency } from './pivot-index.ts'
import { rdnsOf } from './rule-target.ts'
import { defaultSettings } from './settings.ts'

/** Values that are asked for together: some five thousand certificates. */
const atOnce = 200

/** Addresses looked at for one certificate. */
const mostAddresses = 8

const linking = new Map<string, CorrelationGroup>(
  pivots
    .filter(({ selectivity }) => selectivity === 'S3' || selectivity === 'S4' || selectivity === 'S5')
    // Customers of one host share its addresses.
    .filter(({ group }) => group !== 'host')
    .map(({ name, group }) => [name, group]),
)

/**
 * Counts by what platforms are learned, for values of the index's snapshot that at least `least_owners` share. Values of
 * other attributes than {@link learnableAttributes} are left out, and those that so many share that no pivot follows them.
 * Costs four questions for every 200 values.
 */
export async function gatherFeatures(
  index: PivotIndex,
  values: readonly ValueFrequency[],
  settings: LearnSettings,
  signal?: AbortSignal,
): Promise<readonly ValueFeatures[]> {
  const features: ValueFeatures[] = []
  const broad = values.filter(
    value =>
      value.owners >= settings.least_owners &&
      learnableAttributes.includes(value.attribute) &&
      worthFollowing(value, value.owners, defaultSettings) >= defaultSettings.ask_from,
  )
  for (let at = 0; at < broad.length; at += atOnce) {
    signal?.throwIfAborted()
    features.push(...(await gatherSome(index, broad.slice(at, at + atOnce), settings)))
  }
  return features
}

async function gatherSome(
  index: PivotIndex,
  values: readonly ValueFrequency[],
  settings: LearnSettings,
): Promise<readonly ValueFeatures[]> {
  const samples = new Map<string, Map<string, string>>()
  const read = new Map<string, string[]>()
  // Renewals stand together, so twice as many are read as are wanted.
  for (const { attribute, value, owner_group, certificate_id } of await index.holders(values, settings.sample * 2)) {
    const key = valueKey({ attribute, value })
    const sample = samples.get(key) ?? new Map<string, string>()
    samples.set(key, sample)
    const of = read.get(key) ?? []
    read.set(key, of)
    of.push(certificate_id)
    if (sample.size < settings.sample && !sample.has(owner_group)) sample.set(owner_group, certificate_id)
  }
  const ids = [...new Set([...samples.values()].flatMap(sample => [...sample.values()]))]
  const everyone = [...new Set([...read.values()].flat())]
  const [known, hosts] = await Promise.all([index.certificates(ids), index.hosts(everyone, mostAddresses)])
  const linkValues = new Map<string, PivotValue>()
  for (const { values: of } of known.values())
    for (const value of of) if (linking.has(value.attribute)) linkValues.set(valueKey(value), value)
  const frequencies = new Map(
    (await index.frequencies([...linkValues.values()])).map(one => [valueKey(one), one.owners]),
  )
  const hostsOf = new Map<string, HostSighting[]>()
  for (const sighting of hosts)
    hostsOf.set(sighting.certificate_id, [...(hostsOf.get(sighting.certificate_id) ?? []), sighting])
  return values.map(value => {
    const sample = [...(samples.get(valueKey(value))?.values() ?? [])].flatMap(id => known.get(id) ?? [])
    const addresses = new Set(
      (read.get(valueKey(value)) ?? []).flatMap(id => (hostsOf.get(id) ?? []).map(({ ip }) => ip)),
    )
    return featuresOf(value, sample, addresses, frequencies)
  })
}

function featuresOf(
  value: ValueFrequency,
  sample: readonly IndexedCertificate[],
  addresses: ReadonlySet<string>,
  ownersOf: ReadonlyMap<string, number>,
): ValueFeatures {
  const begun = sample.flatMap(({ not_before }) => not_before ?? [])
  const of = (attribute: string) =>
    new Set(sample.flatMap(({ values }) => values.filter(one => one.attribute === attribute).map(one => one.value)))
  return {
    attribute: value.attribute,
    value: value.value,
    owners: value.owners,
    issuances: value.issuances,
    certificates: value.certificates,
    sampled: sample.length,
    keys: of('spki_sha256').size,
    subjects: new Set(sample.map(({ subject }) => subject)).size,
    issuers: of('issuer').size,
    addresses: addresses.size,
    networks: new Set([...addresses].flatMap(ip => networkOf(ip) ?? [])).size,
    not_before_days: begun.length < 2 ? 0 : (Math.max(...begun) - Math.min(...begun)) / 86_400_000,
    related_share: relatedShare(value, sample, ownersOf),
    generated_share: shareOf(sample, ({ subject }) => rdnsOf(readNameText(subject)).some(isGeneratedName)),
    self_issued_share: shareOf(sample, ({ self_issued }) => self_issued === true),
  }
}

function isGeneratedName(rdn: string): boolean {
  return rdn.startsWith('cn=') && looksGenerated(rdn.slice(3))
}

function shareOf(sample: readonly IndexedCertificate[], holds: (one: IndexedCertificate) => boolean): number {
  return sample.length === 0 ? 0 : sample.filter(holds).length / sample.length
}

/** As {@link ValueFeatures.related_share} says; the certificates are of different owner groups. */
export function relatedShare(
  value: ValueFrequency,
  sample: readonly IndexedCertificate[],
  ownersOf: ReadonlyMap<string, number>,
): number {
  if (sample.length < 2) return 0
  const group = linking.get(value.attribute)
  const holding = new Map<string, number[]>()
  for (const [at, { values }] of sample.entries())
    for (const other of values) {
      const of = linking.get(other.attribute)
      if (of === undefined || of === group) continue
      const key = valueKey(other)
      if ((ownersOf.get(key) ?? 1) * 2 > value.owners) continue
      holding.set(key, [...(holding.get(key) ?? []), at])
    }
  const pairs = new Set<number>()
  for (const at of holding.values())
    for (const one of at) for (const other of at) if (one < other) pairs.add(one * sample.length + other)
  return pairs.size / ((sample.length * (sample.length - 1)) / 2)
}
