import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { beaconOf } from './beacon.ts'
import { assertionsOf } from './gates.ts'
import type { Family, Grade, LocalItem } from './grade.ts'
import { families, gradeOf } from './grade.ts'
import type { JudgedItem, StateFacts } from './state.ts'
import { decideState, states } from './state.ts'
import { timeClasses, timeClassOf } from './time-class.ts'

const start = Date.parse('2026-03-02T09:00:00Z')
const day = 86_400_000

const item = (change: Partial<LocalItem> = {}): LocalItem => ({
  ...{
    event_uid: 'ab'.repeat(16),
    family: 'tls',
    asset: '10.0.0.7',
    time: start,
    entity: 'c2.example',
    shares: new Set(['name']),
    packet: '',
  },
  ...change,
})

describe('the time of a contact', () => {
  const lead = {
    validity: { from: start, until: start + 90 * day },
    sighted: { from: start + 10 * day, until: start + 20 * day },
    registered: start - 30 * day,
  }
  it.each([
    ['before the domain was registered', -31, 'PRE_REGISTRATION', 0],
    ['before the certificate', -5, 'PRE_CERT', 0],
    ['while it was seen there', 15, 'IN_SIGHTING', 1],
    ['while it was valid, before anybody saw it', 5, 'IN_VALIDITY_UNSIGHTED', 0.7],
    ['a month after it was last seen', 50, 'POST_SIGHTING', 0.368],
    ['after it ran out', 95, 'POST_EXPIRY', 0.082],
  ] as const)('%s is told', (_, days, kind, weight) => {
    expect(timeClassOf(start + days * day, lead)).toMatchObject({ class: kind, weight })
  })

  it('takes clocks to be five minutes apart', () => {
    expect(timeClassOf(start - 299_000, { validity: lead.validity }).class).toBe('IN_VALIDITY_UNSIGHTED')
    expect(timeClassOf(start - 301_000, { validity: lead.validity }).class).toBe('PRE_CERT')
    expect(timeClassOf(start, {}).class).toBe('UNKNOWN_TIME')
  })

  it('counts a log that had the certificate before it became valid', () => {
    expect(timeClassOf(start - 3_600_000, { validity: lead.validity }).class).toBe('PRE_CERT')
    expect(timeClassOf(start - 3_600_000, { validity: lead.validity, logged: start - 7_200_000 }).class).toBe(
      'IN_VALIDITY_UNSIGHTED',
    )
  })

  it('is always one of the classes, with a weight from 0 to 1', () => {
    const time = fc.option(fc.integer({ min: 0, max: 4e12 }), { nil: undefined })
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4e12 }),
        time,
        time,
        time,
        time,
        time,
        (at, from, until, first, last, registered) => {
          const judged = timeClassOf(at, {
            ...(from === undefined || until === undefined
              ? {}
              : { validity: { from: Math.min(from, until), until: Math.max(from, until) } }),
            ...(first === undefined || last === undefined
              ? {}
              : { sighted: { from: Math.min(first, last), until: Math.max(first, last) } }),
            ...(registered === undefined ? {} : { registered }),
          })
          expect(timeClasses).toContain(judged.class)
          expect(judged.weight >= 0 && judged.weight <= 1).toBe(true)
        },
      ),
    )
  })
})

describe('a grade', () => {
  const facts = { is_shared: false, in_interval: true }
  it.each([
    ['a certificate that was served', ['certificate'], facts, 5],
    ['name and address in its time', ['name', 'address'], facts, 4],
    ['name and address out of its time', ['name', 'address'], { ...facts, in_interval: false }, 3],
    ['a name', ['name'], { is_shared: true, in_interval: false }, 3],
    ['an address of its own in its time', ['address'], facts, 3],
    ['an address that strangers share', ['address'], { ...facts, is_shared: true }, 1],
    ['an answer and a connection', ['answered', 'question'], facts, 2],
    ['a question', ['question'], facts, 1],
  ] as const)('of %s is as the specification has it', (_, shares, of, grade) => {
    expect(gradeOf(item({ shares: new Set(shares) }), of)).toBe(grade)
  })
})

