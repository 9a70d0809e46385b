import { describe, expect, it } from 'vitest'
import { factsSaying, hashOf, idOf, metAt, type Saying, saying } from '../../test/pivot-certificates.ts'
import { shippedRuleEntries } from '../../test/pivot-rules.ts'
import { type Edge, operatorRelations } from './edge.ts'
import { factsFromDescription } from './facts-from-description.ts'
import { hostLeads } from './host-edges.ts'
import { ungroupedCertificate } from './indexed-certificate.ts'
import { sideOf } from './pair.ts'
import { valueKey } from './pivot.ts'
import type { HostSighting, IndexedCertificate, LearnedSuppression, ValueFrequency } from './pivot-index.ts'
import { recompute, type Scoring, scoreEdge } from './score.ts'
import { type Settings, settingsWith } from './settings.ts'
import { compileRules } from './suppression.ts'

const rules = compileRules(shippedRuleEntries(), new Date('2026-11-23T00:00:00Z'))
const snapshot = {
  id: 'S1',
  made_at: '2026-11-22T00:00:00Z',
  certificates: 5_000_000,
  owners: 1_000_000,
  arrived_since: 0,
}

/** Tests tell scores as §3.2 computes them. */
const uncalibrated = settingsWith({ calibration: [] })

type World = {
  readonly settings?: Settings
  readonly frequencies?: readonly ValueFrequency[]
  readonly learned?: readonly LearnedSuppression[]
  readonly owners?: number
  readonly hosts?: readonly HostSighting[]
  readonly claims?: Scoring['claims']
  readonly places?: Scoring['places']
}

function scoringOf({
  settings = uncalibrated,
  frequencies = [],
  learned = [],
  owners = snapshot.owners,
  claims = new Map(),
  places = new Map(),
}: World): Scoring {
  return {
    rules,
    settings,
    snapshot: { ...snapshot, owners },
    frequencies: new Map(frequencies.map(one => [valueKey(one), one])),
    learned: new Map(learned.map(one => [valueKey(one), one])),
    claims,
    places,
  }
}

function indexed(label: string, what: Saying): IndexedCertificate {
  const certificate = saying(label, what)
  return { ...certificate, owner_group: certificate.owner }
}

function edgeBetween(one: Saying, other: Saying, world: World = {}): Edge {
  const { hosts = [] } = world
  const side = (label: string, what: Saying) =>
    sideOf(
      indexed(label, what),
      rules,
      hosts.filter(({ certificate_id }) => certificate_id === idOf(label)),
    )
  const edge = scoreEdge(side('one', one), side('other', other), scoringOf(world))
  const again = recompute(edge)
  expect(again.confidence).toBeCloseTo(edge.confidence, 12)
  expect(again.operator_confidence).toBeCloseTo(edge.operator_confidence, 12)
  return edge
}

const shared = (attribute: string, value: string, owners: number): ValueFrequency => ({
  attribute,
  value,
  owners,
  issuances: owners,
  certificates: owners,
})

const key = 'ab'.repeat(32)
const publicIssuer = "CN=R11,O=Let's Encrypt,C=US"

