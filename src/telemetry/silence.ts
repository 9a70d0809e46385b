import type { Gap, Runs } from './hours.ts'
import { counterOf, gapsOf, hourCount } from './hours.ts'

/**
 * When silence means something. Nobody knows how often a channel ought to speak, but the channel shows it: it speaks in a
 * share of the hours in which its host speaks at all. A silence is real when the host spoke on in other channels for so
 * many hours that chance would make it once in a million.
 *
 * Hours are not independent (nights, weekends), so a real silence is a fact to look into, and not yet an attack. If this
 * tells too much on hosts that people use by day, the share should be taken for each hour of the day.
 */
export type Silence = Gap & {
  /** Hours in it in which the host spoke elsewhere. */
  readonly meanwhile: number
  readonly real: boolean
}

const leastChance = 1e-6
/** A share is never taken for certain: with it, five hours are the shortest real silence. */
const mostShare = 0.95
/** With fewer hours than these nobody can speak of a share. */
export const leastHours = 12
/** Then only the edges are looked at: so many hours of the host before the first word, or after the last, are too many. */
const mostEdgeHours = 24

/** Whether somebody who speaks in this share of hours would hardly ever be silent for so many of them. */
export function isNoChance(share: number, hours: number): boolean {
  return (1 - Math.min(mostShare, share)) ** hours < leastChance
}

/**
 * Every silence of a speaker within the time of its host, in order. `host`: the hours of all its channels together.
 * `rare`: whether somebody who spoke in few hours is judged by the edges, or not at all.
 */
export function silencesOf(speaker: Runs, host: Runs, rare: 'edges' | 'not'): readonly Silence[] {
  const spoken = hourCount(speaker)
  const hostHours = hourCount(host)
  const countHost = counterOf(host)
  return gapsOf(speaker, host).map(gap => {
    const meanwhile = countHost(gap)
    const share = spoken / Math.max(1, hostHours - meanwhile)
    const byEdge = rare === 'edges' && gap.edge && meanwhile >= mostEdgeHours
    const real = spoken < leastHours ? byEdge : isNoChance(share, meanwhile)
    return { ...gap, meanwhile, real }
  })
}