describe('a beacon', () => {
  const hours = (count: number, every: number, jitter = 0) =>
    Array.from({ length: count }, (_, nth) => nth * every + Math.round(jitter * Math.sin(nth * 12.9898) * 1000) / 1000)
  const asked = (times: readonly number[], sizes = times.map(() => 400)) =>
    beaconOf({ times, sizes, from: 0, until: 86_400 })

  it('that comes every five minutes all day is one, with and without jitter', () => {
    expect(asked(hours(288, 300))).toMatchObject({
      score: 1,
      interval: 1,
      size: 1,
      histogram: 1,
      duration: 1,
      period: 300,
    })
    expect(asked(hours(288, 300, 45)).score).toBeGreaterThan(0.85)
  })

  it('that comes in working hours only keeps a good part of it', () => {
    const told = asked(hours(96, 300).map(time => time + 8 * 3600))
    expect(told.score).toBeGreaterThan(0.5)
    expect(told.score).toBeLessThan(0.9)
  })

  it('is nobody who reads, nobody who came three times, and nobody who knocks without end', () => {
    const reading = [0, 4, 9, 11, 700, 705, 720, 5000, 5002, 5003, 40_000, 40_010, 40_090]
    expect(
      asked(
        reading,
        reading.map((_, nth) => 200 * (nth % 5) ** 3 + 50),
      ).score,
    ).toBeLessThan(0.5)
    expect(asked([1, 2, 3])).toEqual({ score: undefined, because: 'too_few' })
    expect(asked([5, 5, 5, 5, 5])).toEqual({ score: undefined, because: 'too_few' })
    expect(asked(Array.from({ length: 90_000 }, (_, nth) => nth * 0.96))).toEqual({
      score: undefined,
      because: 'strobe',
    })
  })

  it('scores from 0 to 1, whatever the order of the connections', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 86_399 }), { minLength: 4, maxLength: 60 }), times => {
        const one = asked(times)
        const other = asked([...times].reverse())
        expect(one).toEqual(other)
        if (one.score !== undefined) expect(one.score >= 0 && one.score <= 1).toBe(true)
      }),
    )
  })
})

const judged = (
  family: Family,
  grade: Grade,
  change: Partial<LocalItem> = {},
  kind: JudgedItem['time']['class'] = 'IN_SIGHTING',
): JudgedItem => ({
  item: item({ family, ...change }),
  grade,
  time: { class: kind, weight: kind === 'IN_SIGHTING' ? 1 : 0.7, because: 'b' },
})

const facts = (change: Partial<StateFacts> = {}): StateFacts => ({
  ...{
    confidence: 0.7,
    items: [],
    is_shared: false,
    refutations: [],
    prevalence: { hosts: 1, active: 100 },
    behaviours: [],
    covered: 1,
    age_days: 3,
  },
  ...change,
})
const stateOf = (change: Partial<StateFacts>) => decideState(facts(change)).state
const two = [judged('dns', 2), judged('tls', 4)]
const beacon = { kind: 'beacon', text: 'a beacon every 300 s', evidence: ['ab'.repeat(16)] } as const

describe('the state of a lead', () => {
  it('without contact is a lead where logs are whole, unanswerable where they are not, and expires', () => {
    expect(stateOf({})).toBe('LEAD')
    expect(stateOf({ covered: 0.79 })).toBe('UNANSWERABLE')
    expect(stateOf({ age_days: 181 })).toBe('EXPIRED')
    expect(stateOf({ items: [judged('dns', 1)] })).toBe('LEAD')
  })

  it('is a candidate with one kind of telemetry, and corroborated with two of one machine', () => {
    expect(stateOf({ items: [judged('tls', 4)] })).toBe('CANDIDATE_CONTACT')
    expect(stateOf({ items: two })).toBe('CORROBORATED')
    expect(stateOf({ items: [judged('dns', 2), judged('flow', 2)] })).toBe('CANDIDATE_CONTACT')
    expect(stateOf({ items: [judged('dns', 2, { asset: '10.0.0.8' }), judged('tls', 4)] })).toBe('CANDIDATE_CONTACT')
    expect(stateOf({ items: [judged('dns', 2, { entity: 'other.example' }), judged('tls', 4)] })).toBe(
      'CANDIDATE_CONTACT',
    )
  })

  it('counts two logs of the same packets once', () => {
    const same = { packet: 'sensor-1|C1' }
    expect(stateOf({ items: [judged('flow', 3, same), judged('tls', 4, same)] })).toBe('CANDIDATE_CONTACT')
    expect(stateOf({ items: [judged('flow', 3, { packet: 'firewall|7' }), judged('tls', 4, same)] })).toBe(
      'CORROBORATED',
    )
  })

  it('asks for more where strangers share the network, or half of the house goes there', () => {
    expect(stateOf({ items: [judged('dns', 2), judged('tls', 3)], is_shared: true })).toBe('CANDIDATE_CONTACT')
    expect(stateOf({ items: two, is_shared: true })).toBe('CORROBORATED')
    expect(stateOf({ items: two, prevalence: { hosts: 6, active: 100 } })).toBe('CANDIDATE_CONTACT')
    expect(stateOf({ items: two, prevalence: { hosts: 1, active: 3 } })).toBe('CORROBORATED')
  })

  it('counts only contacts at a time at which it was the lead’s', () => {
    expect(stateOf({ items: [judged('dns', 2, {}, 'PRE_CERT'), judged('tls', 4, {}, 'PRE_CERT')] })).toBe(
      'CANDIDATE_CONTACT',
    )
    expect(stateOf({ items: [judged('dns', 2, {}, 'POST_EXPIRY'), judged('tls', 5, {}, 'POST_EXPIRY')] })).toBe(
      'CANDIDATE_CONTACT',
    )
    expect(stateOf({ items: [judged('web', 5, {}, 'POST_EXPIRY'), judged('tls', 5, {}, 'POST_EXPIRY')] })).toBe(
      'CORROBORATED',
    )
    expect(stateOf({ items: [judged('tls', 4, {}, 'PRE_REGISTRATION')] })).toBe('REFUTED')
  })

  it('is ready with a behaviour, and escalated by a person only', () => {
    expect(decideState(facts({ items: two, behaviours: [beacon] }))).toMatchObject({
      state: 'CORROBORATED',
      ready_to_escalate: true,
    })
    expect(stateOf({ items: two, behaviours: [beacon], reviewer: 'm.roth' })).toBe('ESCALATED')
    expect(stateOf({ items: two, behaviours: [beacon], reviewer: ' ' })).toBe('CORROBORATED')
    expect(
      stateOf({
        items: two,
        behaviours: [beacon],
        reviewer: 'm.roth',
        refutations: [{ kind: 'exercise', text: 'red team' }],
      }),
    ).toBe('REFUTED')
  })
})