describe('evidence', () => {
  it('the same key alone is worth its reliability, and is told as such', () => {
    const edge = edgeBetween({ spki_sha256: key }, { spki_sha256: key })
    expect(edge.relation).toBe('SAME_KEY')
    expect(edge.confidence).toBeCloseTo(0.92, 12)
    expect(edge.explanation).toMatch(/^Same public key .*\(2 owner groups\) in snapshot S1/)
    expect(edge.contributions[0]).toMatchObject({
      attribute: 'spki_sha256',
      reliability: 0.92,
      counted: true,
      owners: 2,
    })
  })

  it('groups join by noisy-OR, and inside a group only the strongest counts', () => {
    const both: Saying = { spki_sha256: key, key_sha256: key, subject: 'CN=oddly named, O=thing' }
    const edge = edgeBetween(both, both)
    expect(edge.confidence).toBeCloseTo(1 - (1 - 0.92) * (1 - 0.75), 12)
    const counted = edge.contributions
      .filter(one => one.counted && one.counts_for === 'operator')
      .map(one => one.attribute)
    expect(counted.filter(name => ['subject', 'subject_cn', 'subject_o'].includes(name))).toEqual(['subject'])
  })

  it('the more owner groups share a value, the less it is worth', () => {
    const worth = (owners: number) =>
      edgeBetween({ spki_sha256: key }, { spki_sha256: key }, { frequencies: [shared('spki_sha256', key, owners)] })
        .operator_confidence
    expect([30, 31, 120, 121, 1000, 1001].map(worth).map(one => Math.round(one * 1000) / 1000)).toEqual([
      0.92, 0.736, 0.736, 0.184, 0.184, 0.018,
    ])
  })

  it('a thin snapshot takes a fifth, and the edge says so', () => {
    const edge = edgeBetween({ spki_sha256: key }, { spki_sha256: key }, { owners: 99_999 })
    expect(edge.confidence).toBeCloseTo(0.92 * 0.8, 12)
    expect(edge.df_uncertain).toBe(true)
  })

  it('is never certain', () => {
    const both: Saying = { spki_sha256: key, subject: 'CN=x y', names: ['shop.example', '10.1.2.3'] }
    expect(edgeBetween(both, both).confidence).toBe(0.99)
  })

  it('shapes, times and TLS together never make a lead', () => {
    const both: Saying = {
      not_before: 1_700_000_001_000,
      not_after: 1_800_000_001_000,
      jarm: ['1'.repeat(62)],
      problems: ['x509/version'],
      ja4x: 'x',
    }
    const edge = edgeBetween(both, both, {
      settings: settingsWith({ calibration: [], reliability: { jarm: 0.9, anomalies: 0.9 } }),
    })
    expect(edge.operator_confidence).toBe(0.5)
  })

  it('tells what would be left without each counted value', () => {
    const both: Saying = { spki_sha256: key, subject: 'CN=oddly named, O=thing' }
    const [first] = edgeBetween(both, both).counterfactuals
    expect(first?.attribute).toBe('spki_sha256')
    expect(first?.operator_confidence).toBeCloseTo(0.75, 12)
  })

  it('is the same from either side', () => {
    const one: Saying = { spki_sha256: key, names: ['a.example.com', 'b.example.net'] }
    const other: Saying = { spki_sha256: key, names: ['c.example.com'] }
    expect(edgeBetween(one, other).confidence).toBeCloseTo(edgeBetween(other, one).confidence, 12)
  })
})

