/** What Windows does anyway, with the writes that only look like steps of the story. */
import type { ExampleCertificates } from './certificates.ts'
import { at, hour, millisecond, minute, second, workdays } from './clock.ts'
import { hexFrom, randomFrom } from './random.ts'
import { processAudited, registryAudited } from './security-events.ts'
import { explorer, microsoft, ws1042 } from './story-windows.ts'
import { fileCreated, imageLoaded, keyCreated, processCreated, valueSet } from './sysmon-events.ts'
import { type Process, processOn, system, type WindowsEvent, type WindowsHost } from './windows-events.ts'

export const dev0031: WindowsHost = {
  name: 'DEV-0031.norrfell.example',
  address: '10.20.22.31',
  guid: '5d90be14',
  user: 'NORRFELL\\e.sandstrom',
  user_sid: 'S-1-5-21-2911840552-1183345760-3094876201-1731',
}

const stores = 'SOFTWARE\\Microsoft\\SystemCertificates'
const sips = 'HKLM\\SOFTWARE\\Microsoft\\Cryptography\\OID\\EncodingType 0\\CryptSIPDllVerifyIndirectData'

/** Roots that Microsoft's list really contains: DigiCert Global Root G2 and ISRG Root X1, by SHA-1. */
const listedRoots = ['DF3C24F9BFD666761B268073FE06D1CC8D4F82A4', 'CABD2A79A1076A31F21D253635CB039D4329A5E8'] as const

const service = (host: WindowsHost, group: string) =>
  processOn(host, 'C:\\Windows\\System32\\svchost.exe', `svchost ${group}`, system)

const windows = { signer: 'Microsoft Windows', status: 'Valid' } as const

/** crypt32 fetches a root that Microsoft lists, when a chain first needs it. */
function authRoot(time: number, host: WindowsHost, thumbprint: string): readonly WindowsEvent[] {
  const actor = service(host, 'CryptSvc')
  const key = `HKLM\\${stores}\\AuthRoot\\Certificates\\${thumbprint}`
  return [keyCreated(time, actor, key), valueSet(time + 6 * millisecond, actor, `${key}\\Blob`, 'Binary Data')]
}

/** A machine certificate is renewed: the personal store, not a trust decision. */
function ownCertificate(time: number, host: WindowsHost): readonly WindowsEvent[] {
  const thumbprint = hexFrom(`own certificate/${host.name}`, 40).toUpperCase()
  const key = `HKLM\\${stores}\\MY\\Certificates\\${thumbprint}`
  const actor = processOn(host, 'C:\\Windows\\System32\\taskhostw.exe', 'taskhostw enrolment', system)
  return [keyCreated(time, actor, key), valueSet(time + 4 * millisecond, actor, `${key}\\Blob`, 'Binary Data')]
}

/** Opening a store creates its keys when they are missing: no certificate is written. */
function storeOpened(time: number, actor: Process): readonly WindowsEvent[] {
  const names = ['ROOT\\Certificates', 'ROOT\\CRLs', 'ROOT\\CTLs', 'AuthRoot\\Certificates', 'CA\\Certificates']
  return names.map((name, index) => keyCreated(time + index * 350, actor, `HKLM\\${stores}\\${name}`))
}

function ordinary(host: WindowsHost, days: readonly number[], rounds: number): readonly WindowsEvent[] {
  const random = randomFrom(`windows/${host.name}`)
  const shell = processOn(host, 'C:\\Windows\\explorer.exe')
  const programs = [
    ['C:\\Windows\\System32\\notepad.exe', 'C:\\Windows\\System32\\textshaping.dll'],
    ['C:\\Windows\\System32\\mmc.exe', 'C:\\Windows\\System32\\crypt32.dll'],
    ['C:\\Windows\\System32\\backgroundTaskHost.exe', 'C:\\Windows\\System32\\wintrust.dll'],
    ['C:\\Windows\\System32\\conhost.exe', 'C:\\Windows\\System32\\ntdll.dll'],
  ] as const
  const settings = [
    [
      `HKU\\${host.user_sid}\\Software\\Microsoft\\Office\\16.0\\Common\\Internet\\UseRWHlinkNavigation`,
      'DWORD (0x00000001)',
    ],
    ['HKLM\\SYSTEM\\CurrentControlSet\\Services\\W32Time\\Config\\LastKnownGoodTime', 'QWORD (0x01dd3c11-0x8a40b260)'],
    [
      'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Diagnostics\\DiagTrack\\HeartBeats\\Default\\LastHeartBeat',
      'Binary Data',
    ],
  ] as const
  const events: WindowsEvent[] = []
  for (const midnight of days) {
    for (let round = 0; round < rounds; round++) {
      const time = midnight + 6 * hour + random.int(0, 11 * 3600) * second + random.int(0, 999) * millisecond
      const [image, library] = random.pick(programs)
      const program = processOn(host, image, `${image}/${time}`)
      const [value, details] = random.pick(settings)
      events.push(
        processCreated(time, program, shell, `"${image}"`, microsoft),
        imageLoaded(time + 31 * millisecond, program, library, microsoft, windows),
        valueSet(time + 2 * second, service(host, 'netsvcs'), value, details),
      )
    }
  }
  return events
}

