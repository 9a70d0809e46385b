/** Sysmon's events, with the fields of each in Sysmon 15's order. */
import { sysmonTime } from './clock.ts'
import { hexFrom } from './random.ts'
import { type Process, system, type WindowsEvent } from './windows-events.ts'

const sysmonKinds: Readonly<Record<number, readonly [title: string, category: string, version: number]>> = {
  1: ['Process Create', 'Process Create (rule: ProcessCreate)', 5],
  3: ['Network connection detected', 'Network connection detected (rule: NetworkConnect)', 5],
  7: ['Image loaded', 'Image loaded (rule: ImageLoad)', 3],
  11: ['File created', 'File created (rule: FileCreate)', 2],
  12: ['Registry object added or deleted', 'Registry object added or deleted (rule: RegistryEvent)', 2],
  13: ['Registry value set', 'Registry value set (rule: RegistryEvent)', 2],
  22: ['Dns query', 'Dns query (rule: DnsQuery)', 5],
}

function sysmon(id: number, time: number, actor: Process, data: Readonly<Record<string, string>>): WindowsEvent {
  const [title, category, version] = sysmonKinds[id] ?? ['', '', 0]
  const all = { RuleName: '-', ...data }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return {
    time,
    host: actor.host,
    channel: 'Microsoft-Windows-Sysmon/Operational',
    event_id: id,
    version,
    task: id,
    category,
    message: `${title}:\r\n${lines.join('\r\n')}`,
    data: all,
  }
}

/** The three fields every Sysmon event names its process by, after the time. */
function actorFields(time: number, actor: Process) {
  return {
    UtcTime: sysmonTime(time),
    ProcessGuid: actor.guid,
    ProcessId: String(actor.pid),
    Image: actor.image,
  }
}

/** Hashes of an invented file: they follow from its path, so they agree wherever the file is named. */
export function hashesOf(path: string): string {
  const file = path.toLowerCase()
  const part = (name: string, length: number) => hexFrom(`${name}/${file}`, length).toUpperCase()
  return `SHA1=${part('sha1', 40)},MD5=${part('md5', 32)},SHA256=${part('sha256', 64)},IMPHASH=${part('imphash', 32)}`
}

export type FileLabel = {
  readonly version: string
  readonly description: string
  readonly product: string
  readonly company: string
}

function labelFields(path: string, label: FileLabel) {
  return {
    FileVersion: label.version,
    Description: label.description,
    Product: label.product,
    Company: label.company,
    OriginalFileName: path.slice(path.lastIndexOf('\\') + 1),
  }
}

export function processCreated(
  time: number,
  process: Process,
  parent: Process,
  commandLine: string,
  label: FileLabel,
  integrity = 'Medium',
): WindowsEvent {
  return sysmon(1, time, process, {
    ...actorFields(time, process),
    ...labelFields(process.image, label),
    CommandLine: commandLine,
    CurrentDirectory: process.image.slice(0, process.image.lastIndexOf('\\') + 1),
    User: process.user,
    LogonGuid: `{${process.host.guid}-3f10-68ed-a2b4-0c0000000000}`,
    LogonId: process.user === system ? '0x3e7' : '0xcb4a2',
    TerminalSessionId: process.user === system ? '0' : '1',
    IntegrityLevel: process.user === system ? 'System' : integrity,
    Hashes: hashesOf(process.image),
    ParentProcessGuid: parent.guid,
    ParentProcessId: String(parent.pid),
    ParentImage: parent.image,
    ParentCommandLine: `"${parent.image}"`,
    ParentUser: parent.user,
  })
}

/** `unsigned`, or the signer's name and what this host's own signature check said. */
export type Signature = 'unsigned' | { readonly signer: string; readonly status: 'Valid' | 'Unavailable' }

export function imageLoaded(
  time: number,
  actor: Process,
  path: string,
  label: FileLabel,
  signature: Signature,
): WindowsEvent {
  const signed = signature !== 'unsigned'
  return sysmon(7, time, actor, {
    ...actorFields(time, actor),
    ImageLoaded: path,
    ...labelFields(path, label),
    Hashes: hashesOf(path),
    Signed: String(signed),
    Signature: signed ? signature.signer : '-',
    SignatureStatus: signed ? signature.status : 'Unavailable',
    User: actor.user,
  })
}

export function fileCreated(time: number, actor: Process, path: string): WindowsEvent {
  const data = { ...actorFields(time, actor), TargetFilename: path, CreationUtcTime: sysmonTime(time) }
  return sysmon(11, time, actor, { ...data, User: actor.user })
}

export function keyCreated(time: number, actor: Process, key: string): WindowsEvent {
  return sysmon(12, time, actor, {
    EventType: 'CreateKey',
    ...actorFields(time, actor),
    TargetObject: key,
    User: actor.user,
  })
}

/** `value` is the whole path, value name last. Binary data is never shown: Sysmon writes `Binary Data`. */
export function valueSet(time: number, actor: Process, value: string, details: string): WindowsEvent {
  return sysmon(13, time, actor, {
    EventType: 'SetValue',
    ...actorFields(time, actor),
    TargetObject: value,
    Details: details,
    User: actor.user,
  })
}

export function connected(
  time: number,
  actor: Process,
  port: number,
  server: string,
  serverPort: number,
): WindowsEvent {
  return sysmon(3, time, actor, {
    ...actorFields(time, actor),
    User: actor.user,
    Protocol: 'tcp',
    Initiated: 'true',
    SourceIsIpv6: 'false',
    SourceIp: actor.host.address,
    SourceHostname: actor.host.name,
    SourcePort: String(port),
    SourcePortName: '-',
    DestinationIsIpv6: 'false',
    DestinationIp: server,
    DestinationHostname: '-',
    DestinationPort: String(serverPort),
    DestinationPortName: serverPort === 443 ? 'https' : '-',
  })
}

export function nameAsked(time: number, actor: Process, name: string, addresses: readonly string[]): WindowsEvent {
  return sysmon(22, time, actor, {
    ...actorFields(time, actor),
    QueryName: name,
    QueryStatus: '0',
    QueryResults: addresses.map(address => `::ffff:${address};`).join(''),
    User: actor.user,
  })
}
