import type { Hive } from '../registry/index.ts'
import { readKey, readSecurity, upperCase, walkKeys } from '../registry/index.ts'

/** Where Windows has a hive, and what it says of the machine: read off the hive itself. */
export type Mount = {
  /** `HKLM\SOFTWARE`. `HKU\(unknown)` for a user nobody names, `HIVE\<file name>` for a hive that is mounted nowhere we know. */
  readonly prefix: string
  /** The set that Windows takes for CurrentControlSet, where the hive says it. */
  readonly control_set?: number
  /** As the machine calls itself in the events it logs: `ws01.corp.example`, or `WS01` where it is in no domain. */
  readonly host?: string
}

/** By the last part of the path in the header, and so by the name of the file: what Windows mounts where. */
const mounts: ReadonlyMap<string, string> = new Map([
  ['SOFTWARE', 'HKLM\\SOFTWARE'],
  ['SYSTEM', 'HKLM\\SYSTEM'],
  ['SAM', 'HKLM\\SAM'],
  ['SECURITY', 'HKLM\\SECURITY'],
  ['COMPONENTS', 'HKLM\\COMPONENTS'],
  ['DRIVERS', 'HKLM\\DRIVERS'],
  ['ELAM', 'HKLM\\ELAM'],
  ['BCD', 'HKLM\\BCD00000000'],
  ['DEFAULT', 'HKU\\.DEFAULT'],
])

export const unknownUser = '(unknown)'
/** What the places of hives begin with that are mounted nowhere we know. */
export const nowhere = 'HIVE\\'

/**
 * By the first keys, else by the name in the header.
 *
 * @param name of the file it lies in: used where the hive does not say. Names of files can be anything, so they come last
 */
export function mountOf(hive: Hive, name: string): Mount {
  const own = lastPart(hive.header?.file_name ?? '')
  const byName = mountOfName(own, hive)
  const byKeys = mountOfKeys(hive)
  // The header of a hive that was saved has the name it was saved under. The default user has the keys that every user has.
  const isUsers = byKeys?.startsWith('HKU\\') === true && byName?.startsWith('HKU\\') === true
  const prefix = (isUsers ? byName : byKeys) ?? byName ?? mountOfName(lastPart(name), hive)
  if (prefix === 'HKLM\\SYSTEM') return { prefix, ...machineOf(hive) }
  return { prefix: prefix ?? `${nowhere}${own || lastPart(name) || 'unknown'}` }
}

/** The last name of a path or of the label of a member. */
export function lastPart(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/'), path.lastIndexOf('!')) + 1)
}

function mountOfName(name: string, hive: Hive): string | undefined {
  const upper = upperCase(name)
  if (upper === 'NTUSER.DAT' || upper === 'NTUSER.MAN') return `HKU\\${userOf(hive)}`
  if (upper === 'USRCLASS.DAT') return `HKU\\${userOf(hive)}_Classes`
  return mounts.get(upper)
}

/** The names of the first keys, where they say it. */
function mountOfKeys(hive: Hive): string | undefined {
  const names = new Set<string>()
  for (const { depth, key } of walkKeys(hive, { deepest: 1 })) if (depth === 1) names.add(upperCase(key.name))
  const has = (...wanted: readonly string[]) => wanted.every(name => names.has(name))
  if (has('SOFTWARE', 'CONTROL PANEL')) return `HKU\\${userOf(hive)}`
  if (has('SELECT') || has('CONTROLSET001')) return 'HKLM\\SYSTEM'
  if (has('MICROSOFT', 'CLASSES') || has('MICROSOFT', 'POLICIES')) return 'HKLM\\SOFTWARE'
  if (names.size === 1 && has('SAM')) return 'HKLM\\SAM'
  if (has('POLICY', 'RXACT')) return 'HKLM\\SECURITY'
  if (has('LOCAL SETTINGS') && !has('SOFTWARE')) return `HKU\\${userOf(hive)}_Classes`
  return undefined
}

