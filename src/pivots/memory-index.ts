import type { UngroupedCertificate } from './indexed-certificate.ts'
import { mostApexesTogether, ownerGroups } from './owner-groups.ts'
import { addressesOf } from './pair.ts'
import { type PivotValue, valueKey } from './pivot.ts'
import type {
  Holder,
  HostSighting,
  IndexedCertificate,
  LearnedSuppression,
  PivotIndex,
  ValueFrequency,
} from './pivot-index.ts'

export type MemoryIndexOptions = {
  readonly hosts?: Iterable<HostSighting>
  readonly learned?: Iterable<LearnedSuppression>
  /** Id of the snapshot, and the time it bears. */
  readonly snapshot?: string
  readonly made_at?: string
  readonly arrived_since?: number
}

/** An index that also tells which values are shared, so that platforms can be learned from it. */
export type MemoryIndex = PivotIndex & {
  /** Values that two certificates have, by attribute and value. */
  readonly shared: readonly ValueFrequency[]
  /** The same index with platforms that were learned. */
  withLearned(learned: Iterable<LearnedSuppression>): MemoryIndex
}

/**
 * Certificates in memory, counted when it is made: for tests and benchmarks, where a store would only be in the way.
 * Counts as the store does (`count-pivot-values.sql`): owners by group, a value that one certificate has not at all.
 */
export function memoryIndex(
  certificates: Iterable<UngroupedCertificate>,
  options: MemoryIndexOptions = {},
): MemoryIndex {
  const {
    hosts = [],
    learned = [],
    snapshot: id = 'memory',
    made_at = '1970-01-01T00:00:00.000Z',
    arrived_since = 0,
  } = options
  const hostsOf = grouped(hosts, ({ certificate_id }) => certificate_id)
  const all = [...certificates].map(one => ({ ...one, values: valuesWithAddresses(one, hostsOf) }))
  const groups = ownerGroups(
    all.map(({ apexes }) => apexes).filter(({ length }) => length > 1 && length <= mostApexesTogether),
  )
  const known = new Map<string, IndexedCertificate>(
    all.map(one => [one.certificate_id, { ...one, owner_group: groups.get(one.owner) ?? one.owner }]),
  )
  const holders = holdersOf(known.values())
  const frequencies = new Map<string, ValueFrequency>()
  for (const [key, of] of holders) {
    const [first] = of
    if (first === undefined || of.length < 2) continue
    frequencies.set(key, {
      attribute: first.attribute,
      value: first.value,
      owners: new Set(of.map(({ owner_group }) => owner_group)).size,
      issuances: new Set(of.map(({ certificate_id }) => known.get(certificate_id)?.issuance)).size,
      certificates: of.length,
    })
  }
  const owners = new Set([...known.values()].map(({ owner_group }) => owner_group)).size
  const snapshot = { id, made_at, certificates: known.size, owners, arrived_since }
  const shared = [...frequencies].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, frequency]) => frequency)

  const withLearned = (rows: Iterable<LearnedSuppression>): MemoryIndex => {
    const platforms = new Map([...rows].map(row => [valueKey(row), row]))
    return {
      snapshot,
      shared,
      withLearned,
      certificates: async ids => new Map(ids.flatMap(one => pairOf(one, known.get(one)))),
      frequencies: async values => values.flatMap(value => frequencies.get(valueKey(value)) ?? []),
      holders: async (values, limit) => values.flatMap(value => (holders.get(valueKey(value)) ?? []).slice(0, limit)),
      hosts: async (ids, limit) => ids.flatMap(one => (hostsOf.get(one) ?? []).toSorted(byFirstSeen).slice(0, limit)),
      learned: async values => values.flatMap(value => platforms.get(valueKey(value)) ?? []),
    }
  }
  return withLearned(learned)
}

function valuesWithAddresses(
  { certificate_id, values }: UngroupedCertificate,
  hostsOf: ReadonlyMap<string, readonly HostSighting[]>,
): readonly PivotValue[] {
  const present = new Set(values.map(valueKey))
  return [...values, ...addressesOf(hostsOf.get(certificate_id) ?? []).filter(value => !present.has(valueKey(value)))]
}

/** Of each value, by certificate_id. */
function holdersOf(certificates: Iterable<IndexedCertificate>): ReadonlyMap<string, readonly Holder[]> {
  const holders = new Map<string, Holder[]>()
  for (const { certificate_id, owner, owner_group, values } of certificates)
    for (const { attribute, value } of values) {
      const key = valueKey({ attribute, value })
      const holder = { attribute, value, certificate_id, owner, owner_group }
      const of = holders.get(key)
      if (of === undefined) holders.set(key, [holder])
      else of.push(holder)
    }
  for (const of of holders.values()) of.sort((a, b) => (a.certificate_id < b.certificate_id ? -1 : 1))
  return holders
}

function byFirstSeen(a: HostSighting, b: HostSighting): number {
  return compare(a.first_seen, b.first_seen) || compare(a.ip, b.ip) || a.port - b.port
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

function pairOf<T>(id: string, value: T | undefined): readonly (readonly [string, T])[] {
  return value === undefined ? [] : [[id, value]]
}

function grouped<T>(values: Iterable<T>, keyOf: (value: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const value of values) {
    const key = keyOf(value)
    const of = groups.get(key)
    if (of === undefined) groups.set(key, [value])
    else of.push(value)
  }
  return groups
}
