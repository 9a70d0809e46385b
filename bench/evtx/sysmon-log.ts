import { eventWriter, writeLog } from '../../src/evtx/index.ts'
import { type Random, randomFrom } from '../generate/random.ts'

/** A log of process creations, registry changes and module loads as Sysmon writes them, with invented values. */
export function sysmonLog(count: number, seed = 20261122): Uint8Array {
  const random = randomFrom(seed)
  const events = eventWriter()
  const start = 134_169_156_000_000_000n
  return writeLog(
    Array.from({ length: count }, (_, i) => {
      const kind = random.pick([1, 7, 13])
      const data = dataOf(kind, random)
      return events.record(
        {
          provider_name: 'Microsoft-Windows-Sysmon',
          provider_guid: '{5770385f-c22a-43e0-bf4c-06f5698ffbd9}',
          event_id: kind,
          version: 2,
          task: kind,
          time_created: start + BigInt(i) * 4_321_000n,
          process_id: 3044,
          thread_id: 4100 + random.whole(0, 5),
          channel: 'Microsoft-Windows-Sysmon/Operational',
          computer: 'ws-1042.norrfell.example',
          user_sid: 'S-1-5-18',
          data,
        },
        BigInt(i + 1),
      )
    }),
  )
}

const programs = ['svchost.exe', 'explorer.exe', 'reg.exe', 'certutil.exe', 'msiexec.exe', 'powershell.exe'] as const

function dataOf(kind: number, random: Random) {
  const image = `C:\\Windows\\System32\\${random.pick(programs)}`
  const common = [
    ['RuleName', '-'],
    ['UtcTime', '2026-03-02 09:00:00.123'],
    ['ProcessGuid', { type: 'guid', value: guid(random) }],
    ['ProcessId', { type: 'uint32', value: random.whole(4, 30_000) }],
    ['Image', image],
  ] as const
  const hashes = `SHA1=${random.hex(40).toUpperCase()},MD5=${random.hex(32).toUpperCase()},SHA256=${random.hex(64).toUpperCase()}`
  if (kind === 13)
    return [
      ['RuleName', '-'],
      ['EventType', 'SetValue'],
      ...common.slice(1),
      ['TargetObject', `HKLM\\SOFTWARE\\Norrfell\\${random.text(12)}\\Value`],
      ['Details', `DWORD (0x${random.hex(8)})`],
      ['User', 'NT AUTHORITY\\SYSTEM'],
    ] as const
  if (kind === 7)
    return [
      ...common,
      ['ImageLoaded', `C:\\Windows\\System32\\${random.text(8)}.dll`],
      ['Hashes', hashes],
      ['Signed', 'true'],
      ['Signature', 'Norrfell Software AS'],
      ['SignatureStatus', 'Valid'],
      ['User', 'NT AUTHORITY\\SYSTEM'],
    ] as const
  return [
    ...common,
    ['CommandLine', `"${image}" -k ${random.text(20)}`],
    ['CurrentDirectory', 'C:\\Windows\\system32\\'],
    ['User', 'NORRFELL\\kari'],
    ['LogonGuid', { type: 'guid', value: guid(random) }],
    ['LogonId', { type: 'hex64', value: BigInt(random.whole(1000, 1_000_000)) }],
    ['TerminalSessionId', { type: 'uint32', value: 1 }],
    ['IntegrityLevel', 'Medium'],
    ['Hashes', hashes],
    ['ParentProcessGuid', { type: 'guid', value: guid(random) }],
    ['ParentProcessId', { type: 'uint32', value: random.whole(4, 30_000) }],
    ['ParentImage', 'C:\\Windows\\explorer.exe'],
    ['ParentCommandLine', 'C:\\Windows\\Explorer.EXE'],
  ] as const
}

function guid(random: Random): string {
  return `{${random.hex(8)}-${random.hex(4)}-${random.hex(4)}-0000-${random.hex(12)}}`
}
