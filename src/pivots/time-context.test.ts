import { describe, expect, it } from 'vitest'
import { metAt, type Saying, saying } from '../../test/pivot-certificates.ts'
import { sideOf } from './pair.ts'
import { settingsWith } from './settings.ts'
import { compileRules } from './suppression.ts'
import { begunApart } from './time-context.ts'

const rules = compileRules([], new Date('2026-11-23T00:00:00Z'))
const settings = settingsWith({})
const snapshot = { id: 'S1', made_at: '', certificates: 1e6, owners: 1e6, arrived_since: 0 }
const subject = { attribute: 'subject', value: 'o=northwind relay', owners: 2, issuances: 2, certificates: 2 }

function apart(days: number, what: Saying = {}, metOn: readonly string[] = []) {
  const side = (label: string, not_before: number) => {
    const certificate = saying(label, { ...what, not_before })
    const hosts = metOn.slice(label === 'one' ? 0 : 1, label === 'one' ? 1 : 2).map(on => metAt(label, '192.0.2.1', on))
    return sideOf({ ...certificate, owner_group: certificate.owner }, rules, hosts)
  }
  const pair = { seed: side('one', 1.7e12), candidate: side('other', 1.7e12 + days * 86_400_000) }
  return begunApart({ ...pair, shared: [], snapshot, settings, claims: new Map(), places: new Map() }, subject)
}

describe('words that two certificates bear', () => {
  it('count fully when they were typed within one campaign', () => {
    expect(apart(0)).toBeUndefined()
    expect(apart(30)).toBeUndefined()
  })

  it('count less, the longer between, but never less than half', () => {
    expect(apart(90)).toMatchObject({ name: 'begun_apart', factor: 0.5 ** 0.5 })
    expect(apart(2000)).toMatchObject({ name: 'begun_apart', factor: 0.5 })
  })

  it('count by when they were met where that is closer, since a beginning can be made up', () => {
    expect(apart(2000, {}, ['2026-03-01', '2026-03-20'])).toBeUndefined()
    expect(apart(2000, {}, ['2026-03-01'])).toMatchObject({ factor: 0.5 })
    expect(apart(0, {}, ['2026-03-01', '2026-10-20'])).toBeUndefined()
  })

  it('are nothing of this where a public CA checked them', () => {
    expect(apart(2000, { issuer: 'O=New CA', scts: [{ log_id: 'aa'.repeat(32), timestamp: 1 }] })).toBeUndefined()
  })
})
