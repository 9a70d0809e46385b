import type { EdgeGroup } from './edge-groups.ts'
import { readingOf } from './real-edges-read.ts'

export type PageOptions = {
  readonly certificates: number
  readonly owners: number
  readonly from: number
  /** More of each group, for whoever reads them. */
  readonly long: boolean
}

/** docs/pivot-results.md: every group, what it rests on, its certificates, and why. */
export function pageOfEdges(groups: readonly EdgeGroup[], { certificates, owners, from, long }: PageOptions): string {
  const sorted = groups.toSorted((a, b) => b.pairs - a.pairs || (a.value < b.value ? -1 : 1))
  const pairs = groups.reduce((sum, one) => sum + one.pairs, 0)
  const rows = sorted.map(group => rowOf(group, long))
  const byVerdict = new Map<string, { groups: number; pairs: number }>()
  for (const group of groups) {
    const { verdict } = readingOf(group)
    const sum = byVerdict.get(verdict) ?? { groups: 0, pairs: 0 }
    byVerdict.set(verdict, sum)
    sum.groups += 1
    sum.pairs += group.pairs
  }
  const summary = [...byVerdict].sort(([a], [b]) => (a < b ? -1 : 1))
  return `# What pivots claim over real certificates

<!-- Written by bench/certificates/real-edges.ts; a change made here is lost. The readings are in real-edges-read.ts. -->

Every edge for one operator from ${from} between two owner groups, over all certificates of the corpus: ${certificates}
certificates of ${owners} owner groups, ${pairs} pairs in ${groups.length} groups. A group is the pairs that rest on the same
value before all; each pair is of two of its certificates (the first eight digits of certificate_id). So few owners make every
value look rare, and much of it is test data, which has one author and pretends to have many.

| read as | groups | pairs |
|---|--:|--:|
${summary.map(([verdict, { groups: count, pairs: of }]) => `| ${verdict} | ${count} | ${of} |`).join('\n')}

| pairs | confidence | rests on | certificates | read as | why |
|--:|---|---|---|---|---|
${rows.join('\n')}
`
}

function rowOf(group: EdgeGroup, long: boolean): string {
  const { pairs, least, most, attribute, value, members } = group
  const { verdict, why } = readingOf(group)
  const names = [...new Set(members.values())]
  const told = names.slice(0, long ? 8 : 2).map(name => name.slice(0, 60))
  const ids = [...members.keys()].map(id => id.slice(0, 8)).sort()
  const range = least.toFixed(2) === most.toFixed(2) ? most.toFixed(2) : `${least.toFixed(2)}–${most.toFixed(2)}`
  const cells = [
    String(pairs),
    range,
    `${attribute} \`${value.slice(0, 60)}\``,
    `${told.join(', ')}${names.length > told.length ? ', …' : ''}: ${ids.join(' ')}`,
    verdict,
    why,
  ]
  return `| ${cells.map(cell => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
}
