import { type PivotValue, valueKey } from '../../src/pivots/index.ts'
import type { Entry, World } from './world.ts'

/**
 * What others do, over the same certificates and addresses. Each answers for one seed: the issuances that it reaches.
 * Everyone who holds one of them is claimed, with the same confidence.
 */
export const baselineNames = ['B0', 'B1', 'B2', 'B2 two hops', 'B3', 'B4'] as const

export type BaselineName = (typeof baselineNames)[number]

export const baselineTitles: Readonly<Record<BaselineName, string>> = {
  B0: 'the same certificate on other hosts',
  B1: 'any shared attribute value',
  B2: 'any value that 2 to 120 certificates share, as Censeye does',
  'B2 two hops': 'the same, and the same again from what that found',
  B3: 'registrable domains of the SANs, breadth first to depth 5, certificates of more than 80 left out, as certgraph does',
  B4: 'equal issuer and subject',
}

/** Issuances reached from one, itself among them where its other holders are claimed. */
export type Baseline = (issuance: number) => Iterable<number>

/** The posting lists that all of them read. Issuances are numbered. */
export type Postings = {
  readonly numberOf: ReadonlyMap<string, number>
  readonly holders: readonly (readonly Entry[])[]
  readonly baselines: Readonly<Record<BaselineName, Baseline>>
}

type Facts = {
  readonly values: readonly number[]
  readonly apexes: readonly number[]
  readonly apexCount: number
  readonly named: number
  readonly addresses: number
}

export function postingsOf({ certificates, entries, sightings }: World): Postings {
  const numberOf = new Map<string, number>()
  const holders: Entry[][] = []
  for (const entry of entries) {
    const n = numberOf.get(entry.issuance) ?? numberOf.size
    numberOf.set(entry.issuance, n)
    const of = holders[n] ?? []
    holders[n] = of
    of.push(entry)
  }
  const addresses: Set<string>[] = holders.map(() => new Set())
  const byId = new Map(certificates.map(one => [one.certificate_id, one]))
  for (const { certificate_id, ip } of sightings)
    addresses[numberOf.get(byId.get(certificate_id)?.issuance ?? '') ?? -1]?.add(ip)
  const lists: number[][] = []
  const listOf = new Map<string, number>()
  const post = (value: PivotValue, n: number): number => {
    const key = valueKey(value)
    const list = listOf.get(key) ?? listOf.size
    listOf.set(key, list)
    const of = lists[list] ?? []
    lists[list] = of
    if (of.at(-1) !== n) of.push(n)
    return list
  }
  const facts = holders.map((list, n): Facts => {
    const certificate = byId.get(list[0]?.ids[0] ?? '')
    const hosts = [...(addresses[n] ?? [])]
    return {
      values: [
        ...(certificate?.values ?? []).map(value => post(value, n)),
        ...hosts.map(value => post({ attribute: 'host', value }, n)),
      ],
      apexes: (certificate?.apexes ?? []).map(value => post({ attribute: 'apex', value }, n)),
      apexCount: certificate?.apexes.length ?? 0,
      named: post({ attribute: 'issuer and subject', value: `${certificate?.issuer}\n${certificate?.subject}` }, n),
      addresses: hosts.length,
    }
  })
  return { numberOf, holders, baselines: baselinesOver(facts, lists) }
}

/** Censeye's defaults, and certgraph's. */
const [fewest, most, mostApexes, depth] = [2, 120, 80, 5] as const

function baselinesOver(facts: readonly Facts[], lists: readonly (readonly number[])[]): Postings['baselines'] {
  const listed = (list: number) => lists[list] ?? []
  const rare = (n: number): Iterable<number> => {
    const found = new Set<number>()
    for (const list of facts[n]?.values ?? []) {
      const postings = listed(list)
      if (postings.length >= fewest && postings.length <= most) for (const one of postings) found.add(one)
    }
    found.delete(n)
    const hosts = facts[n]?.addresses ?? 0
    return hosts >= fewest && hosts <= most ? found.add(n) : found
  }
  const marks = new Uint32Array(facts.length)
  let round = 0
  return {
    B0: n => [n],
    B1: n => {
      round += 1
      const found = [n]
      marks[n] = round
      for (const list of facts[n]?.values ?? [])
        for (const one of listed(list)) {
          if (marks[one] === round) continue
          marks[one] = round
          found.push(one)
        }
      return found
    },
    B2: rare,
    'B2 two hops': n => {
      const first = [...rare(n)]
      const found = new Set(first)
      for (const one of first) if (one !== n) for (const next of rare(one)) found.add(next)
      if (!first.includes(n)) found.delete(n)
      return found
    },
    B3: start => {
      const found = new Set([start])
      let frontier = [start]
      for (let hop = 0; hop < depth && frontier.length > 0; hop += 1) {
        const next: number[] = []
        for (const n of frontier) {
          if ((facts[n]?.apexCount ?? 0) > mostApexes) continue
          for (const list of facts[n]?.apexes ?? [])
            for (const one of listed(list)) {
              if (found.has(one) || (facts[one]?.apexCount ?? 0) > mostApexes) continue
              found.add(one)
              next.push(one)
            }
        }
        frontier = next
      }
      if ((facts[start]?.apexCount ?? 0) === 0) found.delete(start)
      return found
    },
    B4: n => listed(facts[n]?.named ?? -1),
  }
}
