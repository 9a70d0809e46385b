import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hashOf, idOf, metAt, type Saying, saying } from '../../test/pivot-certificates.ts'
import { shippedRuleEntries } from '../../test/pivot-rules.ts'
import { operatorRelations } from './edge.ts'
import type { UngroupedCertificate } from './indexed-certificate.ts'
import type { PivotResult } from './lead.ts'
import { memoryIndex } from './memory-index.ts'
import type { HostSighting, PivotIndex } from './pivot-index.ts'
import { recompute } from './score.ts'
import { defaultSettings, settingsWith } from './settings.ts'
import { compileRules } from './suppression.ts'
import { pivot } from './walk.ts'

const rules = compileRules(shippedRuleEntries(), new Date('2026-11-23T00:00:00Z'))
/** Small worlds are thin; what is tested here is the walk. */
const settings = settingsWith({ thin_below: 0, calibration: [], hop_decay: 0.8 })

const world = (of: Readonly<Record<string, Saying>>): UngroupedCertificate[] =>
  Object.entries(of).map(([label, what]) => saying(label, what))

const walked = (certificates: readonly UngroupedCertificate[], seed: string, hosts: readonly HostSighting[] = []) =>
  pivot(memoryIndex(certificates, { hosts }), [idOf(seed)], rules, settings)

const namesOf = (result: PivotResult) => result.leads.map(({ certificate, hop }) => [certificate.certificate_id, hop])

describe('a walk', () => {
  const key = (of: string): Saying => ({ spki_sha256: hashOf(of) })

  it('goes from key to name to key, with less confidence at every hop, and no further than it is told', async () => {
    const chain = world({
      a: key('one'),
      b: { ...key('one'), subject: 'CN=odd name here' },
      c: { ...key('two'), subject: 'CN=odd name here' },
      d: key('two'),
    })
    const two = await walked(chain, 'a')
    expect(namesOf(two)).toEqual([
      [idOf('b'), 1],
      [idOf('c'), 2],
    ])
    expect(two.leads[1]?.confidence).toBeCloseTo(0.92 * 0.8 * 0.75, 12)
    expect(two.leads[1]?.path).toEqual([idOf('a'), idOf('b'), idOf('c')])
    const three = await pivot(memoryIndex(chain), [idOf('a')], rules, settings, { hops: 9 })
    expect(three.coverage.hops).toBe(3)
    expect(three.leads.map(({ hop }) => hop)).toEqual([1, 2, 3])
  })

  it('does not follow a value twice', async () => {
    const asked: string[] = []
    const index = memoryIndex(world({ a: key('one'), b: key('one'), c: key('one') }))
    const listening: PivotIndex = {
      ...index,
      holders: (values, limit) => {
        asked.push(...values.map(({ attribute, value }) => `${attribute} ${value}`))
        return index.holders(values, limit)
      },
    }
    await pivot(listening, [idOf('a')], rules, settings)
    expect(new Set(asked).size).toBe(asked.length)
    expect(asked.length).toBeGreaterThan(0)
  })

  it('asks one question of each kind in a hop', async () => {
    const index = memoryIndex(
      world({ a: key('one'), b: key('one'), c: { ...key('two'), subject: 'CN=q' }, d: key('two') }),
    )
    const counts: Record<string, number> = {}
    const counting = Object.fromEntries(
      (['certificates', 'frequencies', 'holders', 'hosts', 'learned'] as const).map(name => [
        name,
        (...args: Parameters<PivotIndex[typeof name]>) => {
          counts[name] = (counts[name] ?? 0) + 1
          // The arguments are those of the same method.
          return (index[name] as (...all: typeof args) => unknown)(...args)
        },
      ]),
    ) as Pick<PivotIndex, 'certificates' | 'frequencies' | 'holders' | 'hosts' | 'learned'> // every method named above
    await pivot({ snapshot: index.snapshot, ...counting }, [idOf('a')], rules, settings, { hops: 1 })
    expect(counts).toEqual({ certificates: 2, hosts: 2, frequencies: 1, learned: 1, holders: 1 })
  })

  it('takes precertificate and certificate of one issuance for one, and the seed’s own for none', async () => {
    const certificates = world({
      seed: { ...key('k'), tbs_no_ct_sha256: hashOf('t1') },
      'seed pre': { ...key('k'), tbs_no_ct_sha256: hashOf('t1'), is_precertificate: true },
      other: { ...key('k'), tbs_no_ct_sha256: hashOf('t2') },
      'other pre': { ...key('k'), tbs_no_ct_sha256: hashOf('t2'), is_precertificate: true },
    })
    const { leads } = await walked(certificates, 'seed')
    const [first, second] = [idOf('other'), idOf('other pre')].sort()
    expect(leads.map(({ certificate, twins }) => [certificate.certificate_id, twins])).toEqual([[first, [second]]])
  })

  it('refuses a value that more than a thousand owner groups share, and says so', async () => {
    const many = Array.from({ length: 1100 }, (_, at) => saying(`m${at}`, { subject: 'O=Everybody' }))
    const { leads, refused, coverage } = await walked([...many, saying('seed', { subject: 'O=Everybody' })], 'seed')
    expect(leads).toEqual([])
    expect(refused.map(({ attribute, owners }) => [attribute, owners])).toContainEqual(['subject', 1101])
    expect(coverage.blind_spots.join(' ')).toContain('so common that they were not followed')
  })

  it('keeps the surest four hundred of one certificate, and says how many there were', async () => {
    const many = Array.from({ length: 500 }, (_, at) => saying(`m${at}`, { subject: 'O=Some, CN=Shared' }))
    const few = settingsWith({ thin_below: 0, calibration: [], owners_some: 1000, fan_out: 100 })
    const { capped, leads } = await pivot(
      memoryIndex([...many, saying('seed', { subject: 'O=Some, CN=Shared' })]),
      [idOf('seed')],
      rules,
      few,
      { hops: 1 },
    )
    expect(capped).toContainEqual({ certificate_id: idOf('seed'), hop: 1, found: 500, kept: 100 })
    expect(leads).toHaveLength(100)
  })

  it('finds who shared an address, and gives the addresses of all their own confidence', async () => {
    const hosts = [metAt('a', '192.0.2.1'), metAt('b', '192.0.2.1'), metAt('b', '198.51.100.2')]
    const { leads, seeds } = await walked(world({ a: {}, b: {} }), 'a', hosts)
    expect(leads[0]?.edge.contributions[0]).toMatchObject({ attribute: 'host', value: '192.0.2.1' })
    expect(leads[0]?.hosts.map(({ ip }) => ip)).toEqual(['192.0.2.1', '198.51.100.2'])
    expect(leads[0]?.hosts[0]?.confidence).toBeCloseTo(0.7 * 0.97, 12)
    expect(seeds[0]?.hosts[0]?.confidence).toBeCloseTo(0.97 * 0.3, 12)
  })

  it('stops when it is told to', async () => {
    const stopped = AbortSignal.abort()
    await expect(
      pivot(memoryIndex(world({ a: {} })), [idOf('a')], rules, settings, { signal: stopped }),
    ).rejects.toThrow()
  })
})

