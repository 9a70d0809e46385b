/**
 * Hours in which somebody spoke: whole hours since 1970 UTC, as runs from a first to a last hour, both included, ascending
 * and without touching each other. A silence is told by its first silent hour and the hour that ends it.
 */
export type Runs = readonly (readonly [first: number, last: number])[]

/** `from` is the first hour in it, `until` the first after it. */
export type Period = { readonly from: number; readonly until: number }

/** A silence inside of a longer time; an edge touches the beginning or the end of that time. */
export type Gap = Period & { readonly edge: boolean }

/** From two lists of the same length, as queries give them. */
export function runsFrom(starts: readonly number[], ends: readonly number[]): Runs {
  return starts.map((first, at) => [first, ends[at] ?? first] as const)
}

export function hourCount(runs: Runs): number {
  return runs.reduce((sum, [first, last]) => sum + last - first + 1, 0)
}

/** The hours of any of them. Lists are sorted together: n log n. */
export function unionOf(lists: readonly Runs[]): Runs {
  const union: [number, number][] = []
  for (const [first, last] of lists.flat().sort(([a], [b]) => a - b)) {
    const before = union.at(-1)
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last)
    else union.push([first, last])
  }
  return union
}

/** The silences of `runs` from the first to the last hour of `whole`, in order. Without runs: one, all of it. */
export function gapsOf(runs: Runs, whole: Runs): readonly Gap[] {
  const [begin, end] = [whole[0]?.[0], whole.at(-1)?.[1]]
  if (begin === undefined || end === undefined) return []
  const gaps: Gap[] = []
  let from = begin
  for (const [first, last] of runs) {
    if (first > from) gaps.push({ from, until: Math.min(first, end + 1), edge: from === begin })
    from = Math.max(from, last + 1)
  }
  if (from <= end) gaps.push({ from, until: end + 1, edge: true })
  return gaps.filter(gap => gap.until > gap.from)
}

/** Counts the hours of `runs` in a period, by search: made once, asked for every gap. */
export function counterOf(runs: Runs): (period: Period) => number {
  const sums: number[] = []
  for (const [first, last] of runs) sums.push((sums.at(-1) ?? 0) + last - first + 1)
  const before = (hour: number): number => {
    let [low, high] = [0, runs.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((runs[middle]?.[0] ?? 0) < hour) low = middle + 1
      else high = middle
    }
    const run = runs[low - 1]
    if (run === undefined) return 0
    return (sums[low - 2] ?? 0) + Math.min(run[1] + 1, hour) - run[0]
  }
  return ({ from, until }) => before(until) - before(from)
}

/** What is left of `whole` when the holes are taken out, in order. */
export function without(whole: Period, holes: readonly Period[]): readonly Period[] {
  const left: Period[] = []
  let from = whole.from
  for (const hole of [...holes].sort((a, b) => a.from - b.from)) {
    if (hole.from > from) left.push({ from, until: Math.min(hole.from, whole.until) })
    from = Math.max(from, hole.until)
  }
  if (from < whole.until) left.push({ from, until: whole.until })
  return left.filter(period => period.until > period.from)
}

/** `2026-03-01T07:00:00Z`. Hours come from times of the store, 1900 to 2299. */
export function hourText(hour: number): string {
  return new Date(hour * 3_600_000).toISOString().replace('.000Z', 'Z')
}

/** The hour of a time as the store writes it, `2026-03-01 07:12:00.000000`, or ISO 8601. */
export function hourOf(time: string): number {
  return Math.floor(Date.parse(`${time.replace(' ', 'T').replace(/(?:Z|\.\d+Z?)$/, '')}Z`) / 3_600_000)
}
