import { describe, expect, it } from 'vitest'
import { eventWriter, toXml, writeLog } from '../src/evtx/index.ts'
import type { Row } from '../src/model/index.ts'
import { eventKinds, rowsOf } from '../src/model/index.ts'
import { namesValue, targetOf4657, targetOfObject } from '../src/registry/index.ts'
import { nine, readLog, registryEvent } from './evtx-logs.ts'
import { ingestOfSuite } from './open-ingest.ts'

/** Rows of windows_event: one event gives one row, and one registry value one key and name, whoever tells of it. */

const sid = 'S-1-5-21-968647429-258479840-2507984072-1002'

describe('a Windows event', () => {
  const ingest = ingestOfSuite()

  /** The rows of one piece of evidence, in the order of its records. */
  const rowsIn = async (content: string | Uint8Array): Promise<readonly Row[]> => {
    const { evidence_id } = await ingest().read(content)
    const columns = eventKinds.windows_event.fields.join(', ')
    const text = `SELECT source, lower(hex(record_key)) AS record_key, ${columns} FROM windows_event WHERE evidence_id = {evidence:String} ORDER BY record_number`
    return await rowsOf(ingest().store, { name: 'test', text }, { params: { evidence: evidence_id } })
  }

  /** Events as OTRF has them: flat, and nothing is taken away. */
  const flat = (events: readonly Record<string, string | number>[]) =>
    events
      .map((event, at) =>
        JSON.stringify({
          TimeCreated: '2026-03-02T09:00:00.119Z',
          Hostname: 'WS1.corp.example',
          RecordNumber: at + 1,
          ...(event.ObjectName === undefined
            ? { Channel: 'Microsoft-Windows-Sysmon/Operational', EventID: 13, SourceName: 'Microsoft-Windows-Sysmon' }
            : { Channel: 'Security', EventID: 4657, SourceName: 'Microsoft-Windows-Security-Auditing' }),
          ...event,
        }),
      )
      .join('\n')
      .concat('\n')

  it.each([
    ['SetValue', 13],
    ['CreateKey', 12],
    ['DeleteValue', 12],
    ['RenameKey', 14],
  ])('names the registry key and value of Sysmon’s %s as registry-path.ts does', async (EventType, EventID) => {
    const rows = await rowsIn(flat(tellings.map(TargetObject => ({ EventID, EventType, TargetObject }))))
    const named = rows.map(({ registry_key, registry_value, registry_view }) => [
      registry_key,
      registry_value,
      registry_view,
    ])
    const expected = tellings.map(told => {
      const { path, value_name } = targetOfObject(told, { has_value: namesValue(EventType) })
      return [path.text, value_name ?? '', path.view === 'x86' ? 'x86' : '']
    })
    expect(named).toEqual(expected)
  })

  it('names the registry key and value of Security 4657 as registry-path.ts does, for its user', async () => {
    const user = { SubjectUserSid: sid, ObjectValueName: 'Blob' }
    const rows = await rowsIn(flat(tellings.map(ObjectName => ({ ...user, ObjectName }))))
    const expected = tellings.map(told => {
      const { path, value_name } = targetOf4657(told, 'Blob', { user_sid: sid })
      return [path.text, value_name, sid]
    })
    expect(rows.map(row => [row.registry_key, row.registry_value, row.user_id])).toEqual(expected)
  })

  it('of Sysmon 13 and of Security 4657 tells one value, one type and one operation', async () => {
    const key = 'SOFTWARE\\Microsoft\\Cryptography\\Wintrust\\Config'
    const written = [
      ['DWORD (0x0000002a)', '42', '%%1876', 'REG_DWORD', '42'],
      ['QWORD (0x00000001-0x00000002)', '4294967298', '%%1883', 'REG_QWORD', '4294967298'],
    ] as const
    for (const [Details, NewValue, NewValueType, type, data] of written) {
      const [sysmon, security] = await rowsIn(
        flat([
          { EventType: 'SetValue', TargetObject: `HKLM\\${key}\\EnableCertPaddingCheck`, Details },
          {
            ObjectName: `\\REGISTRY\\MACHINE\\${key}`,
            ObjectValueName: 'EnableCertPaddingCheck',
            OperationType: '%%1905',
            OldValue: '7',
            NewValue,
            NewValueType,
          },
        ]),
      )
      const value = {
        registry_key: `HKLM\\${key}`,
        registry_value: 'EnableCertPaddingCheck',
        registry_data: data,
        registry_data_type: type,
        registry_operation: 'value_set',
      }
      expect(sysmon).toMatchObject({ ...value, registry_data_before: '' })
      expect(security).toMatchObject({ ...value, registry_data_before: '7' })
    }
  })

  it('that creates a process without a ProcessGuid has an identity of host, number and time', async () => {
    const [row] = await rowsIn(
      flat([
        {
          Channel: 'Security',
          EventID: 4688,
          SourceName: 'Microsoft-Windows-Security-Auditing',
          SubjectUserSid: sid,
          SubjectLogonId: '0x3E7',
          NewProcessId: '0x10e1',
          NewProcessName: '\\??\\C:\\Temp\\a.exe',
          ProcessId: '0x354',
          ParentProcessName: '%SystemRoot%\\explorer.exe',
        },
      ]),
    )
    expect(row).toMatchObject({
      process_entity_id: 'ws1.corp.example/4321/2026-03-02 09:00:00.119000',
      process_id: 4321,
      process_executable: 'C:\\Temp\\a.exe',
      parent_process_id: 852,
      parent_process_executable: 'C:\\Windows\\explorer.exe',
      user_id: sid,
      logon_id: '0x3e7',
    })
  })

  it('told in five formats is one row', async () => {
    const told = toldInFive()
    const rows = []
    for (const content of Object.values(told)) {
      const of = await rowsIn(content)
      expect(of).toHaveLength(1)
      rows.push(...of)
    }
    expect(rows.map(({ source }) => source)).toEqual([
      'windows-evtx',
      'windows-evtx',
      'windows-winlogbeat',
      'windows-nxlog',
      'windows-otrf',
    ])
    const [first, ...others] = rows.map(({ source: _source, message: _message, ...row }) => row)
    expect(first).toMatchObject({ registry_value: 'Blob', registry_operation: 'value_set', process_id: 4321 })
    for (const other of others) expect(other).toEqual(first)
  })
})

