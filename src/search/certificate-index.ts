import type { EventStore, QueryOptions, Row } from '../model/index.ts'
import { rowsOf } from '../model/index.ts'
import type {
  FrequencySnapshot,
  Holder,
  HostSighting,
  LearnedSuppression,
  PivotIndex,
  PivotValue,
  ValueFrequency,
} from '../pivots/index.ts'
import { valueKey } from '../pivots/index.ts'
import { storedCertificates } from './stored-certificates.ts'

/** Asked for together: thirty thousand took the engine a hundred times as long as eight thousand. */
const valuesAtOnce = 4_000

/** Learned rows that an index keeps: some 10 MB. */
const mostLearnedKept = 20_000

/** Owners that an index keeps with their groups: some 3 MB, read in some 20 ms. */
const mostGroupsKept = 20_000

/**
 * The certificates of a store, as pivoting asks for them. Every question is one or two reads by a key.
 *
 * @returns undefined when frequencies were never counted: see `countFrequencies`
 */
export async function certificateIndex(
  store: EventStore,
  options: Pick<QueryOptions, 'signal'> = {},
): Promise<PivotIndex | undefined> {
  const [row] = await rowsOf(store, 'latest-pivot-snapshot', options)
  if (row === undefined) return undefined
  const snapshot: FrequencySnapshot = {
    id: String(row.snapshot),
    made_at: String(row.made_at),
    certificates: Number(row.certificates),
    owners: Number(row.owners),
    arrived_since: Number(row.arrived_since),
  }
  return indexOfSnapshot(store, snapshot, options)
}

/** The same with the frequencies of one snapshot, also of one that is not finished. */
export function indexOfSnapshot(
  store: EventStore,
  snapshot: FrequencySnapshot,
  options: Pick<QueryOptions, 'signal'> = {},
): PivotIndex {
  const ask = (query: string, params: QueryOptions['params'] = {}) => rowsOf(store, query, { ...options, params })
  const inSnapshot = { snapshot: snapshot.id }

  /** All groups of the snapshot where they are few, so that they are asked once; else undefined. */
  const groupsOfSnapshot = once(async () => {
    const rows = await ask('pivot-owner-groups-of-snapshot', { ...inSnapshot, most: mostGroupsKept + 1 })
    return rows.length > mostGroupsKept ? undefined : groupByOwner(rows)
  })

  /** Group by owner; an owner that is alone is absent. */
  const groupsOf = async (owners: readonly string[]): Promise<ReadonlyMap<string, string>> => {
    const named = [...new Set(owners)].filter(owner => !owner.startsWith('certificate:'))
    if (named.length === 0) return new Map()
    return (await groupsOfSnapshot()) ?? groupByOwner(await ask('pivot-owner-groups', { ...inSnapshot, owners: named }))
  }

  /** Stores of CT logs alone meet nobody, and ask in vain. */
  const hostsExist = once(async () => (await ask('pivot-hosts-exist')).length > 0)

  /** All that was learned where it is little, so that it is asked once and not with every hop; else undefined. */
  const learnedOfSnapshot = once(async () => {
    const rows = await ask('pivot-learned-of-snapshot', { ...inSnapshot, most: mostLearnedKept + 1 })
    if (rows.length > mostLearnedKept) return undefined
    return new Map(rows.map(one => [valueKey(pivotValue(one)), learnedRow(one, snapshot.id)]))
  })

  return {
    snapshot,

    async certificates(ids) {
      const known = await storedCertificates(store, ids, options)
      const groups = await groupsOf([...known.values()].map(({ owner }) => owner))
      return new Map([...known].map(([id, one]) => [id, { ...one, owner_group: groups.get(one.owner) ?? one.owner }]))
    },

    async frequencies(values) {
      if (values.length === 0) return []
      const rows: Row[] = []
      for (let at = 0; at < values.length; at += valuesAtOnce)
        rows.push(
          ...(await ask('pivot-frequencies', { ...inSnapshot, ...columnsOf(values.slice(at, at + valuesAtOnce)) })),
        )
      return rows.map(
        (one): ValueFrequency => ({
          ...pivotValue(one),
          owners: Number(one.owners),
          issuances: Number(one.issuances),
          certificates: Number(one.certificates),
        }),
      )
    },

    async holders(values, limit, { grouped = true } = {}) {
      if (values.length === 0) return []
      const rows = await ask('pivot-holders', { ...columnsOf(values), most: limit })
      const groups = grouped ? await groupsOf(rows.map(({ owner }) => String(owner))) : new Map<string, string>()
      return rows.map((one): Holder => {
        const owner = String(one.owner)
        return { ...pivotValue(one), certificate_id: String(one.id), owner, owner_group: groups.get(owner) ?? owner }
      })
    },

    async hosts(ids, limit) {
      if (ids.length === 0 || !(await hostsExist())) return []
      const rows = await ask('pivot-hosts', { ids, most: limit })
      return rows.map(
        (one): HostSighting => ({
          certificate_id: String(one.id),
          ip: String(one.address),
          port: Number(one.port),
          sighting: String(one.sighting),
          server_name: String(one.server_name),
          first_seen: String(one.first_seen),
          last_seen: String(one.last_seen),
        }),
      )
    },

    async learned(values) {
      if (values.length === 0) return []
      const kept = await learnedOfSnapshot()
      if (kept !== undefined) return values.flatMap(value => kept.get(valueKey(value)) ?? [])
      const rows = await ask('pivot-learned', { ...inSnapshot, ...columnsOf(values) })
      return rows.map(one => learnedRow(one, snapshot.id))
    },
  }
}

/** Asks once, and keeps the answer; asks again where it failed. */
function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined
  return () => {
    answer ??= ask().catch((cause: unknown) => {
      answer = undefined
      throw cause
    })
    return answer
  }
}

function learnedRow(row: Row, snapshot: string): LearnedSuppression {
  return {
    ...pivotValue(row),
    snapshot,
    action: String(row.action),
    because: String(row.because),
    features: row.features as Readonly<Record<string, number>>, // Map(String, Float64)
    learned_at: String(row.learned),
    expires: String(row.expires),
  }
}

function groupByOwner(rows: readonly Row[]): ReadonlyMap<string, string> {
  return new Map(rows.map(({ owner, owner_group }) => [String(owner), String(owner_group)]))
}

function columnsOf(values: readonly PivotValue[]): { attributes: readonly string[]; values: readonly string[] } {
  return { attributes: values.map(({ attribute }) => attribute), values: values.map(({ value }) => value) }
}

function pivotValue(row: Row): PivotValue {
  return { attribute: String(row.attribute), value: String(row.value) }
}
