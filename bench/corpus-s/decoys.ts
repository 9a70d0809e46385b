import { acmeAuthorities } from './authorities.ts'
import { day } from './calendar.ts'
import type { Dn } from './distinguished-name.ts'
import { makeKey } from './keys.ts'
import { selfSigned } from './makers/self-signed.ts'
import { openssl } from './makers/tools.ts'
import type { Operator } from './operators.ts'
import { keepCertificate } from './renewals.ts'
import type { Scope } from './world.ts'

/** Rented servers go round: whoever gets an operator's address after him is a stranger. */
export function laterTenants(scope: Scope, operators: readonly Operator[], share: number): void {
  const { random, names, calendar } = scope
  for (const { sites } of operators) {
    for (const site of sites) {
      const from = site.stopped + random.whole(1, 20) * day
      if (from > calendar.end - 15 * day || !random.chance(share)) continue
      keepCertificate(scope, scope.stranger(), {
        authority: random.pick([...acmeAuthorities]),
        names: [names.domain(random)],
        hosts: [site.host],
        from,
        until: calendar.end,
        role: 'decoy',
      })
    }
  }
}

/** People who typed the same words: from the same tutorial, course or script. Keys are their own. */
export function sameWords(scope: Scope, dn: Dn, count: number): void {
  const { random } = scope
  for (let n = 0; n < count; n += 1) {
    const issued = selfSigned(random, {
      tool: openssl,
      subject: dn,
      key: makeKey(random, 'rsa2048'),
      made: scope.moment(),
      days: random.pick([365, 3650]),
    })
    scope.hold(scope.stranger(), issued, 'decoy', [scope.vps()])
  }
}
