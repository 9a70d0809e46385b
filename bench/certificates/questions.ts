import type { EventStore } from '../../src/model/index.ts'
import { rowsOf } from '../../src/model/index.ts'
import type { PivotIndex } from '../../src/pivots/index.ts'
import { compileRules, defaultSettings, pivot } from '../../src/pivots/index.ts'
import { certificatePage } from '../../src/search/certificates/page.ts'
import { parseSearch } from '../../src/search/certificates/parse.ts'

/** Pivots from certificates spread over the whole key, and the questions a pivot is made of. */
export async function measurePivots(store: EventStore, index: PivotIndex, asked = 300): Promise<string> {
  const text =
    'SELECT lower(hex(certificate_id)) AS id FROM certificate ORDER BY sipHash64(certificate_id) LIMIT {asked:UInt32}'
  const seeds = (await rowsOf(store, { name: 'seeds', text }, { params: { asked } })).map(({ id }) => String(id))
  const rules = compileRules([], new Date())
  const lines: string[] = []
  const parts = timedIndex(index)
  let leads = 0
  let compared = 0
  const whole: number[] = []
  for (const id of seeds) {
    const began = performance.now()
    const result = await pivot(parts.index, [id], rules, defaultSettings, { hops: 1 })
    whole.push(performance.now() - began)
    leads += result.leads.length
    compared += result.coverage.compared
  }
  lines.push(`Pivot, one hop, scored and explained: ${spread(whole)}; ${leads} leads, ${compared} compared`)
  for (const [name, times] of parts.times) lines.push(`  of which ${name}: ${spread(times)}`)
  const byValue: number[] = []
  for (const id of seeds) {
    const value = (await index.certificates([id])).get(id)?.values.find(({ attribute }) => attribute === 'spki_sha256')
    if (value === undefined) continue
    const began = performance.now()
    await index.holders([value], 1000)
    byValue.push(performance.now() - began)
  }
  lines.push(`Who has a key: ${spread(byValue)}`)
  return lines.join('\n')
}

function timedIndex(index: PivotIndex): { readonly index: PivotIndex; readonly times: ReadonlyMap<string, number[]> } {
  const times = new Map<string, number[]>()
  const timed = <Arguments extends readonly unknown[], Answer>(
    name: string,
    ask: (...given: Arguments) => Promise<Answer>,
  ) => {
    const taken: number[] = []
    times.set(name, taken)
    return async (...given: Arguments): Promise<Answer> => {
      const began = performance.now()
      const answer = await ask(...given)
      taken.push(performance.now() - began)
      return answer
    }
  }
  const { snapshot, certificates, frequencies, holders, hosts, learned } = index
  return {
    times,
    index: {
      snapshot,
      certificates: timed('certificates', certificates),
      frequencies: timed('frequencies', frequencies),
      holders: timed('holders', holders),
      hosts: timed('hosts', hosts),
      learned: timed('learned', learned),
    },
  }
}

export async function measureSearches(store: EventStore, domains: number, asked = 200): Promise<string> {
  const labels = Array.from(
    { length: asked },
    (_, nth) =>
      `d${Math.floor((nth * domains) / asked)
        .toString(36)
        .padStart(11, '0')}`,
  )
  const searches: Readonly<Record<string, (label: string) => string>> = {
    'names below a domain': label => `san:*.${label}.com`,
    'exact name': label => `san:www000.${label}.com`,
    'part of a name': label => `san~${label.slice(3)}`,
  }
  const lines: string[] = []
  for (const [what, searchOf] of Object.entries(searches)) {
    const times: number[] = []
    let found = 0
    for (const label of labels) {
      const began = performance.now()
      const { certificates } = await certificatePage(store, parseSearch(searchOf(label)), { limit: 100 })
      times.push(performance.now() - began)
      found += certificates.length
    }
    lines.push(`Search, ${what}: ${spread(times)}; ${found} found`)
  }
  return lines.join('\n')
}

/** In milliseconds. */
export function spread(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (share: number) => (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1)
  return `p50 ${at(0.5)} ms, p90 ${at(0.9)} ms, p99 ${at(0.99)} ms over ${sorted.length}`
}
