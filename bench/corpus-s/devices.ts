import { day } from './calendar.ts'
import type { CorpusListEntry } from './corpus.ts'
import { type Dn, rdnText } from './distinguished-name.ts'
import type { Issued } from './issue.ts'
import { type Key, makeKey, sha256Hex } from './keys.ts'
import { foundAuthority, type PrivateAuthority, privateLeaf } from './makers/private.ts'
import { selfSigned } from './makers/self-signed.ts'
import { keytool, openssl, opensslOld, python, type Tool } from './makers/tools.ts'
import type { Random } from './random.ts'

/**
 * How a maker gives certificates to machines. `factory_certificate`: one in the firmware. `factory_key`: a key in the
 * firmware, a certificate at first start. `own_key`: both at first start, one DN. `numbered`: with a serial number in
 * the CN. `maker_ca`: signed in the factory.
 */
export type DeviceStyle = 'factory_certificate' | 'factory_key' | 'own_key' | 'numbered' | 'maker_ca'

export type DeviceFamily = {
  readonly id: string
  readonly style: DeviceStyle
  /** Without a CN. */
  readonly dn: Dn
  readonly cn: string
  readonly tool: Tool
  readonly key: Key
  readonly authority: PrivateAuthority
  readonly shared: Issued
  readonly port: number
  /** What many clocks without a battery say at first start, ms since the epoch; undefined: the clock is right. */
  readonly clock: number | undefined
}

export type DevicePlan = { readonly id: string; readonly style: DeviceStyle; readonly dn: Dn; readonly cn: string }

/** Families of §3.4 (FG-1, UB-1, SY-1, QN-1); the styles are a guess from the patterns given there. */
export const knownDevices: readonly DevicePlan[] = [
  { id: 'fortigate', style: 'maker_ca', dn: [['C', 'US'], ['ST', 'California'], ['L', 'Sunnyvale'], ['O', 'Fortinet'], ['OU', 'FortiGate']], cn: 'FGT' }, // biome-ignore format: a DN on a line
  { id: 'ubnt', style: 'own_key', dn: [['C', 'US'], ['O', 'Ubiquiti Networks Inc.'], ['OU', 'Technical Support']], cn: 'UBNT' }, // biome-ignore format: a DN on a line
  { id: 'synology', style: 'own_key', dn: [['C', 'TW'], ['L', 'Taipel'], ['O', 'Synology Inc.']], cn: 'synology' }, // biome-ignore format: a DN on a line
  { id: 'qnap', style: 'factory_certificate', dn: [['C', 'TW'], ['L', 'Taipei'], ['O', 'QNAP Systems']], cn: 'QNAP NAS' }, // biome-ignore format: a DN on a line
]

export function designDevice(random: Random, opened: number, plan: DevicePlan): DeviceFamily {
  const tool = random.pick([openssl, opensslOld, keytool, python])
  const key = makeKey(random, random.pick(['rsa1024', 'rsa2048']))
  const built = opened - random.whole(100, 2000) * day
  const subject: Dn = [...plan.dn, ['CN', plan.cn]]
  const authority = foundAuthority(random, [...plan.dn.slice(0, -1), ['CN', `${plan.cn.toLowerCase()}-ca`]], built, {
    counts: false,
  })
  return {
    ...plan,
    tool,
    key,
    authority,
    port: random.pick([443, 443, 8443, 4443, 10443]),
    shared: { ...selfSigned(random, { tool, subject, key, made: built, days: 7300 }), until: opened + 700 * day },
    clock: random.chance(0.3) ? Date.UTC(random.pick([1970, 2000, 2010, 2015]), 0, 1) : undefined,
  }
}

/** One machine's certificate, written at its first start. */
export function startDevice(random: Random, family: DeviceFamily, made: number): Issued {
  const { style, tool } = family
  if (style === 'factory_certificate') return family.shared
  const key = style === 'factory_key' ? family.key : makeKey(random, family.key.kind)
  const numbered = style === 'numbered' || style === 'maker_ca' || style === 'factory_key'
  const cn = numbered ? `${family.cn}${random.text(10, '0123456789ABCDEF')}` : family.cn
  const subject: Dn = [...family.dn, ['CN', cn]]
  if (style === 'maker_ca') return privateLeaf(random, family.authority, { subject, key, made, days: 7300 })
  // A clock without a battery starts at its epoch; the first start writes the certificate within half a minute.
  const notBefore = family.clock === undefined ? undefined : family.clock + random.whole(5, 40) * 1000
  return {
    ...selfSigned(random, { tool, subject, key, made, days: 3650, ...(notBefore === undefined ? {} : { notBefore }) }),
    until: made + 900 * day,
  }
}

/** What a list would say of a family: its maker's RDNs, and the key in the firmware. */
export function deviceEntries(family: DeviceFamily): readonly CorpusListEntry[] {
  const [maker] = family.dn.filter(([type]) => type === 'O')
  const entries: CorpusListEntry[] = []
  if (maker !== undefined)
    entries.push({ id: `${family.id}/maker`, action: 'device', keys: { subject_rdn: [rdnText(maker)] } })
  if (family.style === 'factory_key' || family.style === 'factory_certificate')
    entries.push({ id: `${family.id}/key`, action: 'device', keys: { spki_sha256: [sha256Hex(family.key.spki)] } })
  return entries
}
