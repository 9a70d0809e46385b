import type { EventStore } from '../../src/model/index.ts'
import { rowsOf } from '../../src/model/index.ts'
import type { PivotIndex } from '../../src/pivots/index.ts'

/** Asks about certificates that are there, spread over the whole key; prints the middle and the slowest. */
export async function measurePivots(store: EventStore, index: PivotIndex, asked = 300): Promise<string> {
  const text =
    'SELECT lower(hex(certificate_id)) AS id FROM certificate ORDER BY sipHash64(certificate_id) LIMIT {asked:UInt32}'
  const seeds = await rowsOf(store, { name: 'seeds', text }, { params: { asked } })
  const times: number[] = []
  for (const { id } of seeds) {
    const began = performance.now()
    const known = await index.certificates([String(id)])
    const values = known.get(String(id))?.values ?? []
    const frequencies = await index.frequencies(values)
    const rare = frequencies.filter(({ owners }) => owners <= 1000)
    const holders = await index.holders(rare, 1000)
    await index.certificates([...new Set(holders.map(({ certificate_id }) => certificate_id))].slice(0, 400))
    times.push(performance.now() - began)
  }
  return `Pivot, one hop: ${spread(times)}`
}

export async function measureSearches(store: EventStore, domains: number, asked = 200): Promise<string> {
  return `${store === undefined} ${domains} ${asked}`
}

export function spread(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (share: number) => (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1)
  return `p50 ${at(0.5)} ms, p90 ${at(0.9)} ms, p99 ${at(0.99)} ms over ${sorted.length}`
}
