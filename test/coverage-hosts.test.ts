import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { coverageOfHosts, troublesOf } from '../src/telemetry/index.ts'
import type { CoverageStore, SaidOfHosts } from './coverage-store.ts'
import {
  at,
  clearedHost,
  eventlog,
  everydayWrite,
  evidence,
  hour,
  hourly,
  logon,
  openCoverageStore,
  saidOfHosts,
  security,
  sysmon,
} from './coverage-store.ts'
import { engineInstalled, noEngine } from './run-cli.ts'

/** What a host says of itself: its channels, its silences, its clocks, and logs that were cleared. */

const system = { channel: 'System', provider_name: 'Service Control Manager' }
const moduleLoad = { ...sysmon, event_id: 7, dll_path: 'C:\\Windows\\System32\\ntdll.dll' }

const suite = () => {
  const hosts = {
    whole: [
      ...hourly('Whole.Example', logon, 0, 72),
      ...hourly('whole.example', moduleLoad, 0, 72),
      ...hourly('WHOLE.example', everydayWrite, 0, 72),
    ],
    cleared: clearedHost,
    // Silent for two days each time; only once does something say why.
    off: [
      ...hourly('off', logon, 0, 24),
      { host_name: 'off', event_time: at(23), channel: 'System', provider_name: 'User32', event_id: 1074 },
      ...hourly('off', logon, 72, 96),
    ],
    gone: [...hourly('gone', logon, 0, 24), ...hourly('gone', logon, 72, 96)],
    // Event ids mean nothing without their provider.
    namesake: [
      ...hourly('namesake', system, 0, 24),
      ...hourly(
        'namesake',
        { channel: 'System', provider_name: 'Microsoft-Windows-Hyper-V-Netvsc', event_id: 104 },
        3,
        4,
      ),
    ],
    clock: [
      ...hourly('clock', logon, 0, 24),
      { host_name: 'clock', event_time: '1999-01-01T00:00:00Z', ...logon },
      {
        host_name: 'clock',
        event_time: at(3),
        ...security,
        event_id: 4616,
        fields: { PreviousTime: at(3), NewTime: at(9) },
      },
      {
        host_name: 'clock',
        event_time: at(4),
        ...security,
        event_id: 4616,
        fields: { PreviousTime: '2026-03-02T04:00:00.000Z', NewTime: '2026-03-02T04:00:59.000Z' },
      },
    ],
    shifted: [...hourly('shifted', logon, 0, 3), ...hourly('shifted', everydayWrite, 7, 10)],
    ancient: [{ host_name: 'ancient', event_time: '1998-01-01T00:00:00Z', ...everydayWrite }],
  }
  let kept: CoverageStore
  let said: SaidOfHosts
  beforeAll(async () => {
    kept = await openCoverageStore()
    await kept.insert(Object.values(hosts).flat())
    said = await saidOfHosts(kept.store)
  }, 120_000)
  afterAll(() => kept.close())

  it('a host is one, however its name is written, and has its channels with exact numbers', () => {
    expect(said.host('whole.example')).toMatchObject({
      events: 216,
      first_seen: hour(0).replace('00:00Z', '05:00.000000Z'),
    })
    expect(said.host('whole.example').channels).toEqual([
      {
        channel: 'Microsoft-Windows-Sysmon/Operational',
        picked: false,
        sources: ['counterseal'],
        events: 144,
        first_seen: '2026-03-02T00:05:00.000000Z',
        last_seen: '2026-03-04T23:05:00.000000Z',
        days: 3,
        hours: 72,
        events_per_day: 48,
        silences: [],
      },
      expect.objectContaining({ channel: 'Security', events: 72, days: 3, hours: 72, events_per_day: 24 }),
    ])
    expect(troublesOf(said.host('whole.example'))).toEqual([])
  })

  it('a cleared log hides what it witnessed, and no other', () => {
    const [cleared] = said.host('cleared').signs
    expect(cleared).toMatchObject({ id: 'security_log_cleared', effect: 'cleared', events: 1 })
    expect(troublesOf(said.host('cleared')).filter(({ kind }) => kind === 'cleared')).toMatchObject([
      { what: 'a log was cleared (log Application)' },
      { what: 'a log was cleared (log Windows PowerShell)' },
      {
        what: 'the Security log was cleared (SubjectUserName mallory)',
        event_uid: expect.stringMatching(/^[0-9a-f]{32}$/),
      },
    ])
    const commands = said.classOf('cleared', 'pki_discovery')
    expect(commands).toMatchObject({ state: 'seen' })
    expect(commands?.obstacles.filter(({ part }) => part === 'commands')).toMatchObject([
      { kind: 'silent', setting: 'security_process' },
      { kind: 'hidden', setting: 'security_process', why: expect.stringContaining('the Security log was cleared at') },
    ])
    expect(said.classOf('cleared', 'lookup_by_process')).toMatchObject({ state: 'seen', obstacles: [] })
  })

  it('a silence of the whole host that a shutdown explains is none to worry about; another is', () => {
    expect(said.host('off').silences).toEqual([{ from: hour(24), until: hour(72), hours: 48, why: 'off' }])
    expect(troublesOf(said.host('off'))).toEqual([])
    expect(said.host('gone').silences).toEqual([{ from: hour(24), until: hour(72), hours: 48, why: 'unknown' }])
    expect(troublesOf(said.host('gone'))).toMatchObject([{ kind: 'silent', since: hour(24) }])
    expect(said.classOf('gone', 'certificate_store')?.obstacles.at(-1)).toMatchObject({ kind: 'host' })
  })

  it('an event id of another provider is no sign', () => {
    expect(said.host('namesake').signs).toEqual([])
    expect(said.classOf('namesake', 'persistence')?.obstacles.map(({ part }) => part)).not.toContain('services')
  })

  it('what is too much to look at is told', async () => {
    const hours = Array.from({ length: 5010 }, (_, n) => ({ host_name: 'long', event_time: at(2 * n), ...logon }))
    const clears = Array.from({ length: 101 }, (_, n) => ({
      ...{ host_name: 'long', event_time: at(10_000 + n / 60) },
      ...{ ...eventlog, channel: 'Security', event_id: 1102 },
    }))
    await kept.insert([...hours, ...clears])
    for await (const one of coverageOfHosts(kept.store, evidence, { host: 'long' })) {
      expect(one.limits).toEqual([
        'of Security the 9 oldest stretches of hours were not looked at',
        'the Security log was cleared: the 100 newest of 101',
      ])
      expect(one.channels).toMatchObject([{ events: 5111, hours: 5011 }])
    }
  })

  it('clocks that are wrong are told: set by a minute or more, before 2000, ahead of the reading, apart', async () => {
    expect(said.host('clock').clocks).toEqual(['1 events of Security are from before 2000'])
    expect(said.host('clock').signs).toMatchObject([{ id: 'clock_set_audited', events: 1 }])
    expect(said.host('ancient').channels).toMatchObject([{ events: 1, hours: 0 }])
    expect(said.host('shifted').clocks).toEqual([expect.stringContaining('are 7 hours apart')])
    const evidence_id = kept.nextEvidence()
    const reading = { evidence_id, content_sha256: '', bytes: 1, path: 'x', reader: '', sources: [], read_at: at(0) }
    const counts = {
      records: 1,
      stored: 1,
      malformed: 0,
      ignored: 0,
      ignored_because: {},
      complete: true,
      problems: [],
    }
    const later = { ...reading, evidence_id: '1'.padStart(64, '0'), read_at: at(1000) }
    await kept.store.append(
      'evidence',
      [reading, later].map(one => ({ ...one, ...counts })),
      'coverage/reading',
    )
    await kept.insert(hourly('ahead', logon, 5, 6))
    for await (const one of coverageOfHosts(kept.store, evidence, { host: 'AHEAD' }))
      expect(one.clocks).toEqual([
        'an event of 2026-03-02T05:05:00.000000Z is in evidence that was read at 2026-03-02T00:05:00.000000Z, in 1 pieces of evidence the like',
      ])
  })

  it('a host is found by its whole name or what stands before a dot, and by nothing else', async () => {
    const names = async (name: string) => {
      const found: string[] = []
      for await (const one of coverageOfHosts(kept.store, evidence, { host: name })) found.push(one.host_name)
      return found
    }
    expect(await names('whole')).toEqual(['whole.example'])
    expect(await names('WHOLE.EXAMPLE')).toEqual(['whole.example'])
    expect(await names('whol')).toEqual([])
    expect(await names('%')).toEqual([])
  })
}

if (engineInstalled) describe('coverage: what a host says of itself', suite)
else
  describe('coverage: what a host says of itself', () =>
    it('needs the embedded engine', context => context.skip(noEngine)))
