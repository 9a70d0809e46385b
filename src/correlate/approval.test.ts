import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import type { Approval } from '../model/index.ts'
import { approval, scoreOf, urgency } from '../model/index.ts'
import { correlate } from './case.ts'
import { correlationFile } from './definition.ts'
import type { Observation } from './observation.ts'

const shipped = new URL('../../analytics/an1246/correlation.yaml', import.meta.url)
const correlation = correlationFile.parse(parse(readFileSync(shipped, 'utf8')))
const history = { hosts: 3, days: 2 }
const [sha1, otherSha1, dll, otherDll] = ['aa'.repeat(20), 'bb'.repeat(20), 'cc'.repeat(32), 'dd'.repeat(32)]

function root(
  more: Partial<Observation> & { thumbprint?: string; rule?: string | undefined; points?: number } = {},
): Observation {
  const { thumbprint = sha1, rule, points = 40, ...rest } = more
  return {
    key: `windows-trust/store-write|ws-1|${thumbprint}`,
    detection_id: 'windows-trust/store-write',
    class: 'certificate_store',
    host: 'ws-1.corp.example',
    object: thumbprint,
    summary: 'a root was written',
    signals: [{ signal: 'machine_root', points, because: 'it is one', standalone: rule }],
    joins: [{ kind: 'certificate', value: thumbprint }],
    first_seen: '2026-01-05T10:00:00.000000Z',
    last_seen: '2026-01-05T10:00:00.000000Z',
    lasts: 'state',
    event_count: 1,
    evidence: [],
    entities: [
      { kind: 'host_name', value: 'ws-1.corp.example' },
      { kind: 'certificate_sha1', value: thumbprint },
      { kind: 'process_executable', value: 'C:\\Windows\\System32\\msiexec.exe' },
    ],
    techniques: [],
    would_change: [],
    ...rest,
  }
}

function allow(more: Partial<Approval> = {}): Approval {
  return approval.parse({
    approval_id: '5b1f6c1e-0d0b-4a53-9d0e-8f2f6f3a0001',
    kind: 'change',
    ticket: 'CHG-1',
    requester: 'alice',
    approver: 'bob',
    hosts: ['WS-*.corp.example'],
    from: '2026-01-05T09:00:00.000000Z',
    until: '2026-01-05T12:00:00.000000Z',
    expires: '2026-06-01T00:00:00.000000Z',
    object: { certificate_sha1: [sha1] },
    ...more,
  })
}

const now = '2026-01-06T00:00:00.000000Z'
function verdictsWith(observations: readonly Observation[], approvals: readonly Approval[], at = now) {
  return correlate(correlation, observations, history, { approvals, now: at }).cases.map(one => ({
    verdict: one.verdict,
    score: one.score,
    matches: one.consulted.matches.map(({ match }) => match),
    would_be: one.unapproved?.verdict,
  }))
}

it('what was approved exactly is approved, keeps its score, and says what it would have been', () => {
  expect(verdictsWith([root({ rule: 'A11' })], [allow({ writers: ['*\\msiexec.exe'] })])).toEqual([
    { verdict: 'approved', score: 40, matches: ['exact'], would_be: 'alert' },
  ])
})

it('another certificate in the window of an approval is worse than one that nobody asked for', () => {
  expect(verdictsWith([root({ thumbprint: otherSha1 })], [allow()])).toEqual([
    { verdict: 'review', score: 55, matches: ['partial'], would_be: undefined },
  ])
})

it.each([
  ['on another host', root({ host: 'srv-1.corp.example' }), allow()],
  ['after the window', root({ first_seen: '2026-01-05T12:00:00.000001Z' }), allow()],
  ['by another program', root(), allow({ writers: ['C:\\Windows\\System32\\svchost.exe'] })],
  [
    'by a program that nobody told',
    root({ entities: [{ kind: 'certificate_sha1', value: sha1 }] }),
    allow({ writers: ['*'] }),
  ],
])('the right certificate %s is nearly what was approved', (_, observation, one) => {
  expect(verdictsWith([observation], [one])).toMatchObject([{ score: 55, matches: ['partial'] }])
})

