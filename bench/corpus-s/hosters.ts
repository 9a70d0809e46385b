import { acmeAuthorities, soldAuthorities } from './authorities.ts'
import { day } from './calendar.ts'
import type { CorpusListEntry, ListKeys } from './corpus.ts'
import { type Dn, dnText } from './distinguished-name.ts'
import type { Issued } from './issue.ts'
import { type Key, makeKey, sha256Hex } from './keys.ts'
import { foundAuthority, type PrivateAuthority, privateLeaf } from './makers/private.ts'
import { publicCertificate } from './makers/public.ts'
import { selfSigned } from './makers/self-signed.ts'
import { openssl, opensslOld, type Tool } from './makers/tools.ts'
import { addressAt, type Provider } from './network.ts'
import type { Random } from './random.ts'
import type { Host } from './world.ts'

/**
 * How a hoster's default certificate comes about. `wildcard`: a bought one on all servers. `copied`: one self-signed in
 * the image. `per_server`: the installer writes one with the same DN. `image_key`: the image has a key, the first boot
 * writes a certificate with the name of the server. `panel_ca`: the panel signs one for each server.
 */
export type DefaultStyle = 'wildcard' | 'copied' | 'per_server' | 'image_key' | 'panel_ca'

/** Somebody who lets servers, each of which answers with a default until its tenant changes that. */
export type Hoster = {
  readonly id: string
  readonly provider: Provider
  readonly style: DefaultStyle
  readonly dn: Dn
  readonly tool: Tool
  readonly opened: number
  readonly domain: string
  readonly key: Key
  readonly authority: PrivateAuthority | undefined
  readonly action: CorpusListEntry['action']
  /** Tenants to a server, on average. */
  readonly density: number
  /** One for all, where the style has that. */
  readonly shared: Issued | undefined
  readonly servers: { readonly ip: string; readonly issued: Issued }[]
}

export type HosterPlan = {
  readonly id: string
  readonly style: DefaultStyle
  readonly dn: Dn
  readonly domain: string
  readonly density: number
  readonly action?: CorpusListEntry['action']
}

/** Defaults of §3.4 (PL-1, DH-1): what is said there of how they are made is little, so the styles are a guess. */
export const knownHosters: readonly Omit<HosterPlan, 'domain' | 'density'>[] = [
  {
    id: 'plesk',
    style: 'per_server',
    action: 'device',
    dn: [
      ['C', 'CH'],
      ['L', 'Schaffhausen'],
      ['O', 'Plesk'],
      ['CN', 'Plesk'],
      ['emailAddress', 'info@plesk.com'],
    ],
  },
  {
    id: 'parallels',
    style: 'per_server',
    action: 'device',
    dn: [
      ['C', 'US'],
      ['O', 'Parallels'],
      ['OU', 'Parallels Panel'],
      ['CN', 'Parallels Panel'],
    ],
  },
  { id: 'dreamhost', style: 'copied', dn: [['C', 'US'], ['O', 'DreamHost'], ['CN', 'sni.dreamhost.com']] }, // biome-ignore format: a DN on a line
  { id: 'ispgateway', style: 'copied', dn: [['C', 'DE'], ['O', 'ispgateway'], ['CN', 'webserver.ispgateway.de']] }, // biome-ignore format: a DN on a line
  { id: 'home-pl', style: 'copied', dn: [['C', 'PL'], ['O', 'home.pl'], ['CN', 'home.pl']] }, // biome-ignore format: a DN on a line
  { id: 'odin', style: 'image_key', dn: [['OU', 'Odin Automation'], ['CN', 'odin.com']] }, // biome-ignore format: a DN on a line
]

export function raiseHoster(random: Random, provider: Provider, opened: number, plan: HosterPlan): Hoster {
  const key = makeKey(random, 'rsa2048')
  const tool = random.pick([openssl, opensslOld])
  const wildcard = (made: number) =>
    publicCertificate(random, {
      authority: random.pick([...soldAuthorities, ...acmeAuthorities]),
      names: [`*.${plan.domain}`, plan.domain],
      key,
      made,
    })
  const shared =
    plan.style === 'wildcard'
      ? wildcard(opened)
      : plan.style === 'copied'
        ? selfSigned(random, { tool, subject: plan.dn, key, made: opened - random.whole(50, 900) * day })
        : undefined
  return {
    action: 'pool',
    ...plan,
    provider,
    tool,
    opened,
    key,
    authority: plan.style === 'panel_ca' ? foundAuthority(random, plan.dn, opened - 300 * day) : undefined,
    shared: shared === undefined ? undefined : { ...shared, until: opened + 700 * day },
    servers: [],
  }
}

/** A place on one of the hoster's servers, and what it answers with. */
export function moveIn(random: Random, hoster: Hoster, made: number): { readonly host: Host; readonly issued: Issued } {
  const old = random.chance(1 - 1 / hoster.density) ? random.some(hoster.servers) : undefined
  const server = old ?? buildServer(random, hoster, made)
  if (old === undefined) hoster.servers.push(server)
  return { host: { ip: server.ip, port: 443 }, issued: server.issued }
}

function buildServer(random: Random, hoster: Hoster, made: number): Hoster['servers'][number] {
  const { tool, dn } = hoster
  const ip = addressAt(random, hoster.provider)
  if (hoster.shared !== undefined) return { ip, issued: hoster.shared }
  const label = `srv${random.whole(100, 9999)}.${hoster.domain}`
  const key = hoster.style === 'image_key' ? hoster.key : makeKey(random, 'rsa2048')
  const named: Dn = [...dn.filter(([type]) => type !== 'CN'), ['CN', label]]
  const issued =
    hoster.authority === undefined
      ? selfSigned(random, { tool, subject: hoster.style === 'image_key' ? named : dn, key, made })
      : privateLeaf(random, hoster.authority, { subject: [['CN', label]], key, made, names: [label] })
  return { ip, issued: { ...issued, until: made + 600 * day } }
}

/** What a list would say of the hoster's default. */
export function hosterEntry(hoster: Hoster): CorpusListEntry {
  return { id: `${hoster.id}/default`, action: hoster.action, keys: defaultKeys(hoster) }
}

function defaultKeys({ style, dn, domain, key }: Hoster): ListKeys {
  if (style === 'panel_ca') return { issuer_dn: [dnText(dn)] }
  if (style === 'image_key') return { spki_sha256: [sha256Hex(key.spki)] }
  if (style === 'wildcard') return { name_suffix: [`*.${domain}`] }
  return { subject_dn: [dnText(dn)] }
}
