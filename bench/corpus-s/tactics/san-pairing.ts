import { day } from '../calendar.ts'
import { makeKey } from '../keys.ts'
import { publicCertificate } from '../makers/public.ts'
import type { Site, Tactic } from '../operators.ts'
import { keepCertificate } from '../renewals.ts'

/** Two to four names in one certificate now and then; each site has one of its own as well. */
export const sanPairing: Tactic = {
  id: 'san_pairing',
  run(scope, operator, sites) {
    const { random } = scope
    for (let at = 0; at < sites.length; ) {
      const group = sites.slice(at, at + random.whole(2, 4))
      at += group.length
      const [first, ...others] = group
      if (first === undefined) continue
      const made = Math.max(...group.map(site => site.started)) + random.whole(0, 3 * day)
      const names = [first, ...others].map(site => site.domain)
      const issued = publicCertificate(random, {
        authority: operator.authority,
        names: [first.domain, ...names.slice(1)],
        key: makeKey(random, 'p256'),
        made,
      })
      scope.hold(first, issued, 'own', [first.host])
      for (const site of group) own(site)
    }
    function own(site: Site): void {
      keepCertificate(scope, site, {
        authority: operator.authority,
        names: [site.domain],
        hosts: [site.host],
        from: site.started,
        until: site.stopped,
      })
    }
  },
}
