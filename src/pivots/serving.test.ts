import { describe, expect, it } from 'vitest'
import { metAt } from '../../test/pivot-certificates.ts'
import { lateFactor } from './serving.ts'
import { defaultSettings } from './settings.ts'

const made = (day: string) => ({ not_before: Date.parse(`${day}T00:00:00Z`) })
const machines = (...days: readonly string[]) => days.map((day, at) => metAt('one', `10.${at}.0.1`, day, '2026-11-01'))

describe('a certificate that machines began to serve long after it was made', () => {
  it('is taken for what came with a product', () => {
    const factor = lateFactor(made('2024-01-01'), machines('2026-01-10', '2026-03-01', '2026-06-20'), defaultSettings)
    expect(factor).toMatchObject({ name: 'served_late', factor: 0.4 })
    expect(factor?.because).toContain('740 days old')
  })

  it('is left alone when it was young then', () => {
    expect(
      lateFactor(made('2025-12-01'), machines('2026-01-10', '2026-03-01', '2026-06-20'), defaultSettings),
    ).toBeUndefined()
  })

  it('is left alone where all were seen at once, since somebody only began to look', () => {
    expect(
      lateFactor(made('2024-01-01'), machines('2026-01-10', '2026-01-10', '2026-01-12'), defaultSettings),
    ).toBeUndefined()
  })

  it('is left alone on one machine, seen twice, and without a time', () => {
    const twice = [metAt('one', '10.0.0.1', '2026-01-10'), metAt('one', '10.0.0.1', '2026-06-20')]
    expect(lateFactor(made('2024-01-01'), twice, defaultSettings)).toBeUndefined()
    expect(lateFactor({ not_before: undefined }, machines('2026-01-10', '2026-06-20'), defaultSettings)).toBeUndefined()
    expect(lateFactor(made('2024-01-01'), machines('', 'soon'), defaultSettings)).toBeUndefined()
  })
})
