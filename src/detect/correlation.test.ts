import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { loadCorrelations } from './correlation.ts'
import type { Detection } from './detection.ts'
import { loadDetections } from './detection.ts'

const folder = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url))
const detections = loadDetections([folder('detections')])
const directory = mkdtempSync(join(tmpdir(), 'counterseal-test-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

function changed(change: (one: Detection) => Detection): readonly Detection[] {
  return detections.map(one => (one.id === 'windows-trust/store-write' ? change(one) : one))
}

it('the shipped correlation knows every class and rule that detections name', () => {
  expect(loadCorrelations(folder('analytics'), detections).map(({ analytic }) => analytic)).toEqual(['AN1246'])
})

it('a class that nobody defines is refused by name', () => {
  const odd = changed(one => ({ ...one, observes: { class: 'wishes', lasts: 'event' } }))
  expect(() => loadCorrelations(folder('analytics'), odd)).toThrow(/store-write.*AN1246 has no class wishes/)
})

it('a rule that nobody defines is refused by name', () => {
  const odd = changed(one => ({ ...one, signals: { a: { points: 1, because: 'b', standalone: 'A99' } } }))
  expect(() => loadCorrelations(folder('analytics'), odd)).toThrow(/AN1246 has no rule A99/)
})

it('observations of an analytic that does not correlate are refused', () => {
  const odd = changed(one => ({ ...one, analytic: 'AN1972' }))
  expect(() => loadCorrelations(folder('analytics'), odd)).toThrow(/AN1972 has no correlation\.yaml/)
})

it('a verdict without conditions has to be there', () => {
  cpSync(folder('analytics'), directory, { recursive: true })
  const file = join(directory, 'an1246', 'correlation.yaml')
  writeFileSync(file, readFileSync(file, 'utf8').replace('  - { verdict: informational }\n', ''))
  expect(() => loadCorrelations(directory, [])).toThrow(/no verdict is without conditions/)
})