it('neither another matter in the same window nor another certificate elsewhere has to do with an approval', () => {
  expect(verdictsWith([root({ thumbprint: otherSha1, host: 'srv-1' })], [allow()])).toMatchObject([{ matches: [] }])
  const setting = allow({ object: { registry_path: ['hklm/a'], registry_data: ['0'] } })
  const other = root({
    entities: [
      { kind: 'registry_path', value: 'hklm/b' },
      { kind: 'registry_data', value: '1' },
    ],
  })
  expect(verdictsWith([other], [setting])).toMatchObject([{ matches: [] }])
  const data = root({
    entities: [
      { kind: 'registry_path', value: 'hklm/a' },
      { kind: 'registry_data', value: '1' },
    ],
  })
  expect(verdictsWith([data], [setting])).toMatchObject([{ matches: ['partial'] }])
})

it('what expired approves nothing', () => {
  expect(verdictsWith([root()], [allow()], '2026-06-01T00:00:00.000000Z')).toEqual([
    { verdict: 'review', score: 40, matches: ['expired'], would_be: undefined },
  ])
})

it('a certificate approved by both hashes is known by either', () => {
  const both = { certificate_sha1: [sha1], certificate_sha256: ['ee'.repeat(32)] }
  expect(verdictsWith([root()], [allow({ object: both })])).toMatchObject([{ verdict: 'approved' }])
  const sha256Only = allow({ object: { certificate_sha256: ['ee'.repeat(32)] } })
  expect(verdictsWith([root()], [sha256Only])).toMatchObject([{ verdict: 'review', matches: [] }])
})

it('a value of the registry is approved with what stands there, and not by its place alone', () => {
  const entities = [
    { kind: 'registry_path', value: 'hklm/a' },
    { kind: 'registry_data', value: '0' },
  ]
  const setting = root({ entities })
  const both = { registry_path: ['hklm/a'], registry_data: ['0'] }
  expect(verdictsWith([setting], [allow({ object: both })])[0]?.matches).toEqual(['exact'])
  expect(verdictsWith([setting], [allow({ object: { registry_path: ['hklm/a'] } })])[0]?.matches).toEqual(['partial'])
  expect(verdictsWith([setting], [allow({ object: { ...both, registry_data: ['1'] } })])[0]?.matches).toEqual([
    'partial',
  ])
})

it('a trust slot is approved only with the bytes of its DLL', () => {
  const slot = (hash?: string) =>
    root({
      class: 'trust_provider',
      rule: 'A1',
      points: 60,
      entities: [
        { kind: 'registry_path', value: 'CryptSIPDllVerifyIndirectData\\{GUID}' },
        ...(hash === undefined ? [] : [{ kind: 'file_hash_sha256', value: hash }]),
      ],
    })
  const path = { registry_path: ['CryptSIPDllVerifyIndirectData\\{GUID}'] }
  const pinned = allow({ object: { ...path, file_hash_sha256: [dll] } })
  expect(verdictsWith([slot(dll)], [pinned])).toMatchObject([{ verdict: 'approved' }])
  expect(verdictsWith([slot(dll)], [allow({ object: path })])).toMatchObject([
    { verdict: 'alert', matches: ['partial'] },
  ])
  expect(verdictsWith([slot(otherDll)], [pinned])).toMatchObject([{ verdict: 'alert', matches: ['partial'] }])
  expect(verdictsWith([slot()], [pinned])).toMatchObject([{ verdict: 'alert', matches: ['partial'] }])
})

it('what is left unapproved is judged by itself', () => {
  const load = root({
    key: 'load',
    class: 'module_load',
    points: 50,
    entities: [{ kind: 'dll_path', value: 'c:\\a.dll' }],
  })
  expect(verdictsWith([root(), load], [])).toMatchObject([{ verdict: 'alert', score: 90 }])
  expect(verdictsWith([root(), load], [allow()])).toMatchObject([{ verdict: 'review', score: 90, would_be: 'alert' }])
})

