import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Finding } from '../model/index.ts'
import { loadEvidence } from '../telemetry/index.ts'
import type { Check, ChecklistItem } from './definition.ts'
import { loadChecklist } from './definition.ts'
import type { HostFacts } from './facts.ts'
import { seenKey } from './facts.ts'
import { judge, judgeAll } from './judge.ts'

const analytics = fileURLToPath(new URL('../../analytics', import.meta.url))
const checklist = loadChecklist(join(analytics, 'an1246'))

const nothing: HostFacts = {
  host_name: 'ws01',
  registryEvents: new Map(),
  values: new Map(),
  hives: new Map(),
  events: new Map(),
  settings: [],
  findings: undefined,
  certificates: [],
}

const uid = '0123456789abcdef0123456789abcdef'
const foundKey: Finding = {
  ...{
    finding_id: 'ab'.repeat(16),
    analytic: 'T1596.003',
    detection_id: 'certificate-authority/key-taken',
    detection_version: 1,
    title: 't',
    summary: 's',
  },
  ...{
    verdict: 'alert',
    score: 80,
    contributions: [{ signal: 's', points: 80, because: 'b' }],
    entities: [],
    techniques: [],
    event_count: 1,
  },
  ...{
    first_seen: '2026-03-02T09:00:00.000000Z',
    last_seen: '2026-03-02T09:00:00.000000Z',
    blind: [],
    would_change: ['x'],
    intel_snapshot: '',
  },
  evidence: [{ event_uid: uid, file: 'Security.evtx', record_number: 1 }],
}
const seen = { events: 3, last_seen: '2026-03-02 09:00:00.000000', event_uid: uid }

function itemWith(check: Check): ChecklistItem {
  const texts = { title: 't', why: 'w', how: 'h', tells: 'x', source: 's' }
  return { id: 'one', list: 'hardening', group: 'g', verified: true, ...texts, check }
}

const stateOf = (check: Check, facts: Partial<HostFacts>) => judge(itemWith(check), { ...nothing, ...facts }).state

describe('the list that ships', () => {
  it('has hardening and response, and every setting that it asks for is one of coverage', () => {
    expect(new Set(checklist.items.map(({ list }) => list))).toEqual(new Set(['hardening', 'response']))
    const { settings } = loadEvidence(analytics)
    const asked = checklist.items.flatMap(({ check }) => (check.kind === 'settings' ? check.settings : []))
    expect(asked.filter(id => !settings.has(id))).toEqual([])
  })

  it('says of a host of which nothing is known that nothing is known, and why', () => {
    const judged = judgeAll(checklist, [nothing])
    expect(judged).toHaveLength(checklist.items.length)
    expect(judged.filter(({ state }) => state !== 'unknown')).toEqual([])
    expect(judged.filter(({ because }) => because.length === 0)).toEqual([])
  })

  it('is done nowhere without a record, a word of coverage, or a certificate that is there', () => {
    const settings = [...loadEvidence(analytics).settings.keys()].map(setting => ({
      setting,
      state: 'selective',
      proof: 'p',
    }))
    const judged = judgeAll(checklist, [{ ...nothing, settings, findings: [] }])
    expect(judged.filter(({ state }) => state === 'done')).toEqual([])
  })
})

describe('the list for a PKI', () => {
  const pki = loadChecklist(join(analytics, 't1596-003'))

  it('asks coverage only for what it knows, and detections that there are', () => {
    const { settings } = loadEvidence(analytics)
    const asked = pki.items.flatMap(({ check }) => (check.kind === 'settings' ? check.settings : []))
    expect([...asked, ...pki.applies_to].filter(id => !settings.has(id))).toEqual([])
    const named = pki.items.flatMap(({ check }) => (check.kind === 'observed' ? check.detections : []))
    expect(named.filter(id => !existsSync(join(analytics, '../detections', id)))).toEqual([])
  })

  it('is done by nothing that is missing, and not done by a finding of its own', () => {
    const item = pki.items.find(({ id }) => id === 'ca_key')
    if (item === undefined) throw new Error('there is no such item')
    expect(judge(item, { ...nothing, findings: [] }).state).toBe('unknown')
    const finding = { ...foundKey, entities: [{ kind: 'host_name', value: 'ca-1' }] }
    expect(judge(item, { ...nothing, findings: [finding] })).toMatchObject({
      state: 'not_done',
      records: [uid],
      findings: [finding.finding_id],
    })
  })
})

