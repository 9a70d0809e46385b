import { acmeAuthorities } from '../authorities.ts'
import { day } from '../calendar.ts'
import { makeKey } from '../keys.ts'
import { foundAuthority, privateLeaf } from '../makers/private.ts'
import { selfSigned } from '../makers/self-signed.ts'
import { openssl } from '../makers/tools.ts'
import { raiseOperator, serving, type Tactic, typedDn } from '../operators.ts'
import { populate } from '../populate.ts'
import { keepCertificate } from '../renewals.ts'
import { dnReuse } from '../tactics/dn-reuse.ts'
import { keyReuse } from '../tactics/key-reuse.ts'
import type { Scope } from '../world.ts'

/**
 * Two ways for a value to be on sixty certificates: two owners who renew every few days, and sixty owners with one
 * each. Only the first says that somebody is behind it.
 */
export function ownerFrequency(scope: Scope): void {
  const { random, names, calendar } = scope
  /** A key kept through short-lived certificates (six days, renewed every two to four); other sites renew as usual. */
  const hasty: Tactic = {
    id: 'hasty',
    run: (_scope, operator, sites) => {
      const key = makeKey(random, 'p256')
      for (const [n, site] of sites.entries()) {
        const from = n === 0 ? calendar.start + random.whole(0, 30) * day : site.started
        keepCertificate(scope, site, {
          authority: operator.authority,
          names: [site.domain],
          hosts: [site.host],
          from,
          // A hundred days and more, so that one owner makes what looks like a crowd.
          until: n === 0 ? from + random.whole(130, 260) * day : site.stopped,
          days: n === 0 ? 6 : 90,
          key,
          seenShare: 0.9,
        })
      }
    },
  }
  /** A server that writes a new self-signed certificate at each start, with the words of its script. */
  const restless: Tactic = {
    id: 'restless',
    run: (_scope, operator, sites) => {
      for (const [n, site] of sites.entries()) {
        const starts = n === 0 ? random.heavy(25, 120) : random.whole(1, 3)
        for (let start = 0; start < starts; start += 1) {
          const made = site.started + Math.floor(((site.stopped - site.started) * start) / starts)
          const key = makeKey(random, 'p256')
          const issued = selfSigned(random, { tool: operator.tool, subject: operator.dn, key, made })
          scope.hold(site, issued, 'own', [site.host], { start: made, end: made + 3 * day })
        }
      }
    },
  }
  populate(scope, { tactics: [hasty, hasty, restless, dnReuse, keyReuse], operators: [6, 10], sites: [2, 5] })

  // An agency's image with one key for its clients; a script from a course; a shop system with one CA for all shops.
  // Each is on fewer certificates than the hasty ones make, and on more owners. An operator is among them now and then.
  for (let n = scope.draw('agencies', 3, 6); n > 0; n -= 1) {
    const key = makeKey(random, 'rsa2048')
    const guest = random.chance(0.5) ? raiseOperator(scope, `guest-${n}`, 2).sites : []
    const clients = random.heavy(10, 90)
    scope.note(`agency_${n}_clients`, clients)
    for (let client = 0; client < clients + guest.length; client += 1) {
      const site = guest[client]
      keepCertificate(scope, site ?? scope.stranger(), {
        authority: random.pick([...acmeAuthorities]),
        names: [site?.domain ?? names.domain(random)],
        hosts: [site?.host ?? scope.vps()],
        from: site?.started ?? scope.moment(),
        until: site?.stopped ?? calendar.end,
        key,
        seenShare: 0.1,
        role: site === undefined ? 'decoy' : 'own',
      })
    }
  }
  for (let n = scope.draw('courses', 3, 6); n > 0; n -= 1) {
    const dn = typedDn(scope)
    const pupils = random.heavy(8, 140)
    scope.note(`course_${n}_pupils`, pupils)
    const guest = random.chance(0.5) ? raiseOperator(scope, `pupil-${n}`, 2).sites : []
    for (let pupil = 0; pupil < pupils + guest.length; pupil += 1) {
      const site = guest[pupil]
      const made = site?.started ?? scope.moment()
      const issued = selfSigned(random, { tool: openssl, subject: dn, key: makeKey(random, 'rsa2048'), made })
      if (site === undefined) scope.hold(scope.stranger(), issued, 'decoy', [scope.vps()])
      else scope.hold(site, issued, 'own', [site.host], serving(site))
    }
  }
  const shops = foundAuthority(random, [['O', names.company(random)], ['CN', 'Shop CA']], calendar.start - 200 * day) // biome-ignore format: a DN on a line
  for (let n = scope.draw('shops', 10, 80); n > 0; n -= 1) {
    const name = names.domain(random)
    const key = makeKey(random, 'p256')
    const issued = privateLeaf(random, shops, { subject: [['CN', name]], key, made: scope.moment(), names: [name] })
    scope.hold(scope.stranger(), issued, 'decoy', [scope.vps()])
  }
}