describe('context', () => {
  it('host names count by their overlap, and not at all in packs of forty', () => {
    const names = (count: number) => Array.from({ length: count }, (_, at) => `www.shop${at}.example`)
    const confidence = (count: number) =>
      edgeBetween({ names: names(count) }, { names: names(count) }).operator_confidence
    expect([3, 4, 9, 10, 39, 40].map(confidence).map(one => Math.round(one * 1000) / 1000)).toEqual([
      0.85, 0.425, 0.425, 0.17, 0.17, 0,
    ])
    const half = edgeBetween({ names: ['a.one.example', 'b.two.example'] }, { names: ['c.one.example'] })
    expect(half.operator_confidence).toBeCloseTo(0.425, 12)
  })

  it('what a public CA decides is worth nothing, by its name or by SCTs', () => {
    const public1: Saying = {
      issuer: publicIssuer,
      authority_key_id: 'aa',
      not_before: 1_700_000_001_000,
      policies: ['2.23.140.1.2.1'],
    }
    expect(edgeBetween(public1, public1).operator_confidence).toBe(0)
    const unlisted: Saying = { ...public1, issuer: 'O=New CA', scts: [{ log_id: 'aa'.repeat(32), timestamp: 1 }] }
    const edge = edgeBetween(unlisted, unlisted)
    expect(edge.contributions.filter(({ counts_for, result }) => counts_for === 'operator' && result > 0)).toEqual([])
    const private1 = { ...public1, issuer: 'O=Company CA', policies: [] }
    expect(edgeBetween(private1, private1).operator_confidence).toBeGreaterThan(0.6)
    expect(edgeBetween(private1, { ...private1, policies: ['2.23.140.1.2.1'] }).operator_confidence).toBeLessThan(0.5)
    const subordinate = { ...private1, is_ca: true }
    expect(edgeBetween(subordinate, subordinate).operator_confidence).toBeLessThan(0.6)
  })

  it('what every network, test and tutorial has is worth nothing', () => {
    const same = (what: Saying) => edgeBetween(what, what).operator_confidence
    const ip = (value: string): Saying => ({ names: [value] })
    for (const local of ['192.168.0.1', '10.1.2.3', '127.0.0.1', '::', 'fe80::1'])
      expect(same(ip(local)), local).toBe(0)
    expect(same(ip('198.51.100.7'))).toBeGreaterThan(0.5)
    const mail = (value: string): Saying => ({ subject: `CN=${value}, emailAddress=${value}` })
    const worthOf = (value: string) =>
      edgeBetween(mail(value), { ...mail(value), subject: `emailAddress=${value}` }).operator_confidence
    expect(worthOf('test@example.com')).toBe(0)
    expect(worthOf('ops@relay.io')).toBeGreaterThan(0.5)
  })

  it('a name copied from a certificate that a public CA checked is worth half', () => {
    const victim: Saying = { subject: 'C=GB, O=Bank plc, CN=secure', issuer: publicIssuer }
    const mimic: Saying = { subject: 'C=GB, O=Bank plc, CN=secure' }
    expect(edgeBetween(victim, mimic).operator_confidence).toBeLessThan(0.35)
    const poisoned = edgeBetween(
      { names: ['victim.example'], issuer: publicIssuer, subject: 'CN=victim.example' },
      { names: ['victim.example'], subject: 'CN=my own ca' },
    )
    expect(poisoned.operator_confidence).toBeCloseTo(0.425, 12)
  })

  it('a key identifier whose keys differ was forged', () => {
    expect(edgeBetween({ subject_key_id: 'aa' }, { subject_key_id: 'aa' }).operator_confidence).toBeCloseTo(0.085, 12)
    const described = {
      ...indexed('z', {}),
      ...ungroupedCertificate(factsFromDescription({ subject_key_id: 'aa', sha1: 'b'.repeat(40) }), 'z'),
    }
    const edge = scoreEdge(
      sideOf(indexed('y', { subject_key_id: 'aa' }), rules),
      sideOf(described, rules),
      scoringOf({}),
    )
    expect(edge.operator_confidence).toBeCloseTo(0.85, 12)
  })

  it('a common name that is a host name of both does not count twice', () => {
    const both: Saying = { subject: 'CN=www.shop.example', names: ['www.shop.example'] }
    expect(edgeBetween(both, both).operator_confidence).toBeCloseTo(0.85, 12)
  })

  it('an exact second counts less, the more likely it is by chance, and a round one not at all', () => {
    const at = (text: string) => ({ not_before: Date.parse(text) })
    const exact = edgeBetween(at('2026-03-01T10:11:12Z'), at('2026-03-01T10:11:12Z')).operator_confidence
    expect(exact).toBeGreaterThan(0.3)
    expect(exact).toBeLessThan(0.35)
    expect(edgeBetween(at('2026-03-01T00:00:00Z'), at('2026-03-01T00:00:00Z')).operator_confidence).toBeLessThan(1e-6)
    const sentinel: Saying = { not_after: 253_402_300_799_000 }
    expect(edgeBetween(sentinel, sentinel).operator_confidence).toBe(0)
  })

  it('a short serial number under one issuer is a habit', () => {
    const self = (serial: string): Saying => ({ subject: 'CN=lab', serial })
    const short = edgeBetween(self('01'), self('01')).contributions.find(
      ({ attribute }) => attribute === 'issuer_serial',
    )
    expect(short?.result).toBeCloseTo(0.97 * 0.4, 12)
  })

  it('a name of which every attribute is empty is worth nothing', () => {
    const empty: Saying = { subject: 'C=, ST=, O=, CN=' }
    expect(edgeBetween(empty, empty).operator_confidence).toBe(0)
    const half: Saying = { subject: 'C=, ST=, O=, CN=lab' }
    expect(edgeBetween(half, half).operator_confidence).toBeCloseTo(0.75, 12)
  })

  it('an address counts by the time between', () => {
    const hosts = (last: string) => [
      metAt('one', '192.0.2.1', '2026-01-01', '2026-02-01'),
      metAt('other', '192.0.2.1', last),
    ]
    expect(edgeBetween({}, {}, { hosts: hosts('2026-01-15') }).operator_confidence).toBeCloseTo(0.7, 12)
    expect(edgeBetween({}, {}, { hosts: hosts('2026-03-03') }).operator_confidence).toBeCloseTo(0.7 * 0.4 * 0.5, 12)
    expect(edgeBetween({ addresses: ['192.0.2.1'] }, { addresses: ['192.0.2.1'] }).operator_confidence).toBeCloseTo(
      0.35,
      12,
    )
  })
})

