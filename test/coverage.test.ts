import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { showCoverage } from '../src/cli/show-coverage.ts'
import { shipped } from '../src/config.ts'
import { dictionaryStatement } from '../src/mapping/index.ts'
import type { EventStore } from '../src/model/index.ts'
import { openChdbEventStore } from '../src/store/clickhouse/index.ts'
import type { HostCoverage } from '../src/telemetry/index.ts'
import { coverageOfHosts, loadEvidence, troublesOf, worstFirst } from '../src/telemetry/index.ts'
import { noNodes, startClickHouseCluster } from './clickhouse-node.ts'
import { counterseal, engineInstalled, noEngine } from './run-cli.ts'

/** What `counterseal coverage` says of hosts whose logs are made here, hour by hour. All of it is invented. */

const evidence = loadEvidence(shipped('analytics'))

type Event = Readonly<Record<string, unknown>>

const security = { channel: 'Security', provider_name: 'Microsoft-Windows-Security-Auditing' }
const system = { channel: 'System', provider_name: 'Service Control Manager' }
const sysmon = { channel: 'Microsoft-Windows-Sysmon/Operational', provider_name: 'Microsoft-Windows-Sysmon' }
const eventlog = { provider_name: 'Microsoft-Windows-Eventlog' }

const begin = Date.parse('2026-03-02T00:00:00Z')
/** Hours after the beginning as a time, a few minutes into the hour. */
const at = (hour: number) => new Date(begin + hour * 3_600_000 + 300_000).toISOString()
const hour = (hour: number) => new Date(begin + hour * 3_600_000).toISOString().replace('.000Z', 'Z')

/** The event in each hour from one to before another. */
function hourly(host_name: string, event: Event, from: number, until: number): readonly Event[] {
  return Array.from({ length: until - from }, (_, n) => ({ host_name, event_time: at(from + n), ...event }))
}

const logon = { ...security, event_id: 4624 }
const moduleLoad = { ...sysmon, event_id: 7, dll_path: 'C:\\Windows\\System32\\ntdll.dll' }
const everydayWrite = {
  ...sysmon,
  event_id: 13,
  registry_key: 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\bam\\State',
  registry_value: 'X',
}
const rootWrite = {
  ...sysmon,
  event_id: 13,
  registry_key: `HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\Root\\Certificates\\${'A'.repeat(40)}`,
  registry_value: 'Blob',
}

