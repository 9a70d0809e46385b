/** Step 3, 15 October, WS-1042: loader, planted root, hijacked SIP, Run key. */
import type { ExampleCertificates } from './certificates.ts'
import { at, millisecond, second } from './clock.ts'
import { addressesOf, workstation } from './network.ts'
import { processAudited, registryAudited } from './security-events.ts'
import type { Session } from './sessions.ts'
import { downloadTime } from './story-beacon.ts'
import {
  connected,
  type FileLabel,
  fileCreated,
  imageLoaded,
  keyCreated,
  nameAsked,
  processCreated,
  valueSet,
} from './sysmon-events.ts'
import { processOn, type WindowsEvent, type WindowsHost } from './windows-events.ts'

export const ws1042: WindowsHost = {
  name: 'WS-1042.norrfell.example',
  address: workstation,
  guid: 'a31c77f0',
  user: 'NORRFELL\\m.lindqvist',
  user_sid: 'S-1-5-21-2911840552-1183345760-3094876201-1642',
}

/** Winlogbeat was stopped here; what follows was exported from the event log by hand. */
export const beatStopped = at('2026-10-15T09:13:31')

const folder = 'C:\\ProgramData\\NorrfellVpn'
const runKey = 'Software\\Microsoft\\Windows\\CurrentVersion\\Run'
export const sipKey =
  'SOFTWARE\\Microsoft\\Cryptography\\OID\\EncodingType 0\\CryptSIPDllVerifyIndirectData\\{C689AAB8-8E78-11D0-8C47-00C04FC295EE}'

export const microsoft: FileLabel = {
  version: '10.0.22621.4111 (WinBuild.160101.0800)',
  description: 'Microsoft Windows component',
  product: 'Microsoft® Windows® Operating System',
  company: 'Microsoft Corporation',
}

const loaderLabel: FileLabel = {
  version: '4.2.0.1188',
  description: 'Norrfell VPN Setup',
  product: 'Norrfell VPN',
  company: 'Norrfell Logistics AB',
}

export const explorer = processOn(ws1042, 'C:\\Windows\\explorer.exe')
const browser = processOn(ws1042, 'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe')
const setup = processOn(ws1042, 'C:\\Users\\m.lindqvist\\Downloads\\NorrfellVpnSetup.exe')
const loader = processOn(ws1042, `${folder}\\nvpnsvc.exe`)
const certutil = processOn(ws1042, 'C:\\Windows\\System32\\certutil.exe')
const serviceControl = processOn(ws1042, 'C:\\Windows\\System32\\sc.exe')

const importRoot = `certutil.exe -f -addstore Root "${folder}\\nvpnca.cer"`
const stopBeat = 'sc.exe stop winlogbeat'

/** Sysmon's account, in order. */
export function sysmonStory(certificates: ExampleCertificates, sessions: readonly Session[]): readonly WindowsEvent[] {
  const t = (time: string) => at(`2026-10-15T${time}`)
  const root = `HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\ROOT\\Certificates\\${certificates.plantedRoot.sha1.toUpperCase()}`
  const module = `${folder}\\nvpncore.dll`
  const signer = 'Norrfell Logistics AB'
  return [
    fileCreated(downloadTime + 3 * second, browser, setup.image),
    processCreated(t('09:12:41.133'), setup, explorer, `"${setup.image}"`, loaderLabel, 'High'),
    fileCreated(t('09:12:43.020'), setup, loader.image),
    fileCreated(t('09:12:43.088'), setup, module),
    fileCreated(t('09:12:43.151'), setup, `${folder}\\nvpnca.cer`),
    processCreated(t('09:12:46.902'), loader, setup, `"${loader.image}" /install`, loaderLabel, 'High'),
    // The chain does not end in a trusted root yet, and the host says so.
    imageLoaded(t('09:12:47.064'), loader, module, loaderLabel, { signer, status: 'Unavailable' }),
    processCreated(t('09:13:02.117'), certutil, loader, importRoot, microsoft, 'High'),
    keyCreated(t('09:13:02.398'), certutil, root),
    valueSet(t('09:13:02.405'), certutil, `${root}\\Blob`, 'Binary Data'),
    valueSet(t('09:13:18.771'), loader, `HKLM\\${sipKey}\\Dll`, 'C:\\Windows\\System32\\ntdll.dll'),
    valueSet(t('09:13:18.790'), loader, `HKLM\\${sipKey}\\FuncName`, 'DbgUiContinue'),
    processCreated(t('09:13:30.514'), serviceControl, loader, stopBeat, microsoft, 'High'),
    // From here on Winlogbeat is silent.
    valueSet(t('09:13:41.306'), loader, `HKU\\${ws1042.user_sid}\\${runKey}\\NorrfellVpn`, `"${loader.image}" /b`),
    // The same file, after root and SIP: now the host calls it valid. This host's word is no longer worth much.
    imageLoaded(t('09:14:05.660'), loader, module, loaderLabel, { signer, status: 'Valid' }),
    ...beaconEvents(sessions),
  ]
}

/** Sysmon 22 and 3 for the beacon, with the ports the sensors saw. Capped: the event log had wrapped by the export. */
function beaconEvents(sessions: readonly Session[]): readonly WindowsEvent[] {
  const mine = sessions.filter(session => session.client === workstation && session.server_port === 443)
  return mine
    .filter(session => session.tls?.validation === 'self-signed certificate' && !session.server.startsWith('10.'))
    .slice(0, 12)
    .flatMap(session => {
      const name = session.tls?.server_name
      const asked = name ? [nameAsked(session.start - 20 * millisecond, loader, name, addressesOf(name, 'A'))] : []
      return [...asked, connected(session.start, loader, session.client_port, session.server, session.server_port)]
    })
}

/** The Security channel's account of the same minutes: 4688, and 4657 for the SIP's DLL value. */
export function securityStory(): readonly WindowsEvent[] {
  const t = (time: string) => at(`2026-10-15T${time}`)
  return [
    processAudited(t('09:12:41.131'), setup, explorer, `"${setup.image}"`),
    processAudited(t('09:12:46.900'), loader, setup, `"${loader.image}" /install`),
    processAudited(t('09:13:02.115'), certutil, loader, importRoot),
    registryAudited(t('09:13:18.772'), loader, {
      key: `\\REGISTRY\\MACHINE\\${sipKey}`,
      value_name: 'Dll',
      type: 'REG_SZ',
      old_value: 'WINTRUST.DLL',
      new_value: 'C:\\Windows\\System32\\ntdll.dll',
    }),
    processAudited(t('09:13:30.512'), serviceControl, loader, stopBeat),
  ]
}