describe('names', () => {
  const named = (count: number): Saying => ({
    subject: 'CN=login.victim.example,O=Victim',
    issuer: 'CN=login.victim.example,O=Victim',
    self_issued: true,
    names: ['login.victim.example'],
    spki_sha256: hashOf(`key ${count}`),
  })
  const claims = (claimants: number, proven: number) =>
    new Map([
      [
        'victim.example',
        {
          proven: new Set(Array.from({ length: proven }, (_, at) => `issuance ${at}`)),
          claimants: new Set(Array.from({ length: claimants }, (_, at) => `key ${at}`)),
          addresses: new Set<string>(),
        },
      ],
    ])

  it('that many copied from their owner tie nobody together', () => {
    const alone = edgeBetween(named(1), named(2)).operator_confidence
    expect(edgeBetween(named(1), named(2), { claims: claims(9, 0) }).operator_confidence).toBe(alone)
    expect(edgeBetween(named(1), named(2), { claims: claims(3, 2) }).operator_confidence).toBe(alone)
    const copied = edgeBetween(named(1), named(2), { claims: claims(4, 2) })
    expect(copied.operator_confidence).toBeLessThan(0.35)
    expect(copied.contributions.flatMap(({ context }) => context.map(({ name }) => name))).toContain('claimed_widely')
  })
})

describe('a key', () => {
  const server = (count: number): Saying => ({
    subject: `CN=srv${count}`,
    issuer: `CN=srv${count}`,
    self_issued: true,
    spki_sha256: hashOf('one key for all'),
  })
  const metAtAddresses = (addresses: readonly string[]) => {
    const value = { attribute: 'spki_sha256', value: hashOf('one key for all') }
    return edgeBetween(server(1), server(2), { places: new Map([[valueKey(value), new Set(addresses)]]) })
  }

  it('that machine beside machine serves is that of a host, and tells of no operator', () => {
    const beside = Array.from({ length: 45 }, (_, at) => `198.51.100.${at}`)
    const edge = metAtAddresses(beside)
    const key = edge.contributions.find(({ attribute }) => attribute === 'spki_sha256')
    expect(key?.context).toMatchObject([{ name: 'addresses' }, { name: 'dense' }])
    expect(edge.operator_confidence).toBeLessThan(0.35)
  })

  it('counts fully where it was met on the few machines that an operator has, or in many networks', () => {
    const few = Array.from({ length: 10 }, (_, at) => `198.51.100.${at}`)
    const spread = Array.from({ length: 10 }, (_, at) => `198.${at}.100.1`)
    for (const addresses of [few, spread]) {
      const [key] = metAtAddresses(addresses).contributions
      expect(key).toMatchObject({ attribute: 'spki_sha256', context: [] })
    }
  })
})

