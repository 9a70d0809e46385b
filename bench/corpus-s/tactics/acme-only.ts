import type { Tactic } from '../operators.ts'
import { keepCertificate } from '../renewals.ts'

/** Each site as a stranger would do it. Nothing to find. */
export const acmeOnly: Tactic = {
  id: 'acme_only',
  run(scope, operator, sites) {
    for (const site of sites) {
      keepCertificate(scope, site, {
        authority: operator.authority,
        names: scope.random.chance(0.3) ? [site.domain, `www.${site.domain}`] : [site.domain],
        hosts: [site.host],
        from: site.started,
        until: site.stopped,
      })
    }
  },
}
