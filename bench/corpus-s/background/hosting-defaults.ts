import { acmeAuthorities } from '../authorities.ts'
import { hosterEntry, moveIn } from '../hosters.ts'
import { keepCertificate } from '../renewals.ts'
import type { Holder, Scope } from '../world.ts'

/** Tenants of hosters whose servers answer with a default when nobody gives a name. */
export function hostingDefaults(scope: Scope): void {
  const { random, names, furniture, calendar, scale } = scope
  // Tenants that have a certificate for their own name beside the default.
  const ownShare = scope.drawShare('own_certificate', 0.3, 0.55)
  let tenant = 0
  for (const hoster of furniture.hosters) {
    scope.list(hosterEntry(hoster))
    // A heavy tail: spec §3.6 found that one large default which no list has can cost most of the precision.
    const count = Math.round(random.heavy(4, 280) * scale)
    for (let n = 0; n < count; n += 1) {
      const id = `tenant-${++tenant}`
      const holder: Holder = { owner: id, operator: id, adversary: false }
      const moved = scope.moment()
      const { host, issued } = moveIn(random, hoster, moved)
      scope.hold(holder, issued, 'pool', [host], { start: moved })
      if (!random.chance(ownShare)) continue
      keepCertificate(scope, holder, {
        authority: random.pick([...acmeAuthorities]),
        names: [names.domain(random)],
        hosts: [host],
        from: moved,
        until: calendar.end,
        seenShare: 0.4,
      })
    }
  }
  scope.note('tenants', tenant)
}