describe('platforms', () => {
  it('the default certificates of a host make a pool, and nothing for one operator', () => {
    const both: Saying = {
      subject: 'O=DreamHost, CN=sni.dreamhost.com',
      spki_sha256: key,
      not_before: 1_700_000_001_000,
    }
    const edge = edgeBetween(both, both)
    expect(edge.relation).toBe('SAME_TENANT_POOL')
    expect(edge.operator_confidence).toBe(0)
    expect(edge.suppressions.map(({ id }) => id)).toEqual(['dreamhost-pool'])
    expect(edge.explanation).toContain('dreamhost-pool')
  })

  it('devices of one maker are one product, whatever else they share', () => {
    const both: Saying = { subject: 'O=Fortinet, OU=FortiGate, CN=FGT60D', spki_sha256: key, subject_key_id: 'aa' }
    expect(edgeBetween(both, both)).toMatchObject({ relation: 'SAME_PRODUCT', operator_confidence: 0 })
  })

  it('behind one CDN the edge explains its own names and keys, but not the customer’s domain', () => {
    const edge1: Saying = {
      names: ['sni.cloudflaressl.com', 'shop.example'],
      issuer: publicIssuer,
      subject: 'CN=sni.cloudflaressl.com',
      spki_sha256: key,
    }
    const same = edgeBetween(edge1, edge1)
    expect(same.contributions.find(({ attribute }) => attribute === 'spki_sha256')?.counts_for).toBe('platform')
    expect(same.contributions.find(one => one.value === 'cloudflaressl.com')?.counts_for).toBe('platform')
    expect(same.contributions.find(one => one.attribute === 'apex' && one.value === 'shop.example')?.counts_for).toBe(
      'operator',
    )
    const other = edgeBetween(edge1, { ...edge1, names: ['sni.cloudflaressl.com', 'other.example'] })
    expect(other).toMatchObject({ relation: 'SAME_PLATFORM' })
    expect(other.operator_confidence).toBeLessThan(0.35)
  })

  it('a library’s default explains itself, and leaves what somebody typed beside it', () => {
    const plain: Saying = { subject: 'C=AU, ST=Some-State, O=Internet Widgits Pty Ltd' }
    expect(edgeBetween(plain, plain)).toMatchObject({ relation: 'SAME_PLATFORM', operator_confidence: 0 })
    const typed: Saying = { subject: 'C=AU, ST=Some-State, O=Internet Widgits Pty Ltd, CN=update relay seven' }
    expect(edgeBetween(typed, typed).relation).toBe('SAME_OPERATOR_CANDIDATE')
    const keyed: Saying = { ...plain, spki_sha256: key }
    expect(edgeBetween(keyed, keyed).relation).toBe('SAME_KEY')
  })

  it('what was learned counts like what is listed, and is named', () => {
    const learned: LearnedSuppression = {
      attribute: 'subject_o',
      value: 'hoster default',
      snapshot: 'S1',
      action: 'pool',
      because: '400 owner groups share it.',
      features: {},
      learned_at: '2026-11-22T00:00:00Z',
      expires: '2027-02-20',
    }
    const both: Saying = { subject: 'O=Hoster Default' }
    const subject = { ...learned, attribute: 'subject', value: 'o=hoster default' }
    const edge = edgeBetween(both, both, { learned: [learned, subject] })
    expect(edge).toMatchObject({ relation: 'SAME_TENANT_POOL', operator_confidence: 0 })
    expect(edge.suppressions.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['learned:subject_o', 'learned:subject']),
    )
  })
})

describe('tools', () => {
  it('Acme Co: DeimosC2, ingress-nginx and everybody with the Go example make no operator', () => {
    const pack: readonly Saying[] = [
      { subject: 'O=Acme Co', key_algorithm: 'ec', key_curve: 'P-256' },
      { subject: 'O=Acme Co', key_algorithm: 'rsa', key_bits: 2048 },
      { subject: 'O=Acme Co, CN=Kubernetes Ingress Controller Fake Certificate', key_algorithm: 'rsa', key_bits: 2048 },
    ]
    const times = { not_before: 1_700_000_001_000, not_after: 1_731_536_001_000 }
    for (const one of pack)
      for (const other of pack) {
        const edge = edgeBetween({ ...one, ...times }, { ...other, ...times })
        expect(operatorRelations.has(edge.relation) && edge.confidence >= 0.35, edge.explanation).toBe(false)
      }
  })

  it('one tool is one tool, however sure it is', () => {
    const rat: Saying = { subject: 'CN=AsyncRAT Server', not_after: 253_402_300_799_000, not_before: 1_700_000_001_000 }
    const edge = edgeBetween(rat, rat)
    expect(edge).toMatchObject({ relation: 'SAME_TOOLING', confidence: 0.95, operator_confidence: 0 })
    expect(edge.explanation).toContain('AsyncRAT')
  })

  it('a key of one’s own still joins two servers of a tool', () => {
    const rat: Saying = { subject: 'CN=AsyncRAT Server', spki_sha256: key }
    expect(edgeBetween(rat, rat)).toMatchObject({ relation: 'SAME_KEY', operator_confidence: 0.92 })
  })

  it('the key that a tool brings along joins nobody', () => {
    const strike: Saying = { serial: '08BB00EE', subject: 'C=, ST=, L=, O=, OU=, CN=', spki_sha256: key }
    expect(edgeBetween(strike, strike)).toMatchObject({ relation: 'SAME_TOOLING', operator_confidence: 0 })
  })
})

