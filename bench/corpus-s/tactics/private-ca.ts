import { day } from '../calendar.ts'
import type { Dn } from '../distinguished-name.ts'
import { makeKey } from '../keys.ts'
import { foundAuthority, privateLeaf } from '../makers/private.ts'
import { serving, type Tactic } from '../operators.ts'

/** A CA of his own signs all leaves; their subjects say nothing of each other. */
export const privateCa: Tactic = {
  id: 'private_ca',
  run(scope, operator, sites) {
    const { random, names } = scope
    const dn: Dn = random.chance(0.5) ? operator.dn : [['CN', `${names.word(random)} ${random.pick(['CA', 'Root', 'Root CA'])}`]] // biome-ignore format: a DN on a line
    const first = Math.min(...sites.map(site => site.started))
    const authority = foundAuthority(random, dn, first - random.whole(1, 90) * day, { keyKind: operator.keyKind })
    for (const site of sites) {
      const subject: Dn = [['CN', random.pick([site.domain, site.host.ip, names.word(random)])]] // biome-ignore format: a DN on a line
      const key = makeKey(random, operator.keyKind)
      const named = random.chance(0.7) ? { names: [site.domain] } : { ips: [site.host.ip] }
      const issued = privateLeaf(random, authority, { subject, key, made: site.started, ...named })
      scope.hold(site, issued, 'own', [site.host], serving(site))
    }
  },
}
