/** Windows events before a collector has shaped them: header, EventData in the provider's order, message text. */
import { hexFrom } from './random.ts'

export type WindowsHost = {
  readonly name: string
  readonly address: string
  /** First part of every ProcessGuid on this host. */
  readonly guid: string
  readonly user: string
  readonly user_sid: string
}

export type WindowsEvent = {
  readonly time: number
  readonly host: WindowsHost
  readonly channel: 'Microsoft-Windows-Sysmon/Operational' | 'Security'
  readonly event_id: number
  readonly version: number
  readonly task: number
  /** The rendered task name. */
  readonly category: string
  readonly message: string
  readonly data: Readonly<Record<string, string>>
}

export type Process = {
  readonly host: WindowsHost
  readonly image: string
  readonly pid: number
  readonly guid: string
  readonly user: string
}

/** The process id and GUID follow from host and label, so one process keeps them across files. */
export function processOn(host: WindowsHost, image: string, label = image, user = host.user): Process {
  const hex = hexFrom(`process/${host.name}/${label}`, 20)
  const pid = (Number.parseInt(hex.slice(0, 3), 16) + 400) * 4
  const guid = `{${host.guid}-${hex.slice(4, 8)}-6${hex.slice(8, 11)}-${hex.slice(12, 16)}-000000000900}`
  return { host, image, pid, guid, user }
}

export const system = 'NT AUTHORITY\\SYSTEM'

export function shortName(host: WindowsHost): string {
  return host.name.split('.')[0] ?? host.name
}
