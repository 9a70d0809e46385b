import { describe, expect, it } from 'vitest'
import { metAt, saying } from '../../test/pivot-certificates.ts'
import type { ContextFactor } from './edge.ts'
import { sameTime, servedWidely } from './host-context.ts'
import { sideOf } from './pair.ts'
import type { HostSighting } from './pivot-index.ts'
import { settingsWith } from './settings.ts'
import { compileRules } from './suppression.ts'

const rules = compileRules([], new Date('2026-11-23T00:00:00Z'))
const settings = settingsWith({})
const snapshot = { id: 'S1', made_at: '', certificates: 1e6, owners: 1e6, arrived_since: 0 }
const address = { attribute: 'host', value: '192.0.2.1', owners: 2, issuances: 2, certificates: 2 }

function pairMetAt(ours: readonly HostSighting[], theirs: readonly HostSighting[]) {
  const side = (label: string, hosts: readonly HostSighting[]) => {
    const certificate = saying(label)
    return sideOf({ ...certificate, owner_group: certificate.owner }, rules, hosts)
  }
  return {
    seed: side('one', ours),
    candidate: side('other', theirs),
    shared: [],
    snapshot,
    settings,
    claims: new Map(),
    places: new Map(),
  }
}

const factorsOf = (found: ContextFactor | readonly ContextFactor[] | undefined) => [found ?? []].flat()

describe('an address that two certificates share', () => {
  const together = (first: string, last: string) =>
    sameTime(
      pairMetAt([metAt('one', '192.0.2.1', '2026-01-01', '2026-04-11')], [metAt('other', '192.0.2.1', first, last)]),
      address,
    )

  it('counts fully for certificates that came and went together', () => {
    expect(together('2026-01-01', '2026-04-11')).toBeUndefined()
    expect(together('2026-01-11', '2026-04-05')).toBeUndefined()
  })

  it('counts less, the less of the time they were there together', () => {
    expect(together('2026-01-01', '2026-03-02')).toMatchObject({ name: 'partly_together', factor: 0.6 })
    expect(together('2026-03-22', '2026-12-07')).toMatchObject({ name: 'partly_together', factor: 0.4 })
  })

  it('counts still less for the next customer, by the time between', () => {
    expect(together('2026-05-11', '2026-12-01')).toMatchObject({ name: 'apart', factor: 0.4 / 2 })
  })

  it('counts fully where one was met too shortly to tell', () => {
    expect(together('2026-02-01', '2026-02-01')).toBeUndefined()
  })

  it('counts as its certificate does that a host serves on many', () => {
    const many = Array.from({ length: 12 }, (_, at) => metAt('one', `192.0.2.${at}`))
    const few = [metAt('other', '192.0.2.1')]
    const names = [servedWidely(pairMetAt(many, few), address), servedWidely(pairMetAt(few, many), address)].map(
      found => factorsOf(found).map(({ name }) => name),
    )
    expect(names).toEqual([
      ['addresses', 'dense'],
      ['addresses', 'dense'],
    ])
    expect(factorsOf(servedWidely(pairMetAt(few, few), address))).toEqual([])
  })
})
