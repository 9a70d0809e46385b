import type { Speaker } from './answers.ts'
import type { Period, Runs } from './hours.ts'
import { hourCount, hourOf, unionOf } from './hours.ts'
import type { SeenSign } from './signs.ts'
import { isNoChance, leastHours } from './silence.ts'

/** A time in which a host said nothing in any channel. */
export type HostSilence = Period & {
  /**
   * `off`: it was shut down or put to sleep before, or started after it. `usual`: nothing says so, but this host often is
   * silent so long. `unknown`: nothing explains it; it may have been off, its logs may not have been collected, or they
   * were taken away.
   */
  readonly why: 'off' | 'usual' | 'unknown'
}

/** Shorter ones are ordinary on a host that does little. */
const leastSilence = 6
/** Of a host that spoke in few hours nobody knows what is usual. */
const mostOfRare = 24

/** In order of time. A sign explains a silence when it stands in the hour before it or in the hour that ends it. */
export function hostSilences(hours: Runs, signs: readonly SeenSign[]): readonly HostSilence[] {
  const hoursOf = (effect: SeenSign['effect']) =>
    new Set(
      signs
        .filter(sign => sign.effect === effect)
        .flatMap(({ seen }) => seen.map(({ event_time }) => hourOf(event_time))),
    )
  const [ends, starts] = [hoursOf('shut_down'), hoursOf('started')]
  const spoken = hourCount(hours)
  const whole = (hours.at(-1)?.[1] ?? 0) - (hours[0]?.[0] ?? 0) + 1
  return hours
    .slice(1)
    .map(([until], before) => ({ from: (hours[before]?.[1] ?? until) + 1, until }))
    .filter(({ from, until }) => until - from >= leastSilence)
    .map(({ from, until }) => {
      const length = until - from
      const odd = spoken < leastHours ? length >= mostOfRare : isNoChance(spoken / (whole - length), length)
      const off = ends.has(from - 1) || starts.has(until)
      return { from, until, why: off ? 'off' : odd ? 'unknown' : 'usual' }
    })
}

const sysmon = 'Microsoft-Windows-Sysmon/Operational'
/** Zones differ by up to 26 hours; mistaken halves of the day are among that. */
const mostApart = 26

/**
 * Sysmon writes its own time into its events, in UTC. A collector that gives local time without a zone moves all others:
 * then they and Sysmon never speak in the same hour (seen in OTRF, 2022 and 2023).
 */
export function shiftedSysmon(channels: ReadonlyMap<string, Speaker>): readonly string[] {
  const own = newestHours(channels.get(sysmon)?.runs ?? [])
  const others = newestHours(unionOf([...channels].flatMap(([name, { runs }]) => (name === sysmon ? [] : [runs]))))
  const shared = (shift: number) => [...own].filter(hour => others.has(hour - shift)).length
  if (own.size === 0 || others.size === 0 || shared(0) > 0) return []
  const best = Array.from({ length: 2 * mostApart + 1 }, (_, at) => at - mostApart)
    .map(shift => ({ shift, hours: shared(shift) }))
    .reduce((best, one) => (one.hours > best.hours ? one : best))
  if (best.hours < 0.9 * own.size) return []
  return [
    `Sysmon and the other channels never speak in the same hour and are ${Math.abs(best.shift)} hours apart: perhaps a collector told local time as UTC`,
  ]
}

/** At most 5,000 hours, the newest. */
function newestHours(runs: Runs): ReadonlySet<number> {
  const newest: number[] = []
  for (const [first, last] of [...runs].reverse())
    for (let hour = last; hour >= first && newest.length < 5000; hour -= 1) newest.push(hour)
  return new Set(newest)
}