it('a declared exercise is said, and approves no more than what it names', () => {
  const exercise = allow({ exercise: true })
  const { cases } = correlate(correlation, [root({ thumbprint: otherSha1, rule: 'A11' })], history, {
    approvals: [exercise],
    now,
  })
  expect(cases.map(one => [one.verdict, one.consulted.exercises.map(({ ticket }) => ticket)])).toEqual([
    ['alert', ['CHG-1']],
  ])
})

it.each([
  ['by who asked for it', { approver: 'Alice' }],
  ['of nothing', { object: {} }],
  ['that ends before it begins', { until: '2026-01-05T08:00:00.000000Z' }],
  ['that expires before it ends', { expires: '2026-01-05T11:00:00.000000Z' }],
])('refuses an approval %s', (_, more) => {
  expect(() => allow(more)).toThrow()
})

const anyApproval = fc
  .record({
    object: fc.dictionary(
      fc.constantFrom('certificate_sha1', 'registry_path', 'file_hash_sha256'),
      fc.uniqueArray(fc.constantFrom(sha1, otherSha1, dll, 'p'), { minLength: 1 }),
      { minKeys: 1 },
    ),
    hosts: fc.constantFrom<string[]>(['*'], ['ws-1*'], ['other']),
    writers: fc.constantFrom<string[]>([], ['*'], ['x']),
    exercise: fc.boolean(),
    kind: fc.constantFrom('change' as const, 'baseline' as const),
    approval_id: fc.uuid(),
  })
  .map(({ hosts, writers, ...more }) => allow({ ...more, hosts: [...hosts], writers: [...writers] }))
const anyObservations = fc
  .array(
    fc.record({
      class: fc.constantFrom('certificate_store', 'trust_provider', 'signing_state'),
      rule: fc.constantFrom(undefined, 'A1', 'A4', 'A5', 'A7', 'A11'),
      thumbprint: fc.constantFrom(sha1, otherSha1),
      points: fc.integer({ min: 1, max: 60 }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map(all => all.map((one, nth) => root({ ...one, key: `${nth}` })))

it('an approval that has to do with nothing changes nothing', () => {
  fc.assert(
    fc.property(anyObservations, anyApproval, (observations, one) => {
      const stranger = { ...one, object: { registry_path: ['elsewhere'] } }
      const without = correlate(correlation, observations, history, { approvals: [], now }).cases
      const cases = correlate(correlation, observations, history, { approvals: [stranger], now }).cases
      const bare = (all: typeof cases) => all.map(({ consulted, ...rest }) => rest)
      expect(bare(cases)).toEqual(bare(without))
    }),
  )
})

it('no approval lowers a case with A4, A5 or A7', () => {
  fc.assert(
    fc.property(anyObservations, fc.array(anyApproval, { maxLength: 5 }), (observations, approvals) => {
      const without = correlate(correlation, observations, history).cases
      const cases = correlate(correlation, observations, history, { approvals, now }).cases
      for (const one of cases) {
        const before = without.find(({ key }) => key === one.key)
        const isOutOfReach = one.standalone.some(({ rule }) => ['A4', 'A5', 'A7'].includes(rule))
        if (isOutOfReach) expect(urgency(one.verdict)).toBeGreaterThanOrEqual(urgency(before?.verdict ?? 'incident'))
      }
    }),
  )
})

it('with approvals, too, a score is the sum of its contributions, and their order changes nothing', () => {
  fc.assert(
    fc.property(anyObservations, fc.array(anyApproval, { maxLength: 5 }), (observations, approvals) => {
      const { cases } = correlate(correlation, observations, history, { approvals, now })
      for (const one of cases) expect(one.score).toBe(scoreOf(one.contributions))
      const backwards = approvals.toReversed()
      expect(correlate(correlation, observations, history, { approvals: backwards, now }).cases).toEqual(cases)
    }),
  )
})
