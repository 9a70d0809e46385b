import { type Authority, acmeAuthorities, packAuthority } from './authorities.ts'
import { day } from './calendar.ts'
import type { Issued } from './issue.ts'
import { type Key, makeKey, sha256Hex } from './keys.ts'
import { publicCertificate } from './makers/public.ts'
import { addressAt, type Provider } from './network.ts'
import type { Random } from './random.ts'
import type { Holder, Host, Scope } from './world.ts'

/** A front that ends TLS for strangers. */
export type Cdn = {
  readonly id: string
  readonly provider: Provider
  /** Its own name in packed and default certificates: `cdn.example` stands for `.cdn.example`. */
  readonly name: string
  /** How many customers it puts into one certificate; 1 gives each zone its own. */
  readonly packSize: number
  /** Keys it uses for all customers (CCS'16: a handful of providers hold most sites' keys). Empty: one for each. */
  readonly sharedKeys: readonly Key[]
  readonly authority: Authority
  /** What it answers without a name. */
  readonly fallback: Issued
}

export type CdnPlan = { readonly id: string; readonly name: string; readonly packSize: number; readonly keys: number }

export function raiseCdn(random: Random, provider: Provider, opened: number, plan: CdnPlan): Cdn {
  const authority = plan.packSize === 1 ? random.pick([...acmeAuthorities]) : packAuthority
  const sharedKeys = Array.from({ length: plan.keys }, () => makeKey(random, 'rsa2048'))
  const fallback = publicCertificate(random, {
    authority: packAuthority,
    names: [plan.name, `*.${plan.name}`],
    key: sharedKeys[0] ?? makeKey(random, 'rsa2048'),
    made: opened,
  })
  return { ...plan, provider, sharedKeys, authority, fallback: { ...fallback, until: opened + 500 * day } }
}

export const edgeOf = (random: Random, cdn: Cdn): Host => ({ ip: addressAt(random, cdn.provider), port: 443 })

export type Tenant = { readonly holder: Holder; readonly domain: string; readonly joined: number }

/**
 * Puts tenants behind a CDN in the order they come: packs fill up and each pack's certificate is served for all in it.
 * Zones of their own get certificates of their own, made by the CDN; its key stays the CDN's.
 */
export function frontTenants(scope: Scope, cdn: Cdn, tenants: readonly Tenant[]): void {
  const { random } = scope
  for (let at = 0; at < tenants.length; at += cdn.packSize) {
    const pack = tenants.slice(at, at + cdn.packSize)
    const [first] = pack
    if (first === undefined) continue
    const joined = Math.max(...pack.map(tenant => tenant.joined))
    // A pack is issued again each time somebody joins or leaves; two states of it are seen.
    for (const made of cdn.packSize === 1
      ? [joined, joined + 60 * day]
      : [joined, joined + random.whole(5, 90) * day]) {
      if (made > scope.calendar.end) continue
      const issued = publicCertificate(random, {
        authority: cdn.authority,
        names: [
          ...(cdn.packSize === 1 ? ([first.domain] as const) : ([cdn.name, first.domain] as const)),
          `*.${first.domain}`,
          ...pack.slice(1).flatMap(tenant => [tenant.domain, `*.${tenant.domain}`]),
        ],
        key: random.some(cdn.sharedKeys) ?? makeKey(random, 'p256'),
        made,
        twinChance: 0.05,
      })
      for (const { holder } of pack) scope.hold(holder, issued, 'platform', [edgeOf(random, cdn)])
    }
    // Scanners that give no name get the fallback at the address of whoever they looked for: about a third of all.
    for (const { holder } of pack) {
      if (random.chance(1 / 3)) scope.hold(holder, cdn.fallback, 'platform', [edgeOf(random, cdn)])
    }
  }
}

/** What a list would say of a CDN: its names, and its keys where it shares them. */
export function listCdn(scope: Scope, cdn: Cdn): void {
  scope.list({ id: `${cdn.id}/name`, action: 'platform', keys: { name_suffix: [cdn.name, `.${cdn.name}`] } })
  if (cdn.sharedKeys.length === 0) return
  scope.list({
    id: `${cdn.id}/key`,
    action: 'platform',
    keys: { spki_sha256: cdn.sharedKeys.map(key => sha256Hex(key.spki)) },
  })
}
