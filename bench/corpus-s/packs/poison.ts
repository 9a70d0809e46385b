import { makeKey } from '../keys.ts'
import { foundAuthority, privateLeaf } from '../makers/private.ts'
import { selfSigned } from '../makers/self-signed.ts'
import { golang, openssl, powershell, python } from '../makers/tools.ts'
import { type Site, serving, type Tactic } from '../operators.ts'
import { populate } from '../populate.ts'
import { keyReuse } from '../tactics/key-reuse.ts'
import { raiseVictim } from '../victims.ts'
import type { Scope } from '../world.ts'

/** Attackers write a victim's domain into the names of certificates that no public CA checks. */
export function poison(scope: Scope): void {
  const { random, names } = scope
  const victims = Array.from({ length: scope.draw('victims', 3, 6) }, () => raiseVictim(scope))
  const baits = () => random.shuffled(victims).slice(0, random.whole(1, 3))
  /** A CA of the attacker's signs; the names are one of his and those of victims. */
  const byCa: Tactic = {
    id: 'poison_by_ca',
    run: (_scope, operator, sites) => {
      const authority = foundAuthority(random, operator.dn, operator.sites[0]?.started ?? scope.moment())
      for (const site of sites) {
        const issued = privateLeaf(random, authority, {
          subject: [['CN', site.domain]],
          key: makeKey(random, 'rsa2048'),
          made: site.started,
          names: [site.domain, ...baits().flatMap(({ domain }) => [domain, `login.${domain}`])],
        })
        scope.hold(site, issued, 'own', [site.host], serving(site))
      }
    },
  }
  /** Self-signed, with the domain of the next site as well: true names beside false ones. */
  const chained: Tactic = {
    id: 'poison_chained',
    run: (_scope, _operator, sites) => {
      for (const [n, site] of sites.entries()) poisoned(site, [sites[(n + 1) % sites.length]?.domain ?? site.domain])
    },
  }
  /** Only the victims' names are common: the sites are joined by what joins strangers too. */
  const baitOnly: Tactic = {
    id: 'poison_bait_only',
    run: (_scope, _operator, sites) => {
      const [bait] = baits()
      for (const site of sites) poisoned(site, bait === undefined ? [] : [bait.domain])
    },
  }
  function poisoned(site: Site, more: readonly string[]): void {
    // Some makers write no names at all.
    const tool = random.pick([openssl, golang, powershell, python])
    const issued = selfSigned(random, {
      tool,
      subject: [['CN', names.word(random)]],
      key: makeKey(random, tool.keyKind),
      made: site.started,
      names: [site.domain, ...more, ...baits().map(({ domain }) => domain)],
    })
    scope.hold(site, issued, 'own', [site.host], serving(site))
  }
  populate(scope, { tactics: [byCa, byCa, chained, baitOnly, keyReuse], operators: [7, 12], sites: [2, 8] })
}