/** `Select\Current`, and the name of the machine below that set. Sysmon and others log the full name where there is a domain. */
function machineOf(hive: Hive): Pick<Mount, 'control_set' | 'host'> {
  const current = readKey(hive, 'Select')?.values.find(({ name }) => upperCase(name) === 'CURRENT')?.data
  const control_set = typeof current === 'number' && current <= 999 ? current : undefined
  const set = `ControlSet${String(control_set ?? 1).padStart(3, '0')}`
  const text = (path: string, wanted: string) => {
    const data = readKey(hive, `${set}\\${path}`)?.values.find(({ name }) => upperCase(name) === wanted)?.data
    return typeof data === 'string' && data.length <= 255 ? data : ''
  }
  const name = text('Control\\ComputerName\\ComputerName', 'COMPUTERNAME')
  const dnsName = text('Services\\Tcpip\\Parameters', 'HOSTNAME') || text('Services\\Tcpip\\Parameters', 'NV HOSTNAME')
  const domain = text('Services\\Tcpip\\Parameters', 'DOMAIN') || text('Services\\Tcpip\\Parameters', 'NV DOMAIN')
  const host = domain !== '' && dnsName !== '' ? `${dnsName}.${domain}` : name || dnsName
  return { ...(control_set === undefined ? {} : { control_set }), ...(host === '' ? {} : { host }) }
}

/**
 * Whose hive it is: the one user who is named in the security of its first keys. Windows lets the user have their own hive,
 * beside SYSTEM and the groups of the machine, whose identifiers are of other kinds.
 */
function userOf(hive: Hive): string {
  const service = serviceProfiles.find(([folder]) => folder.test(hive.header?.file_name ?? ''))
  if (service !== undefined) return service[1]
  const users = new Set<string>()
  let keys = 0
  for (const { key } of walkKeys(hive, { deepest: 1 })) {
    const { security } = readSecurity(hive, key)
    for (const sid of security === undefined ? [] : sidsOf(security.descriptor))
      if (/^S-1-(?:5-21|12-1)-/.test(sid) && !isOfGroup(sid)) users.add(sid)
    keys += 1
    if (users.size > 1 || keys === 32) break
  }
  const [only] = users
  return users.size === 1 && only !== undefined ? only : unknownUser
}

/** The two accounts whose profiles lie below Windows\ServiceProfiles. */
const serviceProfiles = [
  [/\\LocalService\\NTUSER\.DAT$/i, 'S-1-5-19'],
  [/\\NetworkService\\NTUSER\.DAT$/i, 'S-1-5-20'],
] as const

/** Well-known groups of a domain: 498, and 512 to 572 (MS-DTYP §2.4.2.4). */
function isOfGroup(sid: string): boolean {
  const rid = Number(sid.slice(sid.lastIndexOf('-') + 1))
  return rid === 498 || (rid >= 512 && rid <= 572)
}

/*
 * Self-relative security descriptor (MS-DTYP §2.4.6): u8 revision, u8, u16 control, u32 place of owner, of group, SACL, DACL.
 * ACL: u8, u8, u16 octets, u16 entries, u16. Entry: u8 type, u8, u16 octets, u32 mask, SID (types 0 and 1).
 * SID: u8 revision 1, u8 n, 6 octets authority big-endian, n times u32.
 */
function sidsOf(descriptor: Uint8Array): readonly string[] {
  const data = new DataView(descriptor.buffer, descriptor.byteOffset, descriptor.byteLength)
  if (data.byteLength < 20) return []
  const sids = [sidAt(data, data.getUint32(4, true))]
  const acl = data.getUint32(16, true)
  const entries = acl >= 20 && acl + 8 <= data.byteLength ? data.getUint16(acl + 4, true) : 0
  for (let at = acl + 8, nth = 0; nth < Math.min(entries, 256) && at + 8 <= data.byteLength; nth += 1) {
    if (data.getUint8(at) <= 1) sids.push(sidAt(data, at + 8))
    at += Math.max(8, data.getUint16(at + 2, true))
  }
  return sids.filter(sid => sid !== undefined)
}

function sidAt(data: DataView, at: number): string | undefined {
  if (at < 20 || at + 8 > data.byteLength || data.getUint8(at) !== 1) return undefined
  const parts = data.getUint8(at + 1)
  if (parts > 15 || at + 8 + 4 * parts > data.byteLength) return undefined
  const authority = data.getUint16(at + 2) * 2 ** 32 + data.getUint32(at + 4)
  const below = Array.from({ length: parts }, (_, nth) => data.getUint32(at + 8 + 4 * nth, true))
  return ['S-1', authority, ...below].join('-')
}