const suite = () => {
  let directory: string
  let store: EventStore
  let chunks = 0
  const known = new Map<string, HostCoverage>()

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'counterseal-coverage-'))
    store = await openChdbEventStore(join(directory, 'events'))
    await store.migrate()
    await insert(Object.values(hosts).flat())
    for await (const host of coverageOfHosts(store, evidence)) known.set(host.host_name, host)
  }, 120_000)
  afterAll(async () => {
    await store.close()
    await rm(directory, { recursive: true, force: true })
  })

  async function insert(events: readonly Event[]): Promise<void> {
    chunks += 1
    const path = join(directory, `${chunks}.ndjson`)
    const lines = events.map((event, n) =>
      JSON.stringify({ kind: 'windows_event', record_key: `${chunks}/${n}`, ...event }),
    )
    await writeFile(path, `${lines.join('\n')}\n`)
    const chunk = await store.stageChunk(path)
    const place = { evidence_id: `${chunks}`.repeat(64), first_record: 0, sequence: chunks * 1_000_000, byte_offset: 0 }
    const { sql, params } = dictionaryStatement('windows_event', place)
    await store.insert(sql, { params, chunk, token: `coverage/${chunks}` })
    await chunk.release()
  }

  const hosts = {
    whole: [
      ...hourly('Whole.Example', logon, 0, 72),
      ...hourly('whole.example', moduleLoad, 0, 72),
      ...hourly('WHOLE.example', everydayWrite, 0, 72),
    ],
    root: [
      ...hourly('root', logon, 0, 48),
      ...hourly('root', everydayWrite, 0, 48),
      ...hourly('root', rootWrite, 20, 21),
    ],
    // Sysmon is gone from hour 40 to 60.
    blinded: [
      ...hourly('blinded', logon, 0, 96),
      ...hourly('blinded', everydayWrite, 0, 40),
      ...hourly('blinded', everydayWrite, 60, 96),
    ],
    // And here it never comes back.
    killed: [...hourly('killed', logon, 0, 96), ...hourly('killed', everydayWrite, 0, 40)],
    // Nothing of Sysmon's registry events but one place.
    selective: [
      ...hourly('selective', logon, 0, 48),
      ...hourly('selective', { ...everydayWrite, registry_key: 'HKLM\\SOFTWARE\\Vendor' }, 0, 48),
    ],
    near: [
      ...hourly('near', logon, 0, 24),
      ...hourly(
        'near',
        { ...rootWrite, registry_key: 'HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\Root\\X' },
        0,
        24,
      ),
    ],
    commandless: hourly('commandless', { ...security, event_id: 4688, process_executable: 'C:\\a.exe' }, 0, 24),
    cleared: [
      ...hourly('cleared', { ...security, event_id: 4688, process_command_line: 'a' }, 10, 48),
      ...hourly('cleared', { ...sysmon, event_id: 22 }, 0, 48),
      {
        host_name: 'cleared',
        event_time: at(30),
        ...eventlog,
        channel: 'Security',
        event_id: 1102,
        fields: { SubjectUserName: 'mallory' },
      },
      {
        host_name: 'cleared',
        event_time: at(31),
        ...eventlog,
        channel: 'System',
        event_id: 104,
        fields: { Channel: 'Windows PowerShell' },
      },
      {
        host_name: 'cleared',
        event_time: at(32),
        ...eventlog,
        channel: 'System',
        event_id: 104,
        message: 'The Application log file was cleared.',
      },
    ],
    // Silent for two days each time; only once does something say why.
    off: [
      ...hourly('off', logon, 0, 24),
      { host_name: 'off', event_time: at(23), channel: 'System', provider_name: 'User32', event_id: 1074 },
      ...hourly('off', logon, 72, 96),
    ],
    gone: [...hourly('gone', logon, 0, 24), ...hourly('gone', logon, 72, 96)],
    ca: [
      ...hourly('ca', { ...security, event_id: 4886 }, 0, 48),
      ...hourly('ca', { ...security, event_id: 4885 }, 5, 6),
    ],
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
  }

  const host = (name: string): HostCoverage => {
    const found = known.get(name)
    if (found === undefined) throw new Error(`there is no host ${name}`)
    return found
  }
  const classOf = (name: string, id: string) => host(name).classes.find(one => one.class === id)
  const settingOf = (name: string, id: string) => host(name).settings.find(one => one.setting === id)

  it('a host is one, however its name is written, and has its channels with exact numbers', () => {
    expect(host('whole.example')).toMatchObject({ events: 216, first_seen: hour(0).replace('00:00Z', '05:00.000000Z') })
    expect(host('whole.example').channels).toEqual([
      {
        channel: 'Microsoft-Windows-Sysmon/Operational',
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
    expect(troublesOf(host('whole.example'))).toEqual([])
  })

  it('what a healthy witness did not see is answerable, for the whole time', () => {
    const whole = [{ from: hour(0), until: hour(72) }]
    expect(classOf('whole.example', 'certificate_store')).toEqual({
      analytic: 'AN1246',
      class: 'certificate_store',
      state: 'answerable',
      events: 0,
      obstacles: [],
      answerable: whole,
    })
    expect(classOf('whole.example', 'module_load')).toMatchObject({ state: 'seen', events: 72, obstacles: [] })
  })

  it('what one part of a class has no witness for is not answerable', () => {
    expect(classOf('whole.example', 'persistence')).toMatchObject({ state: 'not_answerable', answerable: [] })
    const parts = classOf('whole.example', 'persistence')?.obstacles.map(({ part }) => part)
    expect(new Set(parts)).toEqual(new Set(['services', 'scheduled tasks', 'startup folders', 'WMI subscriptions']))
  })

  it('an event of the class is seen', () => {
    expect(classOf('root', 'certificate_store')).toMatchObject({ state: 'seen', events: 1, obstacles: [] })
    expect(classOf('root', 'trust_provider')).toMatchObject({ state: 'answerable', events: 0 })
  })

  it('a witness that is silent while its host speaks on makes it not answerable, and a "no" holds before and after', () => {
    expect(classOf('blinded', 'certificate_store')).toMatchObject({
      state: 'not_answerable',
      obstacles: [{ kind: 'silent', setting: 'sysmon_registry', why: expect.stringContaining('in 20 of these hours') }],
      answerable: [
        { from: hour(0), until: hour(40) },
        { from: hour(60), until: hour(96) },
      ],
    })
    const [sysmonChannel] = host('blinded').channels
    expect(sysmonChannel?.silences).toEqual([{ from: hour(40), until: hour(60), hours: 20, meanwhile: 20, real: true }])
    expect(troublesOf(host('blinded'))).toMatchObject([{ kind: 'silent', since: hour(40) }])
  })

  it('a witness that never speaks again is silent to the end of its host', () => {
    expect(classOf('killed', 'certificate_store')).toMatchObject({
      state: 'not_answerable',
      answerable: [{ from: hour(0), until: hour(40) }],
    })
  })

  it('rules that select are no proof for another place; a place close by is', () => {
    expect(settingOf('selective', 'sysmon_registry')).toMatchObject({ state: 'selective', events: 48 })
    expect(classOf('selective', 'certificate_store')).toMatchObject({
      state: 'not_answerable',
      obstacles: [
        { kind: 'missing', setting: 'sysmon_registry' },
        { kind: 'missing', setting: 'security_registry' },
      ],
    })
    expect(classOf('near', 'certificate_store')).toMatchObject({ state: 'answerable', events: 0 })
    expect(classOf('near', 'trust_provider')).toMatchObject({ state: 'not_answerable' })
  })

  it('4688 without a command line is told as such, with the remedy', () => {
    expect(settingOf('commandless', 'security_process')).toEqual({
      setting: 'security_process',
      state: 'incomplete',
      proof: '24 events 4688, none with process_command_line',
      events: 24,
      remedy: expect.stringContaining('ProcessCreationIncludeCmdLine_Enabled'),
    })
    expect(classOf('commandless', 'pki_discovery')).toMatchObject({ state: 'not_answerable' })
  })

  it('a cleared log hides what it witnessed, and no other', () => {
    const [cleared] = host('cleared').signs
    expect(cleared).toMatchObject({ id: 'security_log_cleared', effect: 'cleared', events: 1 })
    expect(troublesOf(host('cleared')).filter(({ kind }) => kind === 'cleared')).toMatchObject([
      { what: 'a log was cleared (log Application)' },
      { what: 'a log was cleared (log Windows PowerShell)' },
      {
        what: 'the Security log was cleared (SubjectUserName mallory)',
        event_uid: expect.stringMatching(/^[0-9a-f]{32}$/),
      },
    ])
    const commands = classOf('cleared', 'pki_discovery')
    expect(commands).toMatchObject({ state: 'seen' })
    expect(commands?.obstacles.filter(({ part }) => part === 'commands')).toMatchObject([
      { kind: 'silent', setting: 'security_process' },
      { kind: 'hidden', setting: 'security_process', why: expect.stringContaining('the Security log was cleared at') },
    ])
    expect(classOf('cleared', 'lookup_by_process')).toMatchObject({ state: 'seen', obstacles: [] })
  })

  it('a silence of the whole host that a shutdown explains is none to worry about; another is', () => {
    expect(host('off').silences).toEqual([{ from: hour(24), until: hour(72), hours: 48, why: 'off' }])
    expect(troublesOf(host('off'))).toEqual([])
    expect(host('gone').silences).toEqual([{ from: hour(24), until: hour(72), hours: 48, why: 'unknown' }])
    expect(troublesOf(host('gone'))).toMatchObject([{ kind: 'silent', since: hour(24) }])
    expect(classOf('gone', 'certificate_store')?.obstacles.at(-1)).toMatchObject({ kind: 'host' })
  })

  it('questions about a CA are asked of a CA only', () => {
    expect(classOf('ca', 'ca_requests')).toMatchObject({ state: 'seen', events: 48 })
    expect(classOf('ca', 'ca_changes')).toMatchObject({ state: 'seen', events: 1 })
    expect(classOf('root', 'ca_requests')).toBeUndefined()
    expect(troublesOf(host('ca'))).toMatchObject([{ kind: 'changed', what: 'the audit filter of the CA changed' }])
  })

  it('an event id of another provider is no sign', () => {
    expect(host('namesake').signs).toEqual([])
    expect(classOf('namesake', 'persistence')?.obstacles.map(({ part }) => part)).not.toContain('services')
  })

  it('what is too much to look at is told', async () => {
    const hours = Array.from({ length: 5010 }, (_, n) => ({ host_name: 'long', event_time: at(2 * n), ...logon }))
    const clears = Array.from({ length: 101 }, (_, n) => ({
      ...{ host_name: 'long', event_time: at(10_000 + n / 60) },
      ...{ ...eventlog, channel: 'Security', event_id: 1102 },
    }))
    await insert([...hours, ...clears])
    for await (const one of coverageOfHosts(store, evidence, { host: 'long' })) {
      expect(one.limits).toEqual([
        'of Security the 9 oldest stretches of hours were not looked at',
        'the Security log was cleared: the 100 newest of 101',
      ])
      expect(one.channels).toMatchObject([{ events: 5111, hours: 5011 }])
    }
  })

  it('clocks that are wrong are told: set by a minute or more, before 2000, ahead of the reading, apart', async () => {
    expect(host('clock').clocks).toEqual(['1 events of Security are from before 2000'])
    expect(host('clock').signs).toMatchObject([{ id: 'clock_set_audited', events: 1 }])
    expect(host('shifted').clocks).toEqual([expect.stringContaining('are 7 hours apart')])
    const evidence_id = `${chunks + 1}`.repeat(64)
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
    const later = { ...reading, evidence_id: '1'.repeat(64), read_at: at(1000) }
    await store.append(
      'evidence',
      [reading, later].map(one => ({ ...one, ...counts })),
      'coverage/reading',
    )
    await insert(hourly('ahead', logon, 5, 6))
    for await (const one of coverageOfHosts(store, evidence, { host: 'AHEAD' }))
      expect(one.clocks).toEqual([
        'an event of 2026-03-02T05:05:00.000000Z is in evidence that was read at 2026-03-02T00:05:00.000000Z, in 1 pieces of evidence the like',
      ])
  })

  it('a host is found by its whole name or what stands before a dot, and by nothing else', async () => {
    const names = async (name: string) => {
      const found: string[] = []
      for await (const one of coverageOfHosts(store, evidence, { host: name })) found.push(one.host_name)
      return found
    }
    expect(await names('whole')).toEqual(['whole.example'])
    expect(await names('WHOLE.EXAMPLE')).toEqual(['whole.example'])
    expect(await names('whol')).toEqual([])
    expect(await names('%')).toEqual([])
  })

  it('the worst come first, and equals by name', () => {
    const order = worstFirst([...known.values()].reverse()).map(({ host_name }) => host_name)
    expect(order.slice(0, 4)).toEqual(['cleared', 'blinded', 'gone', 'killed'])
    expect(worstFirst([...known.values()]).map(({ host_name }) => host_name)).toEqual(order)
  })

  it('of thousands of hosts a few are shown and the rest is counted; JSON has all, a record a line', async () => {
    const fleet = Array.from({ length: 2500 }, (_, n) => ({
      ...logon,
      host_name: `fleet-${n}`,
      event_time: at(n % 24),
    }))
    await insert(fleet)
    const all: HostCoverage[] = []
    for await (const one of coverageOfHosts(store, evidence)) all.push(one)
    expect(new Set(all.map(({ host_name }) => host_name)).size).toBe(all.length)
    expect(all.filter(({ host_name }) => host_name.startsWith('fleet-'))).toHaveLength(2500)

    const lines: string[] = []
    const records: Record<string, unknown>[] = []
    const output = {
      json: false,
      color: false,
      line: (text: string) => void lines.push(text),
      record: (value: unknown) => void records.push(value as Record<string, unknown>),
      note: () => {},
    }
    showCoverage(output, all, evidence, { limit: 3 })
    expect(lines[0]).toMatch(/^hosts: 2,5\d\d /)
    expect(lines.length).toBeLessThan(120)
    expect(lines.join('\n')).toContain(
      `${(all.length - 3).toLocaleString('en')} more hosts are not shown: --limit ${all.length}, or --json.`,
    )
    showCoverage({ ...output, json: true }, all, evidence, { limit: 3 })
    expect(records.filter(({ type }) => type === 'host')).toHaveLength(all.length)
    const classes = records.filter(({ type, host_name }) => type === 'class' && host_name === 'fleet-7')
    expect(classes.map(({ state }) => state)).toEqual(classes.map(() => 'not_answerable'))
  }, 120_000)
}

const onServers = () => {
  it('a cluster of two shards says of the examples what the embedded store says', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'counterseal-coverage-servers-'))
    const cluster = await startClickHouseCluster(2)
    try {
      const env = {
        COUNTERSEAL_CLICKHOUSE_URL: cluster.nodes.map(({ url }) => url).join(','),
        COUNTERSEAL_CLICKHOUSE_USER: cluster.nodes[0]?.user ?? '',
        COUNTERSEAL_CLICKHOUSE_PASSWORD: cluster.nodes[0]?.password ?? '',
        COUNTERSEAL_CLICKHOUSE_CLUSTER: cluster.name,
      }
      const told = (name: string, more: Record<string, string>) => {
        const data = join(directory, name)
        expect(counterseal(['ingest', 'examples', '--data', data], { env: more }).status).toBe(0)
        const { status, stdout, stderr } = counterseal(['coverage', '--json', '--data', data], { env: more })
        expect(status, stderr).toBe(0)
        return stdout
      }
      const embedded = told('embedded', {})
      expect(embedded).toContain('"type":"class"')
      expect(told('cluster', env)).toBe(embedded)
    } finally {
      await cluster.stop()
      await rm(directory, { recursive: true, force: true })
    }
  }, 180_000)
}

if (engineInstalled) describe('coverage', suite)
else describe('coverage', () => it('needs the embedded engine', context => context.skip(noEngine)))

if (engineInstalled && noNodes === undefined) describe('coverage on servers', onServers)
else describe('coverage on servers', () => it('needs nodes', context => context.skip(noNodes ?? noEngine)))
