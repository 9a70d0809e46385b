import { day } from '../calendar.ts'
import { inventHoster } from '../furniture.ts'
import { hosterEntry, moveIn } from '../hosters.ts'
import { populate } from '../populate.ts'
import { joiningTactics } from '../tactics/index.ts'
import type { Scope } from '../world.ts'

/** Operators at hosters whose servers all answer with the same default; their own certificates are on other ports. */
export function hostingDefault(scope: Scope): void {
  const { random, names, calendar, furniture } = scope
  const opened = calendar.start - 30 * day
  const small = Array.from({ length: scope.draw('hosters', 3, 6) }, (_, n) =>
    inventHoster(random, names, scope.network, opened, `pack-hoster-${n + 1}`),
  )
  for (const hoster of small) {
    scope.list(hosterEntry(hoster))
    // From a reseller with a handful of customers to a house with a hundred.
    for (let n = random.heavy(6, 120); n > 0; n -= 1) {
      const moved = scope.moment()
      const { host, issued } = moveIn(random, hoster, moved)
      scope.hold(scope.stranger(), issued, 'pool', [host], { start: moved })
    }
  }
  // Operators like hosters that ask little, and some go to the large ones that everybody uses.
  const favourites = [...small, ...small, ...random.shuffled(furniture.hosters).slice(0, 4)]
  const defaultShare = scope.drawShare('default_left', 0.6, 0.95)
  populate(scope, {
    tactics: joiningTactics,
    operators: [7, 11],
    settle: site => {
      const hoster = random.some(favourites)
      if (hoster === undefined) return site
      const { host, issued } = moveIn(random, hoster, site.started)
      if (random.chance(defaultShare))
        scope.hold(site, issued, 'pool', [host], { start: site.started, end: site.stopped })
      return { ...site, host: { ip: host.ip, port: random.pick([443, 8443, 4443, 2087, 50050]) } }
    },
  })
}