describe('registry events', () => {
  const check: Check = { kind: 'registry_events', by: 'Security', places: ['hklm/a/%'], views: ['native', 'x86'] }
  const native = [seenKey('Security', 'hklm/a/%', ''), seen] as const

  it('are a proof where every place has one, in every view', () => {
    expect(stateOf(check, { registryEvents: new Map([native]) })).toBe('unknown')
    const both = new Map([native, [seenKey('Security', 'hklm/a/%', 'x86'), seen]])
    const judged = judge(itemWith(check), { ...nothing, registryEvents: both })
    expect(judged).toMatchObject({ state: 'done', records: [uid] })
  })

  it('of Sysmon say nothing of a SACL', () => {
    expect(stateOf(check, { registryEvents: new Map([[seenKey('Sysmon', 'hklm/a/%', ''), seen]]) })).toBe('unknown')
  })
})

describe('registry values', () => {
  const place = 'hklm/software/x/flags'
  const check = (need: object): Check => ({
    kind: 'values',
    needs: [{ place, views: ['native'], absent: 'not_done', ...need }],
  })
  const value = (data: string, deleted = false) => ({
    values: new Map([[seenKey(place, ''), { data, deleted, told_by: 'hive', event_time: 'then', event_uid: uid }]]),
  })
  const hive = { hives: new Map([['software', seen]]) }

  it.each([
    [{ any_bits: 1 }, '33', 'done'],
    [{ any_bits: 1 }, '32', 'not_done'],
    [{ any_bits: 1 }, '4294967295', 'done'],
    [{ any_bits: 1 }, 'Binary Data', 'unknown'],
    [{ at_least: 100 }, '100', 'done'],
    [{ at_least: 100 }, '99', 'not_done'],
    [{ equals: ['1'] }, ' 1 ', 'done'],
    [{ equals: ['1'] }, '0', 'not_done'],
    [{ not: ['1'] }, '0', 'done'],
    [{ not: ['1'] }, '1', 'not_done'],
    [{ equals: ['1'] }, '', 'unknown'],
  ])('%j of %j is %s', (need, data, state) => {
    expect(stateOf(check(need), value(data))).toBe(state)
  })

  it('that nobody tells are unknown, and absent only from a whole hive', () => {
    expect(stateOf(check({ equals: ['1'] }), {})).toBe('unknown')
    expect(stateOf(check({ equals: ['1'] }), { hives: new Map([['system', seen]]) })).toBe('unknown')
    expect(stateOf(check({ equals: ['1'] }), hive)).toBe('not_done')
    expect(stateOf(check({ not: ['1'], absent: 'done' }), hive)).toBe('done')
  })

  it('that were deleted are absent', () => {
    expect(stateOf(check({ equals: ['1'] }), value('1', true))).toBe('not_done')
  })

  it('of several needs one that is wrong is enough', () => {
    const both: Check = {
      kind: 'values',
      needs: [
        { place, views: ['native'], equals: ['1'], absent: 'unknown' },
        { place: 'hklm/software/y/z', views: ['native'], equals: ['1'], absent: 'unknown' },
      ],
    }
    expect(stateOf(both, value('0'))).toBe('not_done')
    expect(stateOf(both, value('1'))).toBe('unknown')
  })
})

describe('findings', () => {
  const observed: Check = { kind: 'observed', detections: ['windows-trust/store-write'], none: 'none' }

  it('without a hunt leave it open, and a quiet hunt is no "done"', () => {
    expect(stateOf(observed, {})).toBe('unknown')
    expect(stateOf(observed, { findings: [] })).toBe('unknown')
  })

  it('certificates are to be fetched until the evidence has them all', () => {
    const check: Check = { kind: 'certificates', none: 'none' }
    const named = { fingerprint: 'ab'.repeat(20), known: true, finding_id: uid }
    expect(stateOf(check, { findings: [], certificates: [] })).toBe('unknown')
    expect(stateOf(check, { findings: [], certificates: [named] })).toBe('done')
    const open = judge(itemWith(check), { ...nothing, findings: [], certificates: [named, { ...named, known: false }] })
    expect(open).toMatchObject({
      state: 'not_done',
      because: [`fetch the Blob for ${'AB'.repeat(20)}`],
      findings: [uid],
    })
  })
})
