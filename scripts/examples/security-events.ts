/** Security auditing: 4657 (registry value) and 4688 (process). Seen in OTRF Security-Datasets. */
import { type Process, shortName, system, type WindowsEvent, type WindowsHost } from './windows-events.ts'

const valueTypes = { REG_SZ: '%%1873', REG_DWORD: '%%1876' } as const

export type RegistryChange = {
  /** The key alone, in the kernel's spelling: `\REGISTRY\MACHINE\...`. */
  readonly key: string
  readonly value_name: string
  readonly type: keyof typeof valueTypes
  readonly old_value: string
  readonly new_value: string
}

/** Security 4657: the value name is a field of its own, unlike in Sysmon. */
export function registryAudited(time: number, actor: Process, change: RegistryChange): WindowsEvent {
  const [domain = '', account = ''] = actor.user.split('\\')
  const isSystem = actor.user === system
  const type = valueTypes[change.type]
  const data = {
    SubjectUserSid: isSystem ? 'S-1-5-18' : actor.host.user_sid,
    SubjectUserName: isSystem ? `${shortName(actor.host)}$` : account,
    SubjectDomainName: isSystem ? 'NORRFELL' : domain,
    SubjectLogonId: isSystem ? '0x3e7' : '0xcb4a2',
    ObjectName: change.key,
    ObjectValueName: change.value_name,
    HandleId: '0x2d4',
    OperationType: '%%1905',
    OldValueType: type,
    OldValue: change.old_value,
    NewValueType: type,
    NewValue: change.new_value,
    ProcessId: `0x${actor.pid.toString(16)}`,
    ProcessName: actor.image,
  }
  const message = [
    'A registry value was modified.',
    '',
    'Subject:',
    `\tSecurity ID:\t\t${data.SubjectUserSid}`,
    `\tAccount Name:\t\t${data.SubjectUserName}`,
    `\tAccount Domain:\t\t${data.SubjectDomainName}`,
    `\tLogon ID:\t\t${data.SubjectLogonId}`,
    '',
    'Object:',
    `\tObject Name:\t\t${change.key}`,
    `\tObject Value Name:\t${change.value_name}`,
    `\tHandle ID:\t\t${data.HandleId}`,
    '\tOperation Type:\t\tExisting registry value modified',
    '',
    'Process Information:',
    `\tProcess ID:\t\t${data.ProcessId}`,
    `\tProcess Name:\t\t${actor.image}`,
    '',
    'Change Information:',
    `\tOld Value Type:\t\t${change.type}`,
    `\tOld Value:\t\t${change.old_value}`,
    `\tNew Value Type:\t\t${change.type}`,
    `\tNew Value:\t\t${change.new_value}`,
  ]
  return securityEvent(time, actor.host, 4657, 12801, 'Registry', message.join('\r\n'), data)
}

/** Security 4688, with the command line switched on. */
export function processAudited(time: number, process: Process, parent: Process, commandLine: string): WindowsEvent {
  const [domain = '', account = ''] = process.user.split('\\')
  const isSystem = process.user === system
  const data = {
    SubjectUserSid: isSystem ? 'S-1-5-18' : process.host.user_sid,
    SubjectUserName: isSystem ? `${shortName(process.host)}$` : account,
    SubjectDomainName: isSystem ? 'NORRFELL' : domain,
    SubjectLogonId: isSystem ? '0x3e7' : '0xcb4a2',
    NewProcessId: `0x${process.pid.toString(16)}`,
    NewProcessName: process.image,
    TokenElevationType: '%%1936',
    ProcessId: `0x${parent.pid.toString(16)}`,
    CommandLine: commandLine,
    TargetUserSid: 'S-1-0-0',
    TargetUserName: '-',
    TargetDomainName: '-',
    TargetLogonId: '0x0',
    ParentProcessName: parent.image,
    MandatoryLabel: isSystem ? 'S-1-16-16384' : 'S-1-16-12288',
  }
  const message = [
    'A new process has been created.',
    '',
    'Creator Subject:',
    `\tSecurity ID:\t\t${data.SubjectUserSid}`,
    `\tAccount Name:\t\t${data.SubjectUserName}`,
    '',
    'Process Information:',
    `\tNew Process ID:\t\t${data.NewProcessId}`,
    `\tNew Process Name:\t${process.image}`,
    `\tCreator Process Name:\t${parent.image}`,
    `\tProcess Command Line:\t${commandLine}`,
  ]
  return securityEvent(time, process.host, 4688, 13312, 'Process Creation', message.join('\r\n'), data)
}

function securityEvent(
  time: number,
  host: WindowsHost,
  event_id: number,
  task: number,
  category: string,
  message: string,
  data: Readonly<Record<string, string>>,
): WindowsEvent {
  return {
    time,
    host,
    channel: 'Security',
    event_id,
    version: event_id === 4688 ? 2 : 0,
    task,
    category,
    message,
    data,
  }
}
