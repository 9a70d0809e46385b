import { describe, expect, it } from 'vitest'
import { hashOf, idOf, metAt, saying } from '../../test/pivot-certificates.ts'
import { gatherFeatures } from './gather-features.ts'
import { looksGenerated } from './generated-name.ts'
import type { UngroupedCertificate } from './indexed-certificate.ts'
import { learnSuppressions, type ValueFeatures } from './learn.ts'
import { defaultLearnSettings } from './learn-settings.ts'
import { memoryIndex } from './memory-index.ts'
import type { HostSighting } from './pivot-index.ts'
import { settingsWith } from './settings.ts'
import { compileRules } from './suppression.ts'
import { pivot } from './walk.ts'

const learning = { settings: defaultLearnSettings, snapshot: 'S1', now: new Date('2026-11-22T00:00:00Z') }
const day = 86_400_000

async function learnedFrom(certificates: readonly UngroupedCertificate[], hosts: readonly HostSighting[] = []) {
  const index = memoryIndex(certificates, { hosts })
  const features = await gatherFeatures(index, index.shared, defaultLearnSettings)
  return { index, features, learned: learnSuppressions(features, learning) }
}

const times = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at))

describe('learning', () => {
  const devices = times(40, at =>
    saying(`device${at}`, { subject: `O=Router Maker, CN=RT${100_000 + at * 7}`, not_before: 1.6e12 + at * 20 * day }),
  )
  const met = times(40, at => metAt(`device${at}`, `10.${at}.0.1`))

  it('takes what strangers share for a product, with a date and a sentence', async () => {
    const { learned } = await learnedFrom(devices, met)
    expect(learned.map(({ attribute, value, action }) => [attribute, value, action])).toEqual([
      ['subject_o', 'router maker', 'device'],
    ])
    expect(learned[0]).toMatchObject({ snapshot: 'S1', learned_at: '2026-11-22T00:00:00.000Z', expires: '2027-02-20' })
    expect(learned[0]?.because).toMatch(
      /^40 owner groups share it; .* 0 % of the pairs share anything else, in 40 networks/,
    )
    expect(learned[0]?.features).toMatchObject({ owners: 40, sampled: 24, related_share: 0, generated_share: 1 })
  })

  it('takes a key that a host gives to all its customers for a pool', async () => {
    const pool = times(80, at =>
      saying(`c${at}`, {
        spki_sha256: hashOf('pool'),
        names: [`www.shop${at}.example`],
        subject: `CN=www.shop${at}.example`,
        issuer: 'O=CA',
        not_before: 1.6e12 + at * 5 * day,
      }),
    )
    const { learned } = await learnedFrom(
      pool,
      times(80, at => metAt(`c${at}`, `192.0.2.${at}`)),
    )
    expect(learned.find(({ attribute }) => attribute === 'spki_sha256')?.action).toBe('pool')
  })

  it('leaves alone what one operator shares, because its servers share more than that', async () => {
    const operator = times(40, at =>
      saying(`o${at}`, {
        subject: 'O=Northwind Relay, CN=edge node',
        spki_sha256: hashOf(`key ${at % 6}`),
        key_sha256: hashOf(`modulus ${at % 6}`),
        names: [`n${at % 8}.relay${at}.example`],
        not_before: 1.6e12 + at * 20 * day,
        addresses: [`198.51.${at % 5}.1`],
      }),
    )
    const { learned } = await learnedFrom(operator)
    expect(learned).toEqual([])
  })

  it('leaves alone what few share', async () => {
    const { learned } = await learnedFrom(devices.slice(0, 4), met.slice(0, 4))
    expect(learned).toEqual([])
  })

  it('takes the leads out of a pivot', async () => {
    const { index, learned } = await learnedFrom(devices, met)
    const rules = compileRules([], new Date('2026-11-23T00:00:00Z'))
    const settings = settingsWith({ thin_below: 0, typed_least: 1, reliability: { subject_o: 0.75 } })
    const before = await pivot(index, [idOf('device0')], rules, settings, { hops: 1 })
    expect(before.leads).toHaveLength(39)
    const after = await pivot(index.withLearned(learned), [idOf('device0')], rules, settings, { hops: 1 })
    expect(after.leads).toEqual([])
    expect(after.related[0]?.edge.relation).toBe('SAME_PRODUCT')
    const later = compileRules([], new Date('2027-02-21T00:00:00Z'))
    expect(
      (await pivot(index.withLearned(learned), [idOf('device0')], later, settings, { hops: 1 })).leads,
    ).toHaveLength(39)
  })
})

describe('the decision', () => {
  const value: ValueFeatures = {
    attribute: 'subject',
    value: 'o=x',
    owners: 60,
    issuances: 60,
    certificates: 60,
    sampled: 24,
    keys: 24,
    subjects: 1,
    issuers: 1,
    addresses: 24,
    networks: 24,
    not_before_days: 400,
    related_share: 0,
    generated_share: 0,
    self_issued_share: 1,
  }
  const isLearned = (changes: Partial<ValueFeatures>) =>
    learnSuppressions([{ ...value, ...changes }], learning).length === 1

  it('needs breadth, and strangers', () => {
    expect(isLearned({})).toBe(true)
    expect(isLearned({ owners: 6, not_before_days: 100 })).toBe(false)
    expect(isLearned({ owners: 6, not_before_days: 100, generated_share: 1 })).toBe(true)
    expect(isLearned({ related_share: 0.5 })).toBe(false)
    expect(isLearned({ not_before_days: 2, networks: 4, keys: 1, addresses: 4, owners: 20 })).toBe(false)
    expect(isLearned({ sampled: 1 })).toBe(false)
  })

  it('takes what stands close together for a host’s, since operators rent in several places', () => {
    const few = { owners: 8, sampled: 8, keys: 1, subjects: 8, not_before_days: 30, addresses: 8 }
    expect(isLearned({ ...few, networks: 7 })).toBe(false)
    expect(isLearned({ ...few, networks: 1 })).toBe(true)
    expect(isLearned({ ...few, sampled: 20, addresses: 2, networks: 1 })).toBe(true)
    expect(isLearned({ ...few, addresses: 2, networks: 1 })).toBe(false)
  })

  it('is not upset by numbers that make no sense', () => {
    for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, -1, 0])
      expect(() => isLearned({ related_share: odd, networks: odd, not_before_days: odd, keys: odd })).not.toThrow()
  })
})

it('names that programs write are known from those that people choose', () => {
  for (const name of [
    '192.168.1.1',
    'localhost.localdomain',
    'FGT60D4614030205',
    '0123456789abcdef',
    'b827eb12ab34',
    'Default Web Server',
    '78:8A:20:11:22:33',
    'f47ac10b-58cc-4372-a567-0e02b2c3d479',
  ])
    expect(looksGenerated(name), name).toBe(true)
  for (const name of ['', 'www.bank.com', 'web01', 'Major Cobalt Strike', 'vpn2.north.net', 'Company CA 2024', 'mail'])
    expect(looksGenerated(name), name).toBe(false)
})
