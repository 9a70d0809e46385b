import { describe, expect, it } from 'vitest'
import { bootstrapDifference } from './bootstrap.ts'
import { calibrationFrom, recalibrated } from './choose.ts'
import { fitIsotonic } from './isotonic.ts'
import { averagePrecision, calibrationError, fHalfOf, precisionAt20, precisionOf, recallOf } from './metrics.ts'
import { marks, type Outcome, tallyByOperator, tallyOf } from './outcome.ts'

const right = marks.isTrue | marks.direct | marks.within | marks.own
const outcome = (operator: string, ...predictions: readonly number[]): Outcome => ({
  pack: 'ordinary',
  operator,
  pairs: [4, 2, 3, 2],
  predictions,
})

describe('a tally', () => {
  it('counts what is at or above the threshold', () => {
    const tally = tallyOf([outcome('a', 0.9, right, 0.7, 0, 0.6, right, 0.5, 0)], 0.6)
    expect(precisionOf(tally)).toBeCloseTo(2 / 3)
    expect(recallOf(tally, 'direct')).toBe(1)
    expect(recallOf(tally, 'within')).toBeCloseTo(2 / 3)
    expect(recallOf(tally, 'all')).toBe(0.5)
    expect(fHalfOf(tally)).toBeCloseTo(2 / 3)
  })

  it('has no F of 1 where nothing is claimed', () => {
    expect(fHalfOf(tallyOf([outcome('a')], 0.6))).toBe(0)
  })

  it('counts false claims that are not listed', () => {
    const tally = tallyOf([{ ...outcome('a', 1, right), moreFalse: 9 }], 1)
    expect(precisionOf(tally)).toBeCloseTo(0.1)
  })

  it('tells leaks that a list had told from others', () => {
    const tally = tallyOf([outcome('a', 0.9, marks.leakTold, 0.8, marks.leakUntold, 0.2, marks.leakTold)], 0.6)
    expect([tally.leaksTold, tally.leaksUntold]).toEqual([1, 1])
  })
})

const sample = ([score, truth]: readonly [number, number]) => ({ score, truth, weight: 1 })

describe('calibration', () => {
  it('is without error where nine of ten claims of .9 are true', () => {
    const claims = Array.from({ length: 10 }, (_, n) => outcome('a', 0.9, n === 0 ? 0 : right))
    expect(calibrationError(claims, 0.35)).toBeCloseTo(0)
    expect(calibrationError([outcome('a', 0.9, 0)], 0.35)).toBeCloseTo(0.9)
  })

  it('rises, whatever it is fitted to', () => {
    const samples = Array.from({ length: 2000 }, (_, n) => [n / 2000, n % 3 === 0 && n > 700 ? 1 : 0] as const).map(
      sample,
    )
    const map = fitIsotonic(samples, 100)
    expect(map.length).toBeGreaterThan(1)
    for (const [n, [score, probability]] of map.entries()) {
      expect(score).toBeGreaterThan(map[n - 1]?.[0] ?? -1)
      expect(probability).toBeGreaterThanOrEqual(map[n - 1]?.[1] ?? 0)
    }
  })

  it('pools scores that fall where they should rise', () => {
    const samples = Array.from({ length: 100 }, (_, n) => sample(n < 50 ? [0.4, 1] : [0.6, 0]))
    expect(fitIsotonic(samples, 10)).toEqual([[0.5, 0.5]])
  })

  it('counts claims, as the error does: a seed that claims a hundred owners counts a hundred times', () => {
    const pool = { ...outcome('a', ...Array(100).fill([0.8, 0]).flat()), steps: Array(100).fill([0.8, -1, -1]).flat() }
    const sure = { ...outcome('b', 0.8, right), steps: [0.8, -1, -1] }
    expect(calibrationFrom([pool, ...Array<Outcome>(100).fill(sure)], () => true)[0]).toEqual([0.8, 0.5])
  })

  it('is fitted to single steps, and multiplied over several', () => {
    const sure = { ...outcome('a', 0.8, right), steps: [0.8, -1, -1] }
    const two = { ...outcome('a', 0.5, 0), steps: [0.8, 0.8, -1] }
    const map = calibrationFrom([...Array<Outcome>(300).fill(sure), two], () => true)
    expect(map.at(-1)?.[1]).toBe(1)
    expect(recalibrated(two, [[1, 0.5]], 0.8).predictions[0]).toBeCloseTo(0.4 * 0.8 * 0.4)
  })
})

describe('a ranking', () => {
  it('has the area of its steps, and equal confidences fall together', () => {
    expect(averagePrecision([{ ...outcome('a', 0.9, right, 0.8, 0, 0.7, right), pairs: [2, 2, 2, 2] }])).toBeCloseTo(
      (1 + 2 / 3) / 2,
    )
    expect(averagePrecision([{ ...outcome('a', 0.9, right, 0.9, 0), pairs: [1, 1, 1, 1] }])).toBeCloseTo(0.5)
  })

  it('is judged by its first twenty, over seeds that claim anything', () => {
    const many = outcome('a', ...Array.from({ length: 60 }, (_, n) => (n % 2 === 0 ? 0.9 : n < 40 ? right : 0)))
    expect(precisionAt20([many, outcome('b')], 0.6)).toBe(1)
  })
})

describe('the bootstrap', () => {
  const good = Array.from({ length: 20 }, (_, n) => outcome(`${n}`, 0.9, right, 0.9, right))
  const bad = Array.from({ length: 20 }, (_, n) => outcome(`${n}`, 1, right, 1, 0, 1, 0))

  it('is above 0 for a method that is better with every operator', () => {
    const { low, high } = bootstrapDifference(tallyByOperator(good, 0.6), [tallyByOperator(bad, 0.6)], {
      resamples: 100,
    })
    expect(low).toBeGreaterThan(0)
    expect(high).toBeGreaterThanOrEqual(low)
  })

  it('is not above 0 for a method against itself, and the same each time', () => {
    const [ours, theirs] = [tallyByOperator(good, 0.6), [tallyByOperator(bad, 0.6), tallyByOperator(good, 0.6)]]
    const once = bootstrapDifference(ours, theirs, { resamples: 100 })
    expect(once.low).toBe(0)
    expect(bootstrapDifference(ours, theirs, { resamples: 100 })).toEqual(once)
  })
})
