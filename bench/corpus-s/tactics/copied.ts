import { day } from '../calendar.ts'
import { makeKey } from '../keys.ts'
import { publicCertificate } from '../makers/public.ts'
import { selfSigned } from '../makers/self-signed.ts'
import { serving, type Tactic } from '../operators.ts'

/** One certificate, carried with its key from server to server: an image, a playbook, a keystore. */
export const copied: Tactic = {
  id: 'copied',
  run(scope, operator, sites) {
    const { random } = scope
    const first = Math.min(...sites.map(site => site.started))
    const [site] = sites
    if (site === undefined) return
    const key = makeKey(random, operator.keyKind)
    const made = first - random.whole(0, 30) * day
    // A quarter copies a bought one, with a name that fits one of the servers at most.
    const issued = random.chance(0.25)
      ? publicCertificate(random, { authority: operator.authority, names: [site.domain], key, made })
      : selfSigned(random, { tool: operator.tool, subject: operator.dn, key, made })
    for (const each of sites) scope.hold(each, issued, 'own', [each.host], serving(each))
  },
}
