/**
 * The three shapes in which Windows events reach the product, one JSON object a line.
 *
 * Seen in: OTRF Security-Datasets (2022 to 2023, `TimeCreated` beside flat EventData), Winlogbeat 8 before any ingest
 * pipeline (SEKOIA-IO intake-formats, Beats/winlogbeat), NXLog im_msvistalog with to_json() (the same, Windows/windows).
 */
import { isoMillis, millisecond, nxlogTime, second } from './clock.ts'
import { hexFrom, randomFrom } from './random.ts'
import { shortName, type WindowsEvent } from './windows-events.ts'

const providers = {
  'Microsoft-Windows-Sysmon/Operational': {
    name: 'Microsoft-Windows-Sysmon',
    guid: '{5770385f-c22a-43e0-bf4c-06f5698ffbd9}',
    keywords: '0x8000000000000000',
    keywordsSigned: '-9223372036854775808',
    level: '4',
  },
  Security: {
    name: 'Microsoft-Windows-Security-Auditing',
    guid: '{54849625-5478-4994-a5ba-3e3b0328c30d}',
    keywords: '0x8020000000000000',
    keywordsSigned: '-9214364837600034816',
    level: '0',
  },
} as const

function uuid(label: string): string {
  const hex = hexFrom(label, 32)
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** Winlogbeat 8.15 to a file: `winlog.*` holds the event, `winlog.event_id` is a string. */
export function winlogbeatLine(event: WindowsEvent, index: number): string {
  const provider = providers[event.channel]
  const host = shortName(event.host)
  const late = randomFrom(`beat/${index}/${event.time}`).int(700, 2_400) * millisecond
  return JSON.stringify({
    '@timestamp': isoMillis(event.time + 3 * millisecond),
    log: { level: 'information' },
    agent: {
      ephemeral_id: uuid(`ephemeral/${host}`),
      id: uuid(`agent/${host}`),
      name: host,
      type: 'winlogbeat',
      version: '8.15.3',
    },
    ecs: { version: '8.0.0' },
    event: {
      action: event.category,
      created: isoMillis(event.time + late),
      kind: 'event',
      code: String(event.event_id),
      provider: provider.name,
    },
    host: {
      name: host.toLowerCase(),
      hostname: host,
      id: uuid(`host/${host}`),
      architecture: 'x86_64',
      ip: [event.host.address],
      os: {
        type: 'windows',
        platform: 'windows',
        family: 'windows',
        name: 'Windows 11 Enterprise',
        build: '22631.4317',
      },
    },
    message: event.message.replaceAll('\r\n', '\n'),
    winlog: {
      api: 'wineventlog',
      channel: event.channel,
      computer_name: event.host.name,
      event_data: event.data,
      event_id: String(event.event_id),
      opcode: 'Info',
      process: { pid: 3412, thread: { id: 4980 } },
      provider_guid: provider.guid,
      provider_name: provider.name,
      record_id: 418_200 + index,
      task: event.category,
      user: { identifier: 'S-1-5-18', name: 'SYSTEM', domain: 'NT AUTHORITY', type: 'User' },
      version: event.version,
    },
  })
}

/** Flat, as in the OTRF datasets of 2022 and later: EventData beside the header, numbers of EventData as strings. */
export function flatLine(event: WindowsEvent): string {
  const provider = providers[event.channel]
  const time = isoMillis(event.time + 2 * millisecond)
  return JSON.stringify({
    SourceName: provider.name,
    ProviderGuid: provider.guid,
    Level: provider.level,
    Keywords: provider.keywords,
    Channel: event.channel,
    Hostname: event.host.name,
    TimeCreated: time,
    '@timestamp': time,
    EventID: event.event_id,
    Message: event.message,
    Task: String(event.task),
    ...event.data,
  })
}

/**
 * NXLog: its own `EventType` (INFO, AUDIT_SUCCESS) wins over Sysmon's, so SetValue and CreateKey remain in `Message`
 * only. `EventTime` is the host's local time without a zone.
 */
export function nxlogLine(event: WindowsEvent, index: number): string {
  const provider = providers[event.channel]
  const audit = event.channel === 'Security'
  const { EventType: _hidden, ...data } = event.data
  const line = JSON.stringify({
    EventTime: nxlogTime(event.time),
    Hostname: event.host.name,
    Keywords: provider.keywordsSigned,
    EventType: audit ? 'AUDIT_SUCCESS' : 'INFO',
    SeverityValue: 2,
    Severity: 'INFO',
    EventID: event.event_id,
    SourceName: provider.name,
    ProviderGuid: provider.guid.toUpperCase(),
    Version: event.version,
    Task: event.task,
    OpcodeValue: 0,
    RecordNumber: 90_311 + index,
    ExecutionProcessID: audit ? 4 : 2980,
    ThreadID: 4404,
    Channel: event.channel,
    ...(audit ? {} : { Domain: 'NT AUTHORITY', AccountName: 'SYSTEM', UserID: 'S-1-5-18', AccountType: 'User' }),
    Message: event.message,
    Category: event.category,
    Opcode: 'Info',
    ...data,
    EventReceivedTime: nxlogTime(event.time + 2 * second),
    SourceModuleName: 'eventlog',
    SourceModuleType: 'im_msvistalog',
  })
  // A 64-bit number in the real thing, and too large for a JavaScript one.
  return line.replace(/"Keywords":"(-\d+)"/, '"Keywords":$1')
}