/** WS-1042 before the loader, as Winlogbeat sent it. */
export function workstationBefore(): readonly WindowsEvent[] {
  const days = workdays.slice(0, 3)
  return [
    ...ordinary(ws1042, days, 6),
    ...authRoot(at('2026-10-12T08:20:11.400'), ws1042, listedRoots[0]),
    ...storeOpened(at('2026-10-12T06:01:40.010'), service(ws1042, 'CryptSvc')),
    ...storeOpened(at('2026-10-14T06:02:13.730'), explorer),
    ...ownCertificate(at('2026-10-13T05:40:02.900'), ws1042),
  ]
}

/** WS-1042 after Winlogbeat had stopped, from the export. */
export function workstationAfter(): readonly WindowsEvent[] {
  const random = randomFrom('export')
  const search = processOn(ws1042, 'C:\\Windows\\System32\\SearchProtocolHost.exe', 'search', system)
  const indexer = processOn(ws1042, 'C:\\Windows\\System32\\SearchIndexer.exe', 'indexer', system)
  const events: WindowsEvent[] = [...storeOpened(at('2026-10-15T10:44:09.120'), service(ws1042, 'CryptSvc'))]
  for (let turn = 0; turn < 14; turn++) {
    const time = at('2026-10-15T09:20:00') + turn * 27 * minute + random.int(0, 900) * second
    events.push(
      processAudited(time, search, indexer, `"${search.image}" Global\\UsGthrFltPipeMssGthrPipe${turn}_`),
      imageLoaded(time + 40 * millisecond, search, 'C:\\Windows\\System32\\msxml6.dll', microsoft, windows),
    )
  }
  return events
}

/** The developer's machine: mkcert, Office, an update that rewrites a SIP with its proper values. */
export function developerMachine(certificates: ExampleCertificates): readonly WindowsEvent[] {
  const terminal = processOn(dev0031, 'C:\\Program Files\\PowerShell\\7\\pwsh.exe')
  const mkcert = processOn(dev0031, 'C:\\Users\\e.sandstrom\\scoop\\apps\\mkcert\\current\\mkcert.exe')
  const installer = processOn(dev0031, 'C:\\Windows\\System32\\msiexec.exe', 'msiexec', system)
  const servicing = processOn(dev0031, 'C:\\Windows\\servicing\\TrustedInstaller.exe', 'servicing', system)
  const oneDrive = processOn(dev0031, 'C:\\Program Files\\Microsoft OneDrive\\OneDrive.exe')
  const thumbprint = certificates.mkcertRoot.sha1.toUpperCase()
  const userRoot = `HKU\\${dev0031.user_sid}\\${stores}\\Root\\Certificates\\${thumbprint}`
  const office = `${sips}\\{9FA65764-C36F-4319-9737-658A34585BB7}`
  const script = `${sips}\\{603BCC1F-4B59-4E08-B724-D2C6297EF351}`
  const t = (time: string) => at(`2026-10-${time}`)
  const none = { version: '1.4.4', description: '-', product: '-', company: '-' }
  return [
    ...ordinary(dev0031, workdays, 5),
    ...authRoot(t('13T11:02:47.030'), dev0031, listedRoots[1]),
    ...ownCertificate(t('12T05:33:20.500'), dev0031),
    ...storeOpened(t('16T06:05:51.600'), service(dev0031, 'CryptSvc')),
    processCreated(t('14T08:41:05.200'), mkcert, terminal, 'mkcert -install', none),
    imageLoaded(t('14T08:41:05.260'), mkcert, mkcert.image, none, 'unsigned'),
    fileCreated(t('14T08:41:06.010'), mkcert, 'C:\\Users\\e.sandstrom\\AppData\\Local\\mkcert\\rootCA.pem'),
    keyCreated(t('14T08:41:07.300'), mkcert, userRoot),
    valueSet(t('14T08:41:07.306'), mkcert, `${userRoot}\\Blob`, 'Binary Data'),
    valueSet(t('13T19:30:14.110'), installer, `${office}\\Dll`, 'mso.dll'),
    valueSet(t('13T19:30:14.116'), installer, `${office}\\FuncName`, 'MsoVBADigSigVerifyIndirectData'),
    valueSet(
      t('15T02:14:55.800'),
      servicing,
      `${script}\\Dll`,
      'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\pwrshsip.dll',
    ),
    valueSet(t('15T02:14:55.804'), servicing, `${script}\\FuncName`, 'PsVerifyHash'),
    registryAudited(t('14T07:00:02.050'), oneDrive, {
      key: `\\REGISTRY\\USER\\${dev0031.user_sid}\\Software\\Microsoft\\Windows\\CurrentVersion\\Run`,
      value_name: 'OneDrive',
      type: 'REG_SZ',
      old_value: '"C:\\Program Files\\Microsoft OneDrive\\OneDrive.exe"',
      new_value: '"C:\\Program Files\\Microsoft OneDrive\\OneDrive.exe" /background',
    }),
  ]
}