const anyFacts: fc.Arbitrary<StateFacts> = fc
  .record({
    confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    items: fc.array(
      fc.record({
        family: fc.constantFrom(...families),
        grade: fc.constantFrom<Grade>(1, 2, 3, 4, 5),
        kind: fc.constantFrom(...timeClasses),
        asset: fc.constantFrom('a', 'b'),
        packet: fc.constantFrom('', 'x', 'y'),
      }),
      { maxLength: 5 },
    ),
    is_shared: fc.boolean(),
    refuted: fc.boolean(),
    hosts: fc.nat(10),
    behaves: fc.boolean(),
    covered: fc.double({ min: 0, max: 1, noNaN: true }),
    reviewer: fc.constantFrom(undefined, 'm.roth'),
    age_days: fc.nat(400),
  })
  .map(({ items, refuted, hosts, behaves, reviewer, ...rest }) =>
    facts({
      ...rest,
      items: items.map(({ family, grade, kind, asset, packet }) => judged(family, grade, { asset, packet }, kind)),
      refutations: refuted ? [{ kind: 'vendor', text: 'a vendor of ours' }] : [],
      prevalence: { hosts, active: 100 },
      behaviours: behaves ? [beacon] : [],
      ...(reviewer === undefined ? {} : { reviewer }),
    }),
  )

describe('of any facts', () => {
  it('no lead without a record of ours leaves LEAD but to be given up (I1)', () => {
    fc.assert(
      fc.property(anyFacts, one => {
        expect(['LEAD', 'UNANSWERABLE', 'EXPIRED', 'REFUTED']).toContain(decideState({ ...one, items: [] }).state)
      }),
    )
  })

  it('nobody is escalated without a reviewer, a behaviour and two kinds of telemetry', () => {
    fc.assert(
      fc.property(anyFacts, one => {
        const { state, because } = decideState(one)
        expect(states).toContain(state)
        expect(because.length).toBeGreaterThan(0)
        if (state !== 'ESCALATED') return
        expect(one.reviewer).toBeDefined()
        expect(one.behaviours).not.toEqual([])
        expect(new Set(one.items.map(({ item: { family } }) => family)).size).toBeGreaterThanOrEqual(2)
      }),
      { numRuns: 2000 },
    )
  })

  it('no "no contact" is said where the logs do not reach', () => {
    fc.assert(
      fc.property(anyFacts, one => {
        const { state } = decideState({ ...one, items: [], refutations: [], confidence: 0.7 })
        expect(state === 'UNANSWERABLE').toBe(one.covered < 0.8)
      }),
    )
  })
})

describe('techniques', () => {
  const all = { web: ['a'], handshakes: ['b'], identified: ['b'], behaviours: ['c'] }
  const saidOf = (change: Partial<Parameters<typeof assertionsOf>[0]>) =>
    Object.fromEntries(
      assertionsOf({ state: 'LEAD', ...all, ...change }).map(({ technique, state }) => [technique, state]),
    )

  it('of a lead are its relation outside, and nothing here (I2)', () => {
    for (const state of ['LEAD', 'CANDIDATE_CONTACT', 'UNANSWERABLE'] as const)
      expect(saidOf({ state })).toEqual({
        'T1608.003': 'relation',
        'T1071.001': 'not_assertable',
        'T1573.002': 'not_assertable',
      })
    expect(saidOf({ state: 'REFUTED' })['T1608.003']).toBe('not_assertable')
  })

  it('are web protocols with HTTP and behaviour, of a corroborated lead', () => {
    expect(saidOf({ state: 'CORROBORATED' })['T1071.001']).toBe('observed')
    expect(saidOf({ state: 'CORROBORATED', web: [] })['T1071.001']).toBe('not_assertable')
    expect(saidOf({ state: 'CORROBORATED', behaviours: [] })['T1071.001']).toBe('not_assertable')
  })

  it('are asymmetric cryptography only of an escalated one, with a server that could be told', () => {
    expect(saidOf({ state: 'ESCALATED' })['T1573.002']).toBe('observed')
    expect(saidOf({ state: 'CORROBORATED' })['T1573.002']).toBe('not_assertable')
    expect(saidOf({ state: 'ESCALATED', identified: [] })['T1573.002']).toBe('not_assertable')
    expect(saidOf({ state: 'ESCALATED', handshakes: [] })['T1573.002']).toBe('not_assertable')
  })
})
