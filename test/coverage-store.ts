import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { shipped } from '../src/config.ts'
import { dictionaryStatement } from '../src/mapping/index.ts'
import type { EventStore } from '../src/model/index.ts'
import { openChdbEventStore } from '../src/store/clickhouse/index.ts'
import type { HostCoverage } from '../src/telemetry/index.ts'
import { coverageOfHosts, loadEvidence } from '../src/telemetry/index.ts'

/** Hosts whose logs are made hour by hour, for the suites of `counterseal coverage`. All of it is invented. */

export const evidence = loadEvidence(shipped('analytics'))

/** An event in the dictionary's own words. */
export type Event = Readonly<Record<string, unknown>>

export const security = { channel: 'Security', provider_name: 'Microsoft-Windows-Security-Auditing' }
export const sysmon = { channel: 'Microsoft-Windows-Sysmon/Operational', provider_name: 'Microsoft-Windows-Sysmon' }
export const eventlog = { provider_name: 'Microsoft-Windows-Eventlog' }

export const logon = { ...security, event_id: 4624 }
export const everydayWrite = {
  ...sysmon,
  event_id: 13,
  registry_key: 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\bam\\State',
  registry_value: 'X',
}

const begin = Date.parse('2026-03-02T00:00:00Z')
/** Hours after the beginning as a time, a few minutes into the hour. */
export const at = (hour: number) => new Date(begin + hour * 3_600_000 + 300_000).toISOString()
/** The beginning of an hour, as coverage tells it. */
export const hour = (hour: number) => new Date(begin + hour * 3_600_000).toISOString().replace('.000Z', 'Z')

/** The event in each hour from one to before another. */
export function hourly(host_name: string, event: Event, from: number, until: number): readonly Event[] {
  return Array.from({ length: until - from }, (_, n) => ({ host_name, event_time: at(from + n), ...event }))
}

/** A host whose logs were cleared three times: Security, another by its name, another by the message alone. */
export const clearedHost: readonly Event[] = [
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
]

/** What a store says of its hosts. Throws where there is no such host. */
export type SaidOfHosts = {
  readonly all: readonly HostCoverage[]
  host(name: string): HostCoverage
  classOf(name: string, id: string): HostCoverage['classes'][number] | undefined
  settingOf(name: string, id: string): HostCoverage['settings'][number] | undefined
}

export async function saidOfHosts(store: EventStore): Promise<SaidOfHosts> {
  const all: HostCoverage[] = []
  for await (const host of coverageOfHosts(store, evidence)) all.push(host)
  const host = (name: string) => {
    const found = all.find(one => one.host_name === name)
    if (found === undefined) throw new Error(`there is no host ${name}`)
    return found
  }
  return {
    all,
    host,
    classOf: (name, id) => host(name).classes.find(one => one.class === id),
    settingOf: (name, id) => host(name).settings.find(one => one.setting === id),
  }
}

/** A store of its own. */
export type CoverageStore = {
  readonly store: EventStore
  /** Each call is another piece of evidence. */
  insert(events: readonly Event[]): Promise<void>
  /** Which evidence the next call makes. */
  nextEvidence(): string
  close(): Promise<void>
}

export async function openCoverageStore(): Promise<CoverageStore> {
  const directory = await mkdtemp(join(tmpdir(), 'counterseal-coverage-'))
  const store = await openChdbEventStore(join(directory, 'events'))
  await store.migrate()
  let chunks = 0
  const evidenceOf = (chunk: number) => String(chunk).padStart(64, '0')
  return {
    store,
    insert: async events => {
      chunks += 1
      const path = join(directory, `${chunks}.ndjson`)
      const lines = events.map((event, n) =>
        JSON.stringify({ kind: 'windows_event', record_key: `${chunks}/${n}`, ...event }),
      )
      await writeFile(path, `${lines.join('\n')}\n`)
      const chunk = await store.stageChunk(path)
      const evidence_id = evidenceOf(chunks)
      const place = { evidence_id, first_record: 0, sequence: chunks * 1_000_000, byte_offset: 0 }
      const { sql, params } = dictionaryStatement('windows_event', place)
      await store.insert(sql, { params, chunk, token: `coverage/${chunks}` })
      await chunk.release()
    },
    nextEvidence: () => evidenceOf(chunks + 1),
    close: async () => {
      await store.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
