import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { scoreOf } from '../model/index.ts'
import { correlate } from './case.ts'
import { correlationFile } from './definition.ts'
import type { Join, Observation } from './observation.ts'

const shipped = new URL('../../analytics/an1246/correlation.yaml', import.meta.url)
const correlation = correlationFile.parse(parse(readFileSync(shipped, 'utf8')))
const history = { hosts: 3, days: 2 }
const classes = Object.keys(correlation.classes)

/** Observed so many minutes after ten. */
function seen(
  name: string,
  minutes: number,
  joins: readonly Join[] = [],
  more: Partial<Observation> & { points?: number; standalone?: string; decides?: boolean } = {},
): Observation {
  const { points = 40, standalone, decides, ...rest } = more
  const at = new Date(Date.UTC(2026, 0, 5, 10, minutes)).toISOString().replace('Z', '000Z')
  return {
    key: `windows-trust/${name}|${minutes}|${joins.map(({ value }) => value).join()}`,
    detection_id: `windows-trust/${name}`,
    class: name,
    host: 'ws-1',
    object: `${name} ${minutes}`,
    summary: name,
    signals: [{ signal: `${name}_signal`, points, because: 'it happened', standalone, decides_trust: decides }],
    joins,
    first_seen: at,
    last_seen: at,
    lasts: 'event',
    event_count: 1,
    evidence: [],
    entities: [],
    techniques: [],
    would_change: [],
    ...rest,
  }
}

const process = (value: string): Join => ({ kind: 'process', value })
const file = (value: string): Join => ({ kind: 'file', value })
const user = (value: string): Join => ({ kind: 'user', value })
const casesOf = (...observations: Observation[]) => correlate(correlation, observations, history).cases
const verdicts = (...observations: Observation[]) => casesOf(...observations).map(({ verdict }) => verdict)

it('one class alone is at most for review, however much of it there is', () => {
  const many = Array.from({ length: 40 }, (_, nth) => seen('certificate_store', nth, [process('a')]))
  expect(casesOf(...many).map(({ verdict, score }) => [verdict, score])).toEqual([['review', 60]])
})

it('a rule that one observation is enough for alerts', () => {
  expect(verdicts(seen('trust_provider', 0, [], { points: 30, standalone: 'A1' }))).toEqual(['alert'])
})

it('two classes in one process are an alert, three an incident', () => {
  const root = seen('certificate_store', 0, [process('a')])
  const load = seen('module_load', 1, [process('a')])
  const program = seen('signing_state', 2, [process('a')])
  expect(verdicts(root, load)).toEqual(['alert'])
  expect(verdicts(root, load, program)).toEqual(['incident'])
})

it('whoever decides trust needs only one other class for an incident', () => {
  const slot = seen('trust_provider', 0, [file('c:/temp/a.dll')], { decides: true, lasts: 'state' })
  const load = seen('module_load', 50_000, [file('c:/temp/a.dll')], { points: 10 })
  expect(verdicts(slot, load)).toEqual(['incident'])
})

it('a state is joined as long as it lasts, and not after it ended', () => {
  const slot = seen('trust_provider', 0, [file('c:/temp/a.dll')], { lasts: 'state' })
  const load = seen('module_load', 50_000, [file('c:/temp/a.dll')])
  expect(casesOf(slot, load)).toHaveLength(1)
  expect(casesOf({ ...slot, ended: '2026-01-05T11:00:00.000000Z' }, load)).toHaveLength(2)
})

it('a certificate is joined for thirty days after it went', () => {
  const joins = [{ kind: 'certificate', value: 'ab' }]
  const ended = '2026-01-05T11:00:00.000000Z'
  const root = seen('certificate_store', 0, joins, { lasts: 'state', ended })
  expect(casesOf(root, seen('signing_state', 60 * 24 * 29, joins))).toHaveLength(1)
  expect(casesOf(root, seen('signing_state', 60 * 24 * 32, joins))).toHaveLength(2)
})

it('events a day apart are joined where one is persistence', () => {
  const load = seen('module_load', 0, [file('c:/temp/a.dll')])
  expect(casesOf(load, seen('persistence', 60 * 20, [file('c:/temp/a.dll')]))).toHaveLength(1)
  expect(casesOf(load, seen('signing_state', 60 * 20, [file('c:/temp/a.dll')]))).toHaveLength(2)
})

it('persistence counts for nothing alone, and is told as such', () => {
  const { cases, withoutCompany } = correlate(correlation, [seen('persistence', 0)], history)
  expect([cases.length, withoutCompany.length]).toEqual([0, 1])
})

it('the same user joins only where three classes come together within a quarter of an hour', () => {
  const three = [seen('certificate_store', 0), seen('module_load', 5), seen('signing_state', 10)]
  const by = (name: string) => three.map(one => ({ ...one, joins: [user(name)] }))
  expect(casesOf(...by('s-1-5-21-1'))).toHaveLength(1)
  expect(casesOf(...by('s-1-5-18'))).toHaveLength(3)
  expect(casesOf(...by('s-1-5-21-1').slice(1))).toHaveLength(2)
})

