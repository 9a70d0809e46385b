import { acmeAuthorities, packAuthority } from '../authorities.ts'
import { makeKey } from '../keys.ts'
import { publicCertificate } from '../makers/public.ts'
import type { Operator, Tactic } from '../operators.ts'
import { populate } from '../populate.ts'
import { keepCertificate } from '../renewals.ts'
import { sanPairing } from '../tactics/san-pairing.ts'
import type { Scope } from '../world.ts'

/** Names in one certificate: an operator's, an agency's two clients, a parking house's hundred. 2 to 100 apexes. */
export function sanPacking(scope: Scope): void {
  const { random, names } = scope
  /** All sites' names in one certificate, with many more of his names when he registers by the dozen. */
  const packed: Tactic = {
    id: 'packed',
    run: (_scope, operator, sites) => {
      const wanted = random.heavy(2, 100)
      const extra = Math.max(0, wanted - sites.length)
      const all = [...sites.map(site => site.domain), ...Array.from({ length: extra }, () => names.lureDomain(random))]
      const [first = '', ...others] = all
      const made = Math.max(...sites.map(site => site.started))
      const issued = publicCertificate(random, {
        authority: operator.authority,
        names: [first, ...others],
        key: makeKey(random, 'p256'),
        made,
      })
      // One server has them all, or each has the same certificate, or each has one of its own beside it.
      const habit = random.pick(['one_server', 'all_servers', 'own_beside'] as const)
      for (const [n, site] of sites.entries()) {
        if (n === 0 || habit === 'all_servers') scope.hold(site, issued, 'own', [site.host])
        if (n === 0 || habit === 'all_servers') continue
        keepCertificate(scope, site, {
          authority: operator.authority,
          names: habit === 'one_server' ? [site.domain] : [site.domain, `www.${site.domain}`],
          hosts: [site.host],
          from: site.started,
          until: site.stopped,
        })
      }
    },
  }
  const operators = populate(scope, {
    tactics: [packed, packed, packed, sanPairing],
    operators: [9, 14],
    sites: [2, 10],
  })
  const packs = scope.draw('packs', 16, 26)
  const guestShare = scope.drawShare('guests', 0.2, 0.45)
  for (let n = packs; n > 0; n -= 1) platformPack(scope, random.chance(guestShare) ? random.some(operators) : undefined)
}

/**
 * An agency, a reseller or a parking house puts its customers' names into one certificate: strangers to each other.
 * @param guest an operator, one of whose sites is among the customers
 */
function platformPack(scope: Scope, guest: Operator | undefined): void {
  const { random, names, calendar } = scope
  const count = random.heavy(2, 99)
  const site = random.some(guest?.sites ?? [])
  const customers = Array.from({ length: count }, () => ({ holder: scope.stranger(), domain: names.domain(random) }))
  const made = site?.started ?? scope.moment()
  const all = [...customers.map(({ domain }) => domain), ...(site === undefined ? [] : [site.domain])]
  const [first = '', ...others] = random.shuffled(all)
  const authority = random.chance(0.5) ? packAuthority : random.pick([...acmeAuthorities])
  const issued = publicCertificate(random, {
    authority,
    names: [first, ...others],
    key: makeKey(random, 'rsa2048'),
    made,
  })
  const host = scope.vps()
  for (const { holder, domain } of customers) {
    scope.hold(holder, issued, 'platform', [host])
    // Some had a certificate of their own before they came or after they left.
    if (!random.chance(0.35)) continue
    keepCertificate(scope, holder, {
      authority: random.pick([...acmeAuthorities]),
      names: [domain],
      hosts: [scope.vps()],
      from: scope.moment(),
      until: calendar.end,
      seenShare: 0.3,
      role: 'decoy',
    })
  }
  if (site !== undefined) scope.hold(site, issued, 'platform', [host])
}
