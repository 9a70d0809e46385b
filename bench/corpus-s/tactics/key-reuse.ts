import { day } from '../calendar.ts'
import { makeKey } from '../keys.ts'
import { selfSigned } from '../makers/self-signed.ts'
import { serving, type Tactic } from '../operators.ts'
import { keepCertificate } from '../renewals.ts'

/** One key for all, a certificate for each: the same request sent again, or a script that makes a key once. */
export const keyReuse: Tactic = {
  id: 'key_reuse',
  run(scope, operator, sites) {
    const { random } = scope
    const key = makeKey(random, operator.keyKind)
    const bought = random.fraction(0.2, 0.8)
    for (const site of sites) {
      if (random.chance(bought)) {
        keepCertificate(scope, site, {
          authority: operator.authority,
          names: [site.domain],
          hosts: [site.host],
          from: site.started,
          until: site.stopped,
          key,
        })
        continue
      }
      const made = site.started - random.whole(0, 2) * day
      const subject = [['CN', random.chance(0.5) ? site.domain : site.host.ip]] as const
      const issued = selfSigned(random, { tool: operator.tool, subject, key, made, names: [site.domain] })
      scope.hold(site, issued, 'own', [site.host], serving(site))
    }
  },
}