describe('addresses of a certificate', () => {
  const hosts = (count: number) => Array.from({ length: count }, (_, at) => metAt('one', `192.0.2.${at}`))
  const leads = (what: Saying, count: number) =>
    hostLeads(sideOf(indexed('one', what), rules, hosts(count)), 0.5, scoringOf({}))

  it('have the confidence of the certificate times that of being the same', () => {
    const [lead] = leads({}, 2)
    expect(lead).toMatchObject({ status: 'lead', ip: '192.0.2.0', ports: [443] })
    expect(lead?.edge.relation).toBe('SAME_ARTIFACT')
    expect(lead?.confidence).toBeCloseTo(0.5 * 0.97 * 0.3, 12)
  })

  it('say less the more there are, the closer they stand, and the more share one', () => {
    const apart = Array.from({ length: 20 }, (_, at) => metAt('one', `10.${at}.0.1`))
    const lead = (met: readonly HostSighting[], world: World = {}, what: Saying = {}) =>
      hostLeads(sideOf(indexed('one', what), rules, met), 1, scoringOf(world))[0]
    expect(lead(apart)?.edge.operator_confidence).toBeCloseTo(0.97 / 2, 12)
    expect(lead(hosts(6))?.edge.operator_confidence).toBeCloseTo((0.97 * 0.3) / 4, 12)
    expect(lead(hosts(6))?.edge.contributions[0]?.context[0]?.because).toContain('6 addresses in 1 network')
    const tenants = { frequencies: [shared('host', '192.0.2.0', 6)] }
    expect(lead([metAt('one', '192.0.2.0')], tenants)?.edge.operator_confidence).toBeCloseTo((0.97 * 0.3) / 4, 12)
    const names = Array.from({ length: 12 }, (_, at) => `site${at}.example`)
    expect(lead(hosts(2), {}, { names })?.edge.operator_confidence).toBeCloseTo(0.97 * 0.2, 12)
    expect(lead(apart.slice(0, 2), {}, { names })?.edge.operator_confidence).toBeCloseTo(0.97 * 0.95, 12)
  })

  it('mean nothing for the default certificate of a host or a tool', () => {
    expect(leads({ subject: 'CN=sni.dreamhost.com' }, 2)[0]?.edge).toMatchObject({
      relation: 'SAME_TENANT_POOL',
      operator_confidence: 0,
    })
    expect(leads({ serial: '08BB00EE' }, 2)[0]?.edge).toMatchObject({
      relation: 'SAME_TOOLING',
      operator_confidence: 0,
    })
  })
})

it('calibration maps scores to probabilities, rises, and is stored with the edge', () => {
  const settings = settingsWith({
    calibration: [
      [0.5, 0.2],
      [0.92, 0.8],
    ],
  })
  const edge = edgeBetween({ spki_sha256: key }, { spki_sha256: key }, { settings })
  expect(edge.operator_confidence).toBeCloseTo(0.8, 12)
  expect(edge.calibration).toEqual([
    [0.5, 0.2],
    [0.92, 0.8],
  ])
})

it('certificates of a description and of bytes compare alike', () => {
  const facts = factsSaying('one', { subject: 'O=Thing, CN=x y' })
  const seen = factsFromDescription({ sha1: 'c'.repeat(40), subject: 'CN=x y,O=Thing', issuer: 'CN=x y,O=Thing' })
  const side = (one: ReturnType<typeof ungroupedCertificate>) => sideOf({ ...one, owner_group: one.owner }, rules)
  const edge = scoreEdge(side(ungroupedCertificate(facts)), side(ungroupedCertificate(seen, 'seen')), scoringOf({}))
  expect(edge.operator_confidence).toBeCloseTo(0.75, 12)
})
