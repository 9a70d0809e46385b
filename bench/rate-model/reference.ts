/**
 * The rate model of specification T1596.003 §2.1.2 once more, in plain loops over hours, as slow and as direct as the text
 * of the specification is. Shares nothing with rate-exceedances.sql; tests hold the two equal.
 */

/** Hours are counted from 0, the first of a UTC Monday; a day has 24 of them. */
export type World = {
  readonly days: number
  /** Entity to hour to count. Entities are IPv4 addresses. */
  readonly counts: ReadonlyMap<string, ReadonlyMap<number, number>>
  /** Entity to the days on which it was there. */
  readonly present: ReadonlyMap<string, ReadonlySet<number>>
  /** Hours in which telemetry was there for anybody. */
  readonly observed: ReadonlySet<number>
}

export type Settings = {
  readonly floor: number
  readonly budget: number
  readonly historyDays: number
  readonly learningDays: number
  readonly leastPeers: number
}

export type Exceedance = { readonly entity: string; readonly day: number; readonly tails: ReadonlyMap<number, number> }

/** In order of day, then entity. Work hours are 7 to 19 UTC from Monday to Friday. */
export function exceedancesOf(world: World, settings: Settings): readonly Exceedance[] {
  const found: Exceedance[] = []
  for (let day = 0; day < world.days; day += 1)
    for (const entity of [...world.counts.keys()].sort()) {
      const tails = tailsOf(world, settings, entity, day)
      if (tails.size > 0) found.push({ entity, day, tails })
    }
  return found
}

function tailsOf(world: World, settings: Settings, entity: string, day: number): ReadonlyMap<number, number> {
  const { floor, budget, historyDays, learningDays, leastPeers } = settings
  const tails = new Map<number, number>()
  const past = hoursOf(Math.max(0, day - historyDays), day).filter(hour => world.observed.has(hour))
  if (new Set(past.map(hour => Math.floor(hour / 24))).size < learningDays) return tails
  const there = [...world.present].filter(([, days]) => [...days].some(one => one >= day - historyDays && one <= day))
  const neighbours = there.filter(([other]) => networkOf(other) === networkOf(entity))
  const peers = neighbours.length >= leastPeers ? neighbours : there
  const threshold = budget / (there.length * 24)
  const own = Math.max(0, ...past.map(hour => world.counts.get(entity)?.get(hour) ?? 0))
  for (const hour of hoursOf(day, day + 1)) {
    const x = world.counts.get(entity)?.get(hour) ?? 0
    if (x < floor || x <= own) continue
    const bucket = past.filter(one => isWork(one) === isWork(hour))
    const known = (who: string) => historyOf(world, who, bucket, day - historyDays)
    const rates = peers.map(([who]) => known(who)).map(({ y, n }) => (n > 0 ? y / n : 0))
    const mean = rates.reduce((sum, rate) => sum + rate, 0) / peers.length
    const between = rates.reduce((sum, rate) => sum + (rate - mean) ** 2, 0) / peers.length
    const variance = Math.max(between - mean / bucket.length, 1e-9)
    const a0 = bucket.length === 0 ? 0.1 : clamp(mean ** 2 / variance, 0.02, 5)
    const b0 = bucket.length === 0 ? 24 : Math.min(a0 / Math.max(mean, 1e-6), 168)
    const k = dispersionOf(there.map(([who]) => known(who)))
    const { y, n } = known(entity)
    const size = 1 / (1 / k + 1 / (a0 + y))
    const p = negativeBinomialTail(x, size, (a0 + y) / (b0 + n))
    if (p <= threshold) tails.set(hour, p)
  }
  return tails
}

type History = { readonly y: number; readonly n: number; readonly squares: number }

/** Of an entity, from the first day on which it was there. */
function historyOf(world: World, entity: string, hours: readonly number[], from: number): History {
  const first = Math.min(...[...(world.present.get(entity) ?? [])].filter(day => day >= from))
  const known = hours.filter(hour => Math.floor(hour / 24) >= first)
  const counts = known.map(hour => world.counts.get(entity)?.get(hour) ?? 0)
  return {
    y: counts.reduce((sum, count) => sum + count, 0),
    n: known.length,
    squares: counts.reduce((sum, count) => sum + count ** 2, 0),
  }
}

function dispersionOf(histories: readonly History[]): number {
  const busy = histories
    .filter(({ y }) => y >= 20)
    .map(({ y, n, squares }) => ({ m: y / n, s: squares / n - (y / n) ** 2 }))
  if (busy.length < 3) return 0.5
  const above = busy.reduce((sum, { m }) => sum + m ** 2, 0)
  const below = busy.reduce((sum, { m, s }) => sum + Math.max(s - m, 0), 0)
  return clamp(above / Math.max(below, 1e-9), 0.15, 5)
}

/** P(X >= x), at least 1e-40: 1 minus the terms below where that is exact enough, else the terms above. */
function negativeBinomialTail(x: number, size: number, mean: number): number {
  const q = mean / (size + mean)
  let term = (size / (size + mean)) ** size
  let below = 0
  for (let count = 0; count < x; count += 1) {
    below += term
    term *= ((size + count) / (count + 1)) * q
  }
  let tail = 0
  for (let count = x; count < x + 20_000; count += 1) {
    tail += term
    term *= ((size + count) / (count + 1)) * q
  }
  return tail > 1e-6 ? 1 - below : Math.max(tail, 1e-40)
}

function hoursOf(from: number, to: number): readonly number[] {
  return Array.from({ length: (to - from) * 24 }, (_, n) => from * 24 + n)
}

function isWork(hour: number): boolean {
  return Math.floor(hour / 24) % 7 < 5 && hour % 24 >= 7 && hour % 24 < 19
}

function networkOf(address: string): string {
  return address.slice(0, address.lastIndexOf('.'))
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value))
}
