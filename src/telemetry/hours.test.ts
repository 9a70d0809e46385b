import { describe, expect, it } from 'vitest'
import type { Runs } from './hours.ts'
import { counterOf, gapsOf, hourCount, hourOf, hourText, unionOf, without } from './hours.ts'
import { silencesOf } from './silence.ts'

/** mulberry32: the same numbers for the same seed. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

function hoursIn(runs: Runs): readonly number[] {
  return runs.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, at) => first + at))
}

function someRuns(number: (below: number) => number): Runs {
  return unionOf(
    Array.from({ length: number(8) }, () => {
      const first = number(100)
      return [[first, first + number(6)]]
    }),
  )
}

describe('hours', () => {
  it('agree with plain sets of numbers, in 2,000 seeded cases', () => {
    for (let seed = 1; seed <= 2000; seed += 1) {
      const number = numbersFrom(seed)
      const [one, other] = [someRuns(number), someRuns(number)]
      const union = unionOf([one, other])
      const wanted = [...new Set([...hoursIn(one), ...hoursIn(other)])].sort((a, b) => a - b)
      expect(hoursIn(union), `seed ${seed}`).toEqual(wanted)
      expect(hourCount(union)).toBe(wanted.length)
      const period = { from: number(60), until: 60 + number(60) }
      const inside = wanted.filter(hour => hour >= period.from && hour < period.until)
      expect(counterOf(union)(period), `seed ${seed}`).toBe(inside.length)
      const gaps = gapsOf(one, union)
      const silent = gaps.flatMap(({ from, until }) => hoursIn([[from, until - 1]]))
      const [begin = 0, end = -1] = [union[0]?.[0], union.at(-1)?.[1]]
      const spoke = new Set(hoursIn(one))
      expect(silent, `seed ${seed}`).toEqual(
        hoursIn(end < begin ? [] : [[begin, end]]).filter(hour => !spoke.has(hour)),
      )
      const left = without(period, gaps).flatMap(({ from, until }) => hoursIn([[from, until - 1]]))
      const holes = new Set(silent)
      expect(left, `seed ${seed}`).toEqual(hoursIn([[period.from, period.until - 1]]).filter(hour => !holes.has(hour)))
    }
  })

  it('are read from the times of the store, and written as ISO 8601', () => {
    expect(hourText(hourOf('2026-03-01 07:12:59.123456'))).toBe('2026-03-01T07:00:00Z')
    expect(hourText(hourOf('2026-03-01T07:00:00Z'))).toBe('2026-03-01T07:00:00Z')
  })
})

describe('a silence', () => {
  const host: Runs = [[0, 99]]

  it('of somebody who always speaks is real from five hours on', () => {
    const silent = (hours: number) =>
      silencesOf(
        [
          [0, 49],
          [50 + hours, 99],
        ],
        host,
        'not',
      )
    expect(silent(4)).toEqual([{ from: 50, until: 54, edge: false, meanwhile: 4, real: false }])
    expect(silent(5)).toEqual([{ from: 50, until: 55, edge: false, meanwhile: 5, real: true }])
  })

  it('of somebody who speaks every second hour is real only when it is longer', () => {
    const speaker = (until: number): Runs =>
      Array.from({ length: 50 }, (_, at): [number, number] => [2 * at, 2 * at]).filter(([at]) => at < 40 || at >= until)
    expect(silencesOf(speaker(58), host, 'not').filter(({ real }) => real)).toEqual([])
    expect(silencesOf(speaker(60), host, 'not').filter(({ real }) => real)).toMatchObject([{ from: 39, until: 60 }])
  })

  it('is not real when the host is silent, too', () => {
    expect(
      silencesOf(
        [
          [0, 40],
          [80, 99],
        ],
        [
          [0, 40],
          [80, 99],
        ],
        'not',
      ),
    ).toEqual([{ from: 41, until: 80, edge: false, meanwhile: 0, real: false }])
  })

  it('of somebody who spoke in few hours is judged by the edges alone, and only where that is asked for', () => {
    const rare: Runs = [
      [0, 0],
      [60, 60],
    ]
    expect(silencesOf(rare, host, 'edges').map(({ real }) => real)).toEqual([false, true])
    expect(silencesOf(rare, host, 'not').map(({ real }) => real)).toEqual([false, false])
  })
})
