import { day } from '../calendar.ts'
import { makeKey } from '../keys.ts'
import { selfSigned } from '../makers/self-signed.ts'
import { serving, type Tactic } from '../operators.ts'

/** A script with a fixed subject: new key and serial each time, the words stay. */
export const dnReuse: Tactic = {
  id: 'dn_reuse',
  run(scope, operator, sites) {
    const { random } = scope
    const days = random.pick([operator.tool.days, 365, 730, 3650, random.whole(100, 5000)])
    // Some scripts fill in the host's name and keep the rest.
    const ownName = random.chance(0.25)
    const rest = operator.dn.slice(0, -1)
    for (const site of sites) {
      const issued = selfSigned(random, {
        tool: operator.tool,
        subject: ownName ? [...rest, ['CN', site.domain]] : operator.dn,
        key: makeKey(random, operator.keyKind),
        made: site.started - random.whole(0, day),
        days,
      })
      scope.hold(site, issued, 'own', [site.host], serving(site))
    }
  },
}