describe('an answer without leads', () => {
  it('tells of a seed of a public CA that certificates cannot show what is behind a CDN', async () => {
    const lone = saying('lone', {
      subject: 'CN=shop.example',
      names: ['shop.example'],
      issuer: "CN=R11,O=Let's Encrypt,C=US",
    })
    const { leads, coverage } = await walked([lone], 'lone')
    expect(leads).toEqual([])
    expect(coverage.blind_spots.join(' ')).toMatch(/behind a CDN.*ACME/)
  })

  it('tells of seeds that the store does not have', async () => {
    const { unknown_seeds, coverage } = await walked([], 'nobody')
    expect(unknown_seeds).toEqual([idOf('nobody')])
    expect(coverage.blind_spots.join(' ')).toContain('not in this store')
  })

  it('tells of a certificate of which only a hash is known', async () => {
    const bare: UngroupedCertificate = { ...saying('bare'), values: [] }
    expect((await walked([bare], 'bare')).coverage.blind_spots.join(' ')).toContain('only a hash is known')
  })
})

describe('platforms and tools', () => {
  it('the default certificate of a host leads to its pool only', async () => {
    const customer = (at: number): Saying => ({
      subject: 'O=DreamHost, CN=sni.dreamhost.com',
      spki_sha256: hashOf('pool'),
      not_before: 1.7e12 + at,
    })
    const { leads, related } = await walked(
      world(Object.fromEntries([1, 2, 3, 4].map(at => [`c${at}`, customer(at)]))),
      'c1',
    )
    expect(leads).toEqual([])
    expect(related.map(({ edge }) => edge.relation)).toEqual([
      'SAME_TENANT_POOL',
      'SAME_TENANT_POOL',
      'SAME_TENANT_POOL',
    ])
  })

  it('nothing is found through a certificate that only a tool relates', async () => {
    const certificates = world({
      seed: { subject: 'CN=AsyncRAT Server' },
      other: { subject: 'CN=AsyncRAT Server', spki_sha256: hashOf('theirs') },
      beyond: { spki_sha256: hashOf('theirs') },
    })
    const { leads, related } = await walked(certificates, 'seed')
    expect(leads).toEqual([])
    expect(related.map(({ certificate, edge }) => [certificate.certificate_id, edge.relation])).toEqual([
      [idOf('other'), 'SAME_TOOLING'],
    ])
  })
})

