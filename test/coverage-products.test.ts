import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { showCoverage } from '../src/cli/show-coverage.ts'
import { troublesOf } from '../src/telemetry/index.ts'
import type { SaidOfHosts } from './coverage-store.ts'
import { at, evidence, hour, saidOfHosts } from './coverage-store.ts'
import type { OpenIngest } from './open-ingest.ts'
import { openIngest } from './open-ingest.ts'
import { engineInstalled, noEngine } from './run-cli.ts'

/**
 * What coverage says of hosts that are known from something else than their event logs: products with tables of their own,
 * timelines, answers to queries. The records are invented, in the forms of the samples under sources/.
 */

type Values = Readonly<Record<string, unknown>>

const store = 'SOFTWARE\\Microsoft\\SystemCertificates'
const thumbprint = 'A'.repeat(40)

/** One text with a record for each of so many hours. */
const hours = (count: number, record: (time: string) => Values, from = 0) =>
  `${Array.from({ length: count }, (_, n) => JSON.stringify(record(at(from + n)))).join('\n')}\n`

/** A row as the streaming API writes it: the whole table. */
const streamed = (table: string, host: string, values: Values) => (time: string) => ({
  time,
  tenantId: '00000000-0000-0000-0000-000000000001',
  operationName: 'Publish',
  category: `AdvancedHunting-${table}`,
  properties: { Timestamp: time, DeviceName: host, DeviceId: 'd1', ReportId: Date.parse(time) / 1000, ...values },
})

/** A row of an answer of advanced hunting: what somebody's query asked for. */
const hunted = (host: string, values: Values) => (time: string) => ({
  Timestamp: time,
  DeviceName: host,
  ReportId: Date.parse(time) / 1000,
  ...values,
})

const elastic = (dataset: string, host: string, values: Values) => (time: string) => ({
  '@timestamp': time,
  event: { module: 'endpoint', kind: 'event', dataset: `endpoint.events.${dataset}`, id: time, action: 'modification' },
  host: { name: host, os: { type: 'windows' } },
  process: { pid: 7, entity_id: 'p7', executable: 'C:\\a.exe' },
  ...values,
})

const timeline = (host: string, values: Values) => (time: string) => ({
  Timestamp: time,
  RuleTitle: 'A rule',
  Computer: host,
  RecordID: Date.parse(time) / 3_600_000,
  ...values,
})

const sysmonXml = (host: string, values: Values) => (time: string) => ({
  '@timestamp': time,
  winlog: {
    channel: 'Microsoft-Windows-Sysmon/Operational',
    provider_name: 'Microsoft-Windows-Sysmon',
    computer_name: host,
    record_id: Date.parse(time) / 3_600_000,
    ...values,
  },
})

/** An alert has a rule; the archive has the same event without one. */
const wazuh = (host: string, values: Values) => (time: string) => ({
  timestamp: time,
  ...values,
  data: {
    win: {
      system: {
        providerName: 'Microsoft-Windows-Sysmon',
        eventID: '7',
        channel: 'Microsoft-Windows-Sysmon/Operational',
        computer: host,
        eventRecordID: String(Date.parse(time) / 1000),
        systemTime: time,
      },
      eventdata: { imageLoaded: 'C:\\\\Windows\\\\System32\\\\ntdll.dll' },
    },
  },
})

const registryWrite = (key: string) => ({
  ActionType: 'RegistryValueSet',
  RegistryKey: `HKEY_LOCAL_MACHINE\\${key}`,
  RegistryValueName: 'Blob',
})
const libraries = (name: string) => ({ dll: { path: `C:\\Windows\\System32\\${name}` } })
const elasticWrite = (key: string) => ({
  registry: { path: `HKLM\\${key}\\Blob`, value: 'Blob', data: { type: 'REG_SZ', strings: ['x'] } },
})
const everyday = 'C:\\Windows\\System32\\ntdll.dll'
const sysmonLoad = (host: string) => sysmonXml(host, { event_id: 7, event_data: { ImageLoaded: everyday } })
const timelineLoad = { Channel: 'Sysmon', EventID: 7, Details: { Image: everyday } }
const timelineRoot = {
  Channel: 'Sysmon',
  EventID: 13,
  Details: {
    TgtObj: `HKLM\\${store}\\Root\\Certificates\\${thumbprint}\\Blob`,
    Details: 'Binary Data',
    Proc: 'C:\\a.exe',
  },
}

