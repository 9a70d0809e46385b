import { describe, expect, it } from 'vitest'
import { sectionIn, upperBound, withSection } from './page.ts'

describe('the page of what is found in real traffic', () => {
  it.each([
    [0, 2.996],
    [1, 4.744],
    [5, 10.513],
    [40, 52.07],
  ])('bounds %d findings by %d, as tables of the Poisson distribution do', (count, bound) => {
    expect(upperBound(count)).toBeCloseTo(bound, 2)
  })

  it('has its section once, last, whoever writes the rest', () => {
    const page = withSection(withSection('# Before\n', 'old\n'), 'new\n')
    expect(page).not.toContain('old')
    expect(page.startsWith('# Before\n\n<!--')).toBe(true)
    expect(`# Other\n${sectionIn(page)}`).toContain('new')
  })
})