const event = {
  RuleName: '-',
  EventType: 'SetValue',
  UtcTime: '2026-03-02 09:00:00.117',
  ProcessGuid: '{11111111-2222-3333-4444-555555555555}',
  ProcessId: '4321',
  Image: 'C:\\Windows\\System32\\certutil.exe',
  TargetObject:
    'HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\ROOT\\Certificates\\0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B\\Blob',
  Details: 'Binary Data',
  User: 'EXAMPLE\\alice',
}

/** One event, as each tool writes it. */
function toldInFive() {
  const channel = 'Microsoft-Windows-Sysmon/Operational'
  const provider = 'Microsoft-Windows-Sysmon'
  const host = 'WS1.corp.example'
  const log = writeLog([
    eventWriter().record(
      registryEvent({
        time_created: nine + 1_190_000n,
        computer: host,
        data: Object.entries(event).map(([name, value]) => [
          name,
          name === 'ProcessId' ? { type: 'uint32', value: Number(value) } : value,
        ]),
      }),
      479_932n,
    ),
  ])
  const [record] = readLog(log).records
  const winlogbeat = {
    '@timestamp': '2026-03-02T09:00:00.117Z',
    winlog: {
      channel,
      event_id: '13',
      provider_name: provider,
      computer_name: host,
      record_id: 479932,
      time_created: '2026-03-02T09:00:00.119Z',
      event_data: event,
    },
    message: 'Registry value set',
  }
  const nxlog = {
    EventTime: '2026-03-02 09:00:00.119',
    EventReceivedTime: '2026-03-02 09:00:01',
    Hostname: host,
    Channel: channel,
    EventID: 13,
    SourceName: provider,
    RecordNumber: 479932,
    ...event,
  }
  const otrf = {
    TimeCreated: '2026-03-02T09:00:00.119Z',
    Hostname: host,
    Channel: channel,
    EventID: 13,
    SourceName: provider,
    RecordNumber: 479932,
    ...event,
  }
  return {
    log,
    xml: `<Events>${record === undefined ? '' : toXml(record)}</Events>`,
    winlogbeat: `${JSON.stringify(winlogbeat)}\n`,
    nxlog: `${JSON.stringify(nxlog)}\n`,
    otrf: `${JSON.stringify(otrf)}\n`,
  }
}

/** Paths as tools and Windows tell them. */
const tellings = [
  'HKLM\\SOFTWARE\\Microsoft\\Cryptography\\Blob',
  'HKLM\\SOFTWARE\\WOW6432Node\\Microsoft\\Cryptography\\Blob',
  'HKLM\\Software\\Wow6432Node\\Wow6432Node\\x\\y',
  'HKLM\\SOFTWARE\\Classes\\WOW6432Node\\CLSID\\{1}\\(Default)',
  'HKLM\\SOFTWARE\\WOW6432Node\\Classes\\CLSID\\{1}\\',
  'HKEY_LOCAL_MACHINE\\System\\ControlSet001\\Control\\CI\\Policy',
  'HKLM\\System\\ControlSet001x\\Control\\x',
  '\\REGISTRY\\MACHINE\\SOFTWARE\\Microsoft\\SystemCertificates\\ROOT\\Certificates',
  `\\REGISTRY\\USER\\${sid}\\Software\\Microsoft\\x`,
  `\\REGISTRY\\USER\\${sid}_CLASSES\\Wow6432Node\\CLSID\\y`,
  `HKU\\${sid}_Classes\\CLSID\\y`,
  `HKU\\${sid.toLowerCase()}\\Software\\Größe`,
  'HKU\\.DEFAULT\\Software\\Microsoft\\x',
  'HKU\\S-1-5-18\\Software\\Microsoft\\x',
  'HKCR\\CLSID\\{1}\\InProcServer32\\(Default)',
  'HKEY_CLASSES_ROOT\\.exe\\x',
  'HKEY_CURRENT_CONFIG\\Software\\x',
  'HKCU\\Software\\Microsoft\\x',
  'HKEY_CURRENT_USER\\Software\\WOW6432Node\\x\\y',
  '\\REGISTRY\\A\\{562d5938-b3df-47e2-8870-ff9ce1e13d9a}\\Root\\x',
  'HKLM\\System\\CurrentControlSet\\Services\\bam\\State\\UserSettings\\S-1-5-18\\\\Device\\HarddiskVolume2\\a.exe',
  'HKU\\.DEFAULT\\Software\\Layers\\C:\\Program Files\\a b.exe',
  'HKLM\\SOFTWARE\\Vendor\\%SystemRoot%\\x.dll',
  'HKLM\\SOFTWARE\\Vendor\\@%SystemRoot%\\x.dll,-1',
  'HKLM\\\\SOFTWARE\\\\Double\\x',
  'HKLM\\x',
  'HKLM',
  'nowhere at all\\x\\y',
]
