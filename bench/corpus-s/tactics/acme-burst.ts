import { day, minute } from '../calendar.ts'
import type { Tactic } from '../operators.ts'
import { keepCertificate } from '../renewals.ts'

/** All names in one evening, a certificate and a key for each: nothing joins them but the hour. */
export const acmeBurst: Tactic = {
  id: 'acme_burst',
  run(scope, operator, sites) {
    const { random } = scope
    let moment = Math.min(...sites.map(site => site.started))
    for (const site of sites) {
      keepCertificate(scope, site, {
        authority: operator.authority,
        names: [site.domain],
        hosts: [site.host],
        from: moment,
        until: Math.max(site.stopped, moment + 5 * day),
      })
      moment += random.whole(minute / 30, 10 * minute)
    }
  },
}
