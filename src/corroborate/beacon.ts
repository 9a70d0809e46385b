/**
 * How regular connections are, 0 to 1: four parts of equal weight (specification AN1972 §6.4, which read them from RITA 5's analysis): even
 * intervals, even sizes, an even spread over the time looked at, and how long it lasted.
 *
 * Quartiles are the medians of the lower and the upper half, without the middle of an odd number.
 */
export type Beacon = {
  readonly score: number
  readonly interval: number
  readonly size: number
  readonly histogram: number
  readonly duration: number
  /** Seconds: the median of the intervals. */
  readonly period: number
}

export type BeaconResult = Beacon | { readonly score: undefined; readonly because: 'too_few' | 'strobe' }

export type Connections = {
  /** Seconds since the epoch, in any order; the same second counts once. */
  readonly times: readonly number[]
  /** Octets that were sent, of each connection. */
  readonly sizes: readonly number[]
  /** The time that was looked at, seconds since the epoch. */
  readonly from: number
  readonly until: number
}

const least = { times: 4, bars: 6, barsForTwo: 11 }
/** More in a day is no beacon: somebody knocks all the time. */
const strobeADay = 86_400
const bins = 24
const day = 86_400

export function beaconOf({ times, sizes, from, until }: Connections): BeaconResult {
  const unique = [...new Set(times.map(Math.floor))].sort((a, b) => a - b)
  const [first, last] = [unique[0], unique.at(-1)]
  if (unique.length < least.times || first === undefined || last === undefined)
    return { score: undefined, because: 'too_few' }
  const days = Math.max(1, (until - from) / day)
  if (times.length / days >= strobeADay) return { score: undefined, because: 'strobe' }
  const intervals = unique.slice(1).map((time, nth) => time - (unique[nth] ?? time))
  const interval = evenness(intervals, 1)
  const size = evenness(sizes, 0)
  const counts = barsOf(times, from, until)
  const histogram = rounded(Math.max(steadiness(counts), twoLevels(counts)))
  const duration = rounded(lasting(counts, (last - first) / Math.max(1, until - from)))
  const score = rounded((interval + size + histogram + duration) / 4)
  return { score, interval, size, histogram, duration, period: median(sorted(intervals)) }
}

/** Mean of 1 − |Bowley's skew| and (median − MAD) / median; the second is `small` where the median is below 1. */
function evenness(values: readonly number[], small: 0 | 1): number {
  if (values.length === 0) return 0
  const all = sorted(values)
  const half = Math.floor(all.length / 2)
  const [q1, q2, q3] = [median(all.slice(0, half)), median(all), median(all.slice(all.length - half))]
  const isFlat = q3 - q1 < 10 || q2 === q1 || q2 === q3
  const skew = isFlat ? 0 : (q1 + q3 - 2 * q2) / (q3 - q1)
  const deviation = median(sorted(all.map(value => Math.abs(value - q2))))
  const dispersion = q2 < 1 ? small : Math.max(0, (q2 - deviation) / q2)
  return rounded((1 - Math.abs(skew) + dispersion) / 2)
}

/** Connections in each of 24 equal parts of the time. */
function barsOf(times: readonly number[], from: number, until: number): readonly number[] {
  const counts = Array.from({ length: bins }, () => 0)
  const width = Math.max(1, until - from) / bins
  for (const time of times) {
    const bar = Math.min(bins - 1, Math.max(0, Math.floor((time - from) / width)))
    counts[bar] = (counts[bar] ?? 0) + 1
  }
  return counts
}

/** 1 − the coefficient of variation, and 0 where that is above 1. */
function steadiness(counts: readonly number[]): number {
  const mean = counts.reduce((sum, one) => sum + one, 0) / counts.length
  if (mean === 0) return 0
  const variance = counts.reduce((sum, one) => sum + (one - mean) ** 2, 0) / counts.length
  return Math.max(0, 1 - Math.sqrt(variance) / mean)
}

/** Bars that stand at one of two heights, such as by day and by night; one bar may be another. */
function twoLevels(counts: readonly number[]): number {
  const bars = counts.filter(one => one > 0)
  if (bars.length < least.barsForTwo) return 0
  const step = Math.ceil(Math.max(...bars) * 0.05)
  const levels = new Map<number, number>()
  for (const one of bars) {
    const level = Math.floor(one / step)
    levels.set(level, (levels.get(level) ?? 0) + 1)
  }
  const [most = 0, second = 0] = [...levels.values()].sort((a, b) => b - a)
  return Math.min(1, (most + second) / (bars.length - 1))
}

/** Share of the time from the first to the last, or the longest run of bars over 12, which may go round. */
function lasting(counts: readonly number[], coverage: number): number {
  if (counts.filter(one => one > 0).length < least.bars) return 0
  let [longest, run] = [0, 0]
  for (const one of [...counts, ...counts]) {
    run = one > 0 ? run + 1 : 0
    longest = Math.max(longest, run)
  }
  return Math.min(1, Math.max(coverage, Math.min(longest, counts.length) / 12))
}

function sorted(values: readonly number[]): readonly number[] {
  return [...values].sort((a, b) => a - b)
}

function median(all: readonly number[]): number {
  const middle = Math.floor(all.length / 2)
  if (all.length === 0) return 0
  return all.length % 2 === 1 ? (all[middle] ?? 0) : ((all[middle - 1] ?? 0) + (all[middle] ?? 0)) / 2
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}
