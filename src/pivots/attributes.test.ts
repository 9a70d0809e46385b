import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { nothingKnown, pivots } from './index.ts'
import { longestValue, mostValues } from './pivot.ts'
import { pivotValuesOf } from './values-of.ts'

const folder = new URL('./attributes/', import.meta.url)

it('every file in attributes/ is in the list and bears the name of its attribute', () => {
  const files = readdirSync(folder).filter(file => !file.endsWith('.test.ts'))
  expect(pivots.map(({ name }) => `${name.replaceAll('_', '-')}.ts`).sort()).toEqual(files.sort())
})

it('no attribute stands twice', () => {
  expect(new Set(pivots.map(({ name }) => name)).size).toBe(pivots.length)
})

describe.each(pivots.map(pivot => [pivot.name, pivot] as const))('%s', (_, pivot) => {
  it('extracts its example', () => {
    expect(pivot.extract(pivot.example.facts)).toEqual(pivot.example.values)
  })

  it('has no value where nothing is known', () => {
    expect(pivot.extract(nothingKnown)).toEqual([])
  })

  it('finds what it stored: normalising a stored value changes nothing', () => {
    for (const value of pivot.example.values) expect(pivot.normalise(value)).toBe(value)
  })

  it('normalises hostile text without throwing, to at most the longest value, and once is enough', () => {
    for (const text of hostile) {
      const once = pivot.normalise(text)
      expect(once.length).toBeLessThanOrEqual(Math.max(longestValue, text.length))
      expect(pivot.normalise(once)).toBe(once)
    }
  })

  it('says in sentences what it is and how it misleads', () => {
    expect(pivot.trap).toMatch(/\.$/)
    expect(pivot.title).not.toMatch(/REPLACE/)
    expect(pivot.reliability).toBeGreaterThan(0)
    expect(pivot.reliability).toBeLessThan(1)
  })
})

it('a certificate with ten thousand names has a bounded number of bounded values, each once', () => {
  const names = Array.from({ length: 10_000 }, (_, at) => ({ type: 'dns', value: `h${at}.x${at}.example` }) as const)
  const apexes = names.map(({ value }) => value.slice(value.indexOf('.') + 1)).sort()
  const long = 'x'.repeat(5000)
  const subject = Array.from({ length: 500 }, (_, at) => ({ type: 'O', value: `${long}${at % 300}`, tag: 12 }))
  const values = pivotValuesOf({ ...nothingKnown, names, apexes, subject, crl_urls: [long, long] })
  for (const { name } of pivots)
    expect(values.filter(({ attribute }) => attribute === name).length).toBeLessThanOrEqual(mostValues)
  for (const { value } of values) expect(value.length).toBeLessThanOrEqual(longestValue)
  expect(new Set(values.map(({ attribute, value }) => `${attribute} ${value}`)).size).toBe(values.length)
  expect(values.filter(({ attribute }) => attribute === 'crl_url')).toHaveLength(1)
})

const hostile = [
  '',
  ' ',
  '\0',
  ',',
  '=',
  '/=',
  '\\',
  'CN=',
  '/CN=',
  'cn=#0c0',
  'CN="',
  'CN=a\\',
  'a'.repeat(3000),
  ','.repeat(3000),
  'CN=,'.repeat(2000),
  `CN=${' ,'.repeat(3000)}`,
  '\u0130\u1e9e\ufb01 \u00a0x',
  'o=x\u2028y, cn=é',
  '-0x',
  '99999999999999999999999999',
  '0000-00-00',
  '2024-13-45T99:99:99Z',
  '1s',
  '-86401s',
  '[::ffff:1.2.3.4]',
  '::ffff:0102:0304',
  'fe80::1%eth0',
  '*.*.example',
  'ex ample.com',
  'xn--\u{1f600}.example',
  '\ud800',
]
