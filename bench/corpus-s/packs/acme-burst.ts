import { acmeAuthorities } from '../authorities.ts'
import { day, minute } from '../calendar.ts'
import { laterTenants } from '../decoys.ts'
import { makeKey } from '../keys.ts'
import { publicCertificate } from '../makers/public.ts'
import { addressAt } from '../network.ts'
import type { Operator, Tactic } from '../operators.ts'
import { populate } from '../populate.ts'
import { acmeBurst as burst } from '../tactics/acme-burst.ts'
import { keyReuse } from '../tactics/key-reuse.ts'
import { sanPairing } from '../tactics/san-pairing.ts'
import type { Scope } from '../world.ts'

/** Many names in an hour: an operator's evening, a hoster's move, a brand's defence. The hour alone says nothing. */
export function acmeBurst(scope: Scope): void {
  const { random } = scope
  // Some send one request for all names, some pair names; the rest leave the hour only.
  const oneRequest: Tactic = {
    id: 'one_request',
    run: (inner, operator, sites) => {
      const key = makeKey(random, 'p256')
      let made = Math.min(...sites.map(site => site.started))
      for (const site of sites) {
        const { authority } = operator
        const issued = publicCertificate(random, { authority, names: [site.domain], key, made, twinChance: 0.1 })
        inner.hold(site, issued, 'own', [site.host])
        made += random.whole(1000, 3 * minute)
      }
    },
  }
  const operators = populate(scope, {
    tactics: [burst, oneRequest, oneRequest, sanPairing, keyReuse],
    operators: [7, 11],
    sites: [4, 14],
    silent: [2, 4],
  })
  for (let n = scope.draw('moves', 2, 4); n > 0; n -= 1) hosterMoves(scope, random.some(operators))
  for (let n = scope.draw('brands', 2, 5); n > 0; n -= 1) brandDefends(scope, random.some(operators))
  laterTenants(scope, operators, scope.drawShare('later_tenants', 0.2, 0.5))
}

/**
 * A hoster takes over another's customers in one night, on a server or two, while an operator is at work; one in three
 * does it with one key, and one of the operator's sites is among the customers then.
 */
function hosterMoves(scope: Scope, operator: Operator | undefined): void {
  const { random, names } = scope
  const provider = scope.network('shared', random.whole(1, 3))
  const authority = operator?.authority ?? acmeAuthorities[0]
  const customer = operator?.sites.at(-1)
  const key = random.chance(1 / 3) ? makeKey(random, 'rsa2048') : undefined
  let made = Math.min(...(operator?.sites.map(site => site.started) ?? [scope.moment()]))
  const role = key === undefined ? 'decoy' : 'platform'
  for (let n = random.heavy(15, 80); n > 0; n -= 1) {
    const holder = n === 1 && key !== undefined && customer !== undefined ? customer : scope.stranger()
    const name = holder === customer ? customer.domain : names.domain(random)
    const each = key ?? makeKey(random, 'p256')
    const issued = publicCertificate(random, { authority, names: [name, `www.${name}`], key: each, made })
    scope.hold(holder, issued, role, [{ ip: addressAt(random, provider), port: 443 }])
    made += random.whole(0, 20) * 1000
  }
}

/** One honest company takes all spellings of its name in the same evening. */
function brandDefends(scope: Scope, operator: Operator | undefined): void {
  const { random, names } = scope
  const holder = scope.stranger()
  const host = scope.vps()
  let made = (operator?.sites[0]?.started ?? scope.moment()) + random.whole(0, day)
  for (let n = random.heavy(6, 40); n > 0; n -= 1) {
    const issued = publicCertificate(random, {
      authority: operator?.authority ?? acmeAuthorities[0],
      names: [names.domain(random)],
      key: makeKey(random, 'p256'),
      made,
    })
    scope.hold(holder, issued, 'decoy', [host])
    made += random.whole(1, 30) * 1000
  }
}