const suite = () => {
  let ingest: OpenIngest
  let said: SaidOfHosts

  beforeAll(async () => {
    ingest = await openIngest()
    const files = [
      hours(48, streamed('DeviceRegistryEvents', 'defended', registryWrite(`${store}\\Root\\X`))),
      hours(48, streamed('DeviceImageLoadEvents', 'defended', { ActionType: 'ImageLoaded', FolderPath: 'C:\\a.dll' })),
      hours(30, streamed('DeviceRegistryEvents', 'quieted', registryWrite(`${store}\\Root\\X`))),
      hours(96, streamed('DeviceProcessEvents', 'quieted', { ActionType: 'ProcessCreated', FileName: 'a.exe' })),
      hours(48, streamed('DeviceRegistryEvents', 'elsewhere', registryWrite('SOFTWARE\\Vendor'))),
      hours(48, hunted('hunted', registryWrite(`${store}\\Root\\X`))),
      hours(48, hunted('hunted', registryWrite(`${store}\\Root\\Certificates\\${thumbprint}`))),
      hours(48, elastic('registry', 'elastic', elasticWrite(`${store}\\Root\\X`))),
      hours(48, elastic('library', 'elastic', libraries('ntdll.dll'))),
      hours(48, elastic('library', 'fewlibs', libraries('other.dll'))),
      hours(48, sysmonLoad('sysmon')),
      hours(48, timeline('timed', timelineRoot)),
      hours(48, timeline('timed', timelineLoad)),
      hours(
        48,
        timeline('sysmon', { Channel: 'Sysmon', EventID: 1, Details: { Cmdline: 'a.exe', Proc: 'C:\\a.exe' } }),
      ),
      hours(1, timeline('sysmon', timelineRoot)),
      hours(48, sysmonLoad('edged')),
      hours(3, timeline('edged', timelineLoad), 60),
      hours(24, sysmonLoad('broken')),
      hours(24, sysmonLoad('broken'), 72),
      hours(1, timeline('broken', timelineLoad), 36),
      hours(1, timeline('broken', timelineLoad), 48),
      hours(1, timeline('broken', timelineLoad), 60),
      hours(48, wazuh('alerted', { rule: { id: '61609', level: 3 } })),
      hours(48, wazuh('archived', {})),
    ]
    for (const file of files) await ingest.read(file)
    said = await saidOfHosts(ingest.store)
  }, 180_000)
  afterAll(() => ingest.close())

  const kinds = (host: string, id: string) =>
    said.classOf(host, id)?.obstacles.map(({ kind, setting }) => `${kind} ${setting}`)
  const channels = (host: string) =>
    said.host(host).channels.map(({ channel, picked, events, sources }) => [channel, picked, events, ...sources])

  it('tables of a product are channels, with first and last event and events a day', () => {
    expect(said.host('defended').channels).toMatchObject([
      { channel: 'Microsoft Defender/DeviceImageLoadEvents', events: 48, events_per_day: 24, picked: false },
      {
        channel: 'Microsoft Defender/DeviceRegistryEvents',
        events: 48,
        days: 2,
        first_seen: '2026-03-02T00:05:00.000000Z',
        last_seen: '2026-03-03T23:05:00.000000Z',
        sources: ['defender-hunting'],
        silences: [],
      },
    ])
  })

  it('a store that holds only streamed tables of Defender answers about stores, and not about what it only samples', () => {
    expect(said.classOf('defended', 'certificate_store')).toMatchObject({
      state: 'answerable',
      obstacles: [],
      answerable: [{ from: hour(0), until: hour(48) }],
    })
    expect(said.classOf('defended', 'module_load')).toMatchObject({ state: 'seen', events: 48, answerable: [] })
    expect(kinds('defended', 'module_load')).toEqual(['missing sysmon_modules', 'partial defender_modules'])
    expect(said.classOf('defended', 'trust_provider')).toMatchObject({ state: 'not_answerable' })
    expect(said.classOf('defended', 'signing_state')).toMatchObject({ state: 'not_answerable', answerable: [] })
    expect(said.classOf('defended', 'persistence')).toMatchObject({ state: 'not_answerable', answerable: [] })
  })

  it('a table that falls silent while the others go on is told, and a "no" holds before', () => {
    expect(kinds('quieted', 'certificate_store')).toEqual(['silent defender_registry'])
    expect(said.classOf('quieted', 'certificate_store')?.answerable).toEqual([{ from: hour(0), until: hour(30) }])
    expect(troublesOf(said.host('quieted'))).toMatchObject([{ kind: 'silent', since: hour(30) }])
  })

  it('a table that never told of a place proves nothing about that place', () => {
    expect(kinds('elsewhere', 'certificate_store')).toEqual([
      'missing sysmon_registry',
      'missing security_registry',
      'missing defender_registry',
    ])
    expect(said.settingOf('elsewhere', 'defender_registry')).toMatchObject({ state: 'selective', events: 48 })
  })

  it('an answer of advanced hunting has what was asked for: it shows what was, and never that nothing else was', () => {
    expect(channels('hunted')).toEqual([['Microsoft Defender/DeviceRegistryEvents', true, 96, 'defender-hunting']])
    expect(said.classOf('hunted', 'certificate_store')).toMatchObject({ state: 'seen', events: 48, answerable: [] })
    expect(kinds('hunted', 'certificate_store')).toContain('partial defender_registry')
    expect(said.classOf('hunted', 'trust_provider')).toMatchObject({ state: 'not_answerable', answerable: [] })
  })

  it('a store that holds only Elastic Defend answers about stores and modules, where everyday modules are told', () => {
    expect(said.classOf('elastic', 'certificate_store')).toMatchObject({ state: 'answerable', obstacles: [] })
    expect(said.classOf('elastic', 'module_load')).toMatchObject({ state: 'seen', events: 48, obstacles: [] })
    expect(said.classOf('elastic', 'persistence')).toMatchObject({ state: 'not_answerable' })
    expect(said.classOf('fewlibs', 'module_load')).toMatchObject({ state: 'seen', events: 48, answerable: [] })
    expect(kinds('fewlibs', 'module_load')).toEqual(['missing sysmon_modules', 'missing elastic_modules'])
  })

  it('a product is told of only on hosts where it spoke', () => {
    const named = (host: string) => said.host(host).settings.map(({ setting }) => setting)
    expect(named('sysmon').filter(id => /^(?:defender|elastic)_/.test(id))).toEqual([])
    expect(named('elastic').filter(id => id.startsWith('defender_'))).toEqual([])
    expect(named('elastic')).toContain('elastic_registry')
  })

  it('a timeline shows what its rules picked, and turns no "unknown" into "no"', () => {
    expect(channels('timed')).toEqual([['Microsoft-Windows-Sysmon/Operational', true, 96, 'windows-hayabusa']])
    expect(said.host('timed').channels).toMatchObject([{ silences: [] }])
    expect(said.classOf('timed', 'certificate_store')).toMatchObject({ state: 'seen', events: 48, answerable: [] })
    expect(said.host('timed').classes.filter(({ state }) => state === 'answerable')).toEqual([])
    expect(said.host('timed').classes.flatMap(({ answerable }) => answerable)).toEqual([])
    expect(said.settingOf('timed', 'sysmon_modules')).toEqual({
      setting: 'sysmon_modules',
      state: 'selective',
      proof:
        'there are no events 7 of Microsoft-Windows-Sysmon/Operational but 48 events that a rule or a query picked',
      events: 48,
      remedy: expect.stringContaining('ImageLoad'),
    })
    expect(troublesOf(said.host('timed'))).toEqual([])
    expect(said.host('timed').limits).toEqual([
      expect.stringMatching(/^96 events can say what was, .*windows-hayabusa/),
    ])
  })

  it('a "no" holds for no time of which only picked rows were read', () => {
    expect(said.classOf('edged', 'module_load')).toMatchObject({
      state: 'seen',
      events: 51,
      answerable: [{ from: hour(0), until: hour(48) }],
    })
    // The whole host is silent for two days, whatever somebody picked in between.
    expect(said.host('broken').silences).toMatchObject([{ from: hour(24), until: hour(72), why: 'unknown' }])
    expect(said.classOf('broken', 'module_load')?.answerable).toEqual([
      { from: hour(0), until: hour(24) },
      { from: hour(72), until: hour(96) },
    ])
  })

  it('where one source brings both, what was picked is known by the row', () => {
    expect(channels('alerted')).toEqual([['Microsoft-Windows-Sysmon/Operational', true, 48, 'windows-wazuh']])
    expect(channels('archived')).toEqual([['Microsoft-Windows-Sysmon/Operational', false, 48, 'windows-wazuh']])
    expect(said.classOf('alerted', 'module_load')).toMatchObject({ state: 'seen', events: 48, answerable: [] })
    expect(said.classOf('archived', 'module_load')).toMatchObject({ state: 'seen', events: 48, obstacles: [] })
  })

  it('people are shown which rows were picked, and why that is no proof', () => {
    const lines: string[] = []
    const line = (text: string) => void lines.push(text)
    const output = { json: false, color: false, line, record: () => {}, note: () => {} }
    showCoverage(output, [said.host('timed')], evidence, { host: 'timed', limit: 1 })
    const text = lines.join('\n')
    expect(text).toContain('picked: Microsoft-Windows-Sysmon/Operational  96 ')
    expect(text).toContain('has only events that one of its rules picked')
    expect(text).toContain('not answerable')
    expect(text).not.toContain('a "no" holds')
  })

  it('a log and a timeline of one host stand apart, and the log loses nothing', () => {
    expect(channels('sysmon')).toEqual([
      ['Microsoft-Windows-Sysmon/Operational', false, 48, 'windows-winlogbeat'],
      ['Microsoft-Windows-Sysmon/Operational', true, 49, 'windows-hayabusa'],
    ])
    expect(said.host('sysmon').events).toBe(97)
    expect(said.classOf('sysmon', 'module_load')).toMatchObject({
      state: 'seen',
      events: 48,
      obstacles: [],
      answerable: [{ from: hour(0), until: hour(48) }],
    })
    // Picked: seen, and no proof for the other hours.
    expect(said.classOf('sysmon', 'certificate_store')).toMatchObject({ state: 'seen', events: 1, answerable: [] })
  })
}

if (engineInstalled) describe('coverage: products and timelines', suite)
else
  describe('coverage: products and timelines', () => it('needs the embedded engine', context => context.skip(noEngine)))
