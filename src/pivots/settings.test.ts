import { expect, it } from 'vitest'
import { learnSettingDefinitions } from './learn-settings.ts'
import { pivots } from './list.ts'
import {
  calibrated,
  defaultSettings,
  frequencyFactor,
  packFactor,
  settingDefinitions,
  settingsWith,
} from './settings.ts'

it('every number says its unit and why it is so', () => {
  for (const [name, { unit, because }] of Object.entries({ ...settingDefinitions, ...learnSettingDefinitions })) {
    expect(unit, name).not.toBe('')
    expect(because.length, name).toBeGreaterThan(10)
  }
})

it('every attribute has a reliability, and one that is changed leaves the others', () => {
  expect(Object.keys(defaultSettings.reliability)).toHaveLength(pivots.length)
  const changed = settingsWith({ reliability: { spki_sha256: 0.5 } })
  expect(changed.reliability.spki_sha256).toBe(0.5)
  expect(changed.reliability.subject).toBe(0.75)
})

it('factors never rise with frequency or packing', () => {
  const falls = (values: readonly number[]) => values.every((value, at) => value <= (values[at - 1] ?? 1))
  expect(falls([1, 30, 31, 120, 121, 1000, 1001, 1e9].map(owners => frequencyFactor(owners, defaultSettings)))).toBe(
    true,
  )
  expect(falls([0, 3, 4, 9, 10, 39, 40, 1e4].map(apexes => packFactor(apexes, defaultSettings)))).toBe(true)
})

it('calibration rises from nothing to certainty, whatever its points', () => {
  const points = [
    [0.2, 0.1],
    [0.2, 0.3],
    [0.9, 0.6],
  ] as const
  const values = Array.from({ length: 101 }, (_, at) => calibrated(at / 100, points))
  expect(values.every((value, at) => value >= (values[at - 1] ?? 0))).toBe(true)
  expect(values[0]).toBe(0)
  expect(values[100]).toBeCloseTo(1, 12)
  expect(calibrated(0.9, points)).toBeCloseTo(0.6, 12)
  expect(calibrated(0.37, [])).toBe(0.37)
  expect(calibrated(1, [[1, 0.8]])).toBe(0.8)
})
