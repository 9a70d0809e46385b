import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KeptEntry } from '../model/index.ts'
import { attributionOf } from './attribution.ts'
import { canariesOf, canaryEntries } from './ledger.ts'
import { canaryLabel } from './name.ts'

describe('the name of a canary', () => {
  it('has 75 bits that follow from secret and id, and fits into a label', () => {
    const secret = Buffer.alloc(32, 1)
    expect(canaryLabel('vpn', 'one', secret)).toMatch(/^vpn-[a-z2-7]{15}$/)
    expect(canaryLabel('vpn', 'one', secret)).toBe(canaryLabel('vpn', 'one', secret))
    expect(canaryLabel('vpn', 'two', secret)).not.toBe(canaryLabel('vpn', 'one', secret))
    expect(canaryLabel('vpn', 'one')).not.toBe(canaryLabel('vpn', 'one'))
  })

  it('uses every letter alike', () => {
    const all = Array.from({ length: 4000 }, (_, nth) =>
      canaryLabel('v', String(nth), Buffer.alloc(32, 2)).slice(2),
    ).join('')
    const counts = new Map<string, number>()
    for (const letter of all) counts.set(letter, (counts.get(letter) ?? 0) + 1)
    expect(counts.size).toBe(32)
    expect(Math.min(...counts.values())).toBeGreaterThan((all.length / 32) * 0.85)
  })
})

describe('attribution', () => {
  it('is whole without a touch of a twin, halves when half of the twins are touched, and is nothing when all are', () => {
    expect(attributionOf({ names: 10, hit: 10 }, { names: 10, hit: 0 })?.share).toBe(1)
    expect(attributionOf({ names: 10, hit: 10 }, { names: 10, hit: 5 })?.share).toBe(0.5)
    expect(attributionOf({ names: 10, hit: 10 }, { names: 10, hit: 10 })?.share).toBe(0)
    expect(attributionOf({ names: 10, hit: 0 }, { names: 10, hit: 0 })).toBeUndefined()
  })

  it('is the surer the more names there are', () => {
    const width = (names: number) => {
      const { low = 0, high = 0 } = attributionOf({ names, hit: names }, { names, hit: 0 }) ?? {}
      return high - low
    }
    expect(width(3)).toBeGreaterThan(width(10))
    expect(width(10)).toBeGreaterThan(width(50))
  })

  it('falls with every twin that is touched, and its interval is one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.nat(20), fc.nat(20), (names, hit, twin) => {
        const [own, other] = [Math.min(names, Math.max(1, hit)), Math.min(names, twin)]
        const one = attributionOf({ names, hit: own }, { names, hit: other })
        const more = attributionOf({ names, hit: own }, { names, hit: Math.min(names, other + 1) })
        expect(one === undefined || more === undefined || more.share <= one.share).toBe(true)
        expect(one === undefined || (one.low <= one.high && one.low >= 0 && one.high <= 1)).toBe(true)
      }),
      { numRuns: 100 },
    )
  })
})

describe('the ledger', () => {
  const entry = (action: 'created' | 'published' | 'retired', change = {}): KeptEntry<'canary'> => ({
    ...{ entry_id: 'x', recorded_at: new Date('2026-03-01T00:00:00Z'), subject: 'one' },
    entry: {
      action,
      by: 'e.berg',
      because: '',
      fqdn: 'vpn-a.corp.example',
      control_fqdn: 'vpn-b.corp.example',
      lure: 'vpn',
      sensor_addresses: ['192.0.2.10'],
      allowed: ['192.0.2.0/28', 'my monitor'],
      ...change,
    },
  })

  it('takes the first publication, and leaves out what was never created', () => {
    const published = (published_at: string) => entry('published', { published_at, certificate_sha256: published_at })
    const all = canariesOf([
      entry('created'),
      published('2026-03-03T00:00:00Z'),
      published('2026-03-02T00:00:00Z'),
      published('2026-04-02T00:00:00Z'),
      entry('retired'),
    ])
    expect(all).toMatchObject([
      { id: 'one', apex: 'corp.example', published_at: '2026-03-02T00:00:00Z', retired_at: '2026-03-01T00:00:00.000Z' },
    ])
    expect(canariesOf([entry('retired')])).toEqual([])
  })

  it('is reference data to a hunt: names, when they were published, who may come', () => {
    expect(
      canaryEntries(canariesOf([entry('created'), entry('published', { published_at: '2026-03-02T09:00:00.000Z' })])),
    ).toMatchObject([
      {
        keys: { canary: ['vpn-a.corp.example'], twin: ['vpn-b.corp.example'] },
        attributes: { published_at: '2026-03-02 09:00:00.000', networks: '192.0.2.0/28', agents: 'my monitor' },
      },
    ])
  })
})