/** Small worlds in which everything collides: few keys, names, domains, addresses, tools and hosts. */
const certificate = fc.record({
  key: fc.nat(5),
  subject: fc.constantFrom(
    '',
    'CN=AsyncRAT Server',
    'O=Acme Co',
    'CN=sni.dreamhost.com',
    'C=AU, ST=Some-State, O=Internet Widgits Pty Ltd',
    'CN=odd one',
    'O=Odd, CN=two',
    'CN=www.a.example',
  ),
  issuer: fc.option(fc.constantFrom("O=Let's Encrypt, CN=R11", 'CN=Company CA', 'CN=operators'), { nil: undefined }),
  names: fc.uniqueArray(fc.constantFrom('a.example', 'b.example', 'c.example', 'x.cloudflaressl.com', '10.0.0.1'), {
    maxLength: 4,
  }),
  not_before: fc.constantFrom(1_700_000_001_000, 1_700_000_002_000, 1_699_920_000_000),
  serial: fc.constantFrom('01', '08BB00EE', undefined),
  address: fc.option(fc.nat(3), { nil: undefined }),
})

const worlds = fc.array(certificate, { minLength: 1, maxLength: 12 }).map(all => ({
  certificates: all.map(({ key, issuer, serial, address: _, ...rest }, at) =>
    saying(`w${at}`, {
      ...rest,
      spki_sha256: hashOf(`key ${key}`),
      ...(issuer === undefined ? {} : { issuer }),
      ...(serial === undefined ? {} : { serial }),
    }),
  ),
  hosts: all.flatMap(({ address }, at) => (address === undefined ? [] : [metAt(`w${at}`, `192.0.2.${address}`)])),
}))

const runs = { seed: 4, numRuns: 300 }

describe('in any world', () => {
  it('everything found is a lead and nothing else (I1), and every answer has its coverage (I4)', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async ({ certificates, hosts }) => {
        const result = await walked(certificates, 'w0', hosts)
        for (const { status, confidence } of [...result.leads, ...result.related]) {
          expect(status).toBe('lead')
          expect(confidence).toBeGreaterThanOrEqual(defaultSettings.band_weak)
          expect(confidence).toBeLessThanOrEqual(1)
        }
        for (const { status } of [...result.seeds, ...result.leads].flatMap(({ hosts: at }) => at))
          expect(status).toBe('lead')
        expect(result.coverage.snapshot.certificates).toBe(certificates.length)
        expect(result.coverage.blind_spots.length).toBeGreaterThan(0)
      }),
      runs,
    )
  })

  it('every path goes through relations that speak for one operator, and never through a seed or itself (I3)', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async ({ certificates, hosts }) => {
        const { leads, related } = await walked(certificates, 'w0', hosts)
        const reached = new Map(leads.map(lead => [lead.certificate.certificate_id, lead]))
        for (const { path, edge } of [...leads, ...related]) {
          expect(new Set(path).size).toBe(path.length)
          expect(path[0]).toBe(idOf('w0'))
          expect(edge.from).toBe(path.at(-2))
          for (const between of path.slice(1, -1)) expect(reached.has(between)).toBe(true)
        }
        for (const { edge } of leads) expect(operatorRelations.has(edge.relation)).toBe(true)
        for (const { edge } of related) expect(operatorRelations.has(edge.relation)).toBe(false)
      }),
      runs,
    )
  })

  it('every confidence can be made again from what the edge stores (I5)', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async ({ certificates, hosts }) => {
        const { leads, related, seeds } = await walked(certificates, 'w0', hosts)
        const edges = [...leads, ...related].map(({ edge }) => edge)
        for (const edge of [...edges, ...[...seeds, ...leads].flatMap(one => one.hosts.map(host => host.edge))]) {
          const stored = JSON.parse(JSON.stringify(edge)) as typeof edge // an edge is plain data
          const again = recompute(stored)
          expect(Math.abs(again.confidence - edge.confidence)).toBeLessThan(1e-9)
          expect(Math.abs(again.operator_confidence - edge.operator_confidence)).toBeLessThan(1e-9)
          for (const one of edge.contributions) expect(one.result).toBeLessThanOrEqual(one.reliability + 1e-12)
          expect(edge.explanation).toMatch(/\.$/)
        }
      }),
      runs,
    )
  })

  it('the answer is the same in whatever order the certificates come', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async ({ certificates, hosts }) => {
        const once = await walked(certificates, 'w0', hosts)
        expect(await walked(certificates.toReversed(), 'w0', hosts.toReversed())).toEqual(once)
      }),
      { ...runs, numRuns: 100 },
    )
  })

  it('what a tool wrote alone never makes an operator', async () => {
    const tools = [
      'CN=AsyncRAT Server',
      'CN=DcRat',
      'O=Mythic',
      'O=Acme Co',
      'CN=TRAEFIK DEFAULT CERT',
      'CN=sni.dreamhost.com',
    ]
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(tools.length - 1), { minLength: 2, maxLength: 10 }), async picks => {
        const certificates = picks.map((at, nth) =>
          saying(`t${nth}`, { subject: tools[at] ?? '', not_before: 1_700_000_001_000 + at * 7000 }),
        )
        const { leads } = await walked(certificates, 't0')
        expect(leads).toEqual([])
      }),
      runs,
    )
  })
})