it('quarters of an hour that overlap are one case, and one that lies apart is not', () => {
  const at = (minutes: number, name: string) => seen(name, minutes, [user('s-1-5-21-1')])
  const first = [at(0, 'certificate_store'), at(10, 'module_load'), at(14, 'signing_state')]
  const next = [at(20, 'certificate_store'), at(24, 'trust_provider')]
  const apart = [at(60, 'module_load'), at(61, 'signing_state')]
  const sizes = casesOf(...first, ...next, ...apart).map(({ observations }) => observations.length)
  expect(sizes.sort()).toEqual([1, 1, 5])
})

it('two hundred things that one administrator did are no case', () => {
  const busy = Array.from({ length: 200 }, (_, nth) =>
    seen(classes[nth % 2] ?? '', nth * 3, [user('s-1-5-21-1'), process(`p${nth}`)], { points: 10 }),
  )
  expect(new Set(verdicts(...busy))).toEqual(new Set(['informational']))
})

it('hosts are apart, whatever they share', () => {
  const here = seen('certificate_store', 0, [process('a')])
  expect(casesOf(here, { ...seen('module_load', 0, [process('a')]), host: 'ws-2' })).toHaveLength(2)
})

it('a case keeps its name when more is learned about it', () => {
  const root = seen('certificate_store', 0, [process('a')])
  const [alone] = casesOf(root)
  const [later] = casesOf(seen('module_load', 1, [process('a')]), root)
  expect(later?.key).toBe(alone?.key)
})

it('what is rare is not judged while there are too few hosts', () => {
  const [few] = casesOf(seen('certificate_store', 0))
  const [many] = correlate(correlation, [seen('certificate_store', 0)], { hosts: 50, days: 90 }).cases
  expect([few?.score, few?.rarest, many?.score, many?.rarest]).toEqual([40, undefined, 52, 1])
})

const anything = fc
  .array(
    fc.record({
      name: fc.constantFrom(...classes),
      minutes: fc.integer({ min: 0, max: 5_000 }),
      values: fc.array(fc.tuple(fc.constantFrom('process', 'file', 'user', 'logon'), fc.constantFrom('a', 'b', 'c')), {
        maxLength: 3,
      }),
      points: fc.integer({ min: 0, max: 60 }),
      host: fc.constantFrom('ws-1', 'ws-2'),
      lasts: fc.constantFrom('event' as const, 'state' as const),
      standalone: fc.constantFrom(undefined, 'A1', 'A11'),
    }),
    { maxLength: 30 },
  )
  .map(all =>
    all.map(({ name, minutes, values, standalone, ...more }, nth) => {
      const joins = values.map(([kind, value]) => ({ kind, value }))
      const rule = standalone === undefined ? {} : { standalone }
      return { ...seen(name, minutes, joins, { ...more, ...rule }), key: `${nth}` }
    }),
  )

it('a score is the sum of its contributions', () => {
  fc.assert(
    fc.property(anything, observations => {
      for (const one of casesOf(...observations)) expect(one.score).toBe(scoreOf(one.contributions))
    }),
  )
})

it('the order in which evidence arrives changes nothing', () => {
  fc.assert(
    fc.property(anything, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (observations, numbers) => {
      const shuffled = observations
        .map(one => ({ one, place: numbers.next().value ?? 0 }))
        .sort((a, b) => a.place - b.place)
        .map(({ one }) => one)
      expect(casesOf(...shuffled)).toEqual(casesOf(...observations))
    }),
  )
})

it('every observation is in one case, in all it stands beside, or told to be without company', () => {
  fc.assert(
    fc.property(anything, observations => {
      const { cases, withoutCompany } = correlate(correlation, observations, history)
      const told = [...cases.flatMap(one => one.observations), ...withoutCompany].map(({ key }) => key)
      const beside = observations.filter(one => one.class === 'evidence_removed').map(({ key }) => key)
      const once = told.filter(key => !beside.includes(key))
      expect(new Set(once).size).toBe(once.length)
      const scored = observations.filter(({ signals }) => signals.some(({ points }) => points > 0))
      expect(scored.filter(({ key }) => !told.includes(key))).toEqual([])
    }),
  )
})

it('a log that was cleared belongs to every change of trust of its host within a day, and alone to none', () => {
  const cleared = seen('evidence_removed', 60, [], { points: 15, standalone: 'A10' })
  const root = seen('certificate_store', 0)
  const slot = seen('trust_provider', 120)
  expect(casesOf(root, slot, cleared).map(one => [one.verdict, one.classes, one.observations.length])).toEqual([
    ['alert', ['certificate_store'], 2],
    ['alert', ['trust_provider'], 2],
  ])
  const alone = correlate(correlation, [cleared], history)
  expect([alone.cases, alone.withoutCompany]).toEqual([[], [cleared]])
})

it('a log that was cleared is beside nothing on another host, two days later, or next to what weighs little', () => {
  const cleared = seen('evidence_removed', 60, [], { points: 15, standalone: 'A10' })
  expect(verdicts(seen('certificate_store', 0, [], { host: 'ws-2' }), cleared)).toEqual(['review'])
  expect(verdicts(seen('certificate_store', 60 + 1441), cleared)).toEqual(['review'])
  expect(verdicts(seen('certificate_store', 0, [], { points: 10 }), cleared)).toEqual(['informational'])
  expect(verdicts(seen('module_load', 0), cleared)).toEqual(['review'])
})
