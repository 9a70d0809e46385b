import { acmeAuthorities, panelAuthority } from '../authorities.ts'
import { day } from '../calendar.ts'
import { makeKey } from '../keys.ts'
import { addressAt } from '../network.ts'
import { keepCertificate } from '../renewals.ts'
import type { Holder, Scope } from '../world.ts'

/** What cPanel puts beside the name of a site (CP-1). */
const panelLabels = ['www', 'mail', 'cpanel', 'webmail', 'webdisk', 'autodiscover', 'cpcontacts', 'cpcalendars']

/** Ordinary sites: one or two names, a certificate of 90 days, renewed for as long as the site lives. */
export function acmeSites(scope: Scope): void {
  const { random, names, furniture, calendar, scale } = scope
  // Three in ten of all owners; they make most certificates, as in any log.
  const count = Math.round(scope.draw('owners', 5000, 6000) * scale)
  const panelShare = scope.drawShare('panel', 0.08, 0.2)
  // Clients that keep the key are few: certbot --reuse-key, requests kept in a panel.
  const keyKeptShare = scope.drawShare('key_kept', 0.05, 0.15)
  const severalShare = scope.drawShare('several_domains', 0.1, 0.25)
  const seenShare = scope.drawShare('renewals_seen', 0.6, 0.8)
  const sharedHosting = scope.drawShare('shared_hosting', 0.4, 0.65)
  for (let n = 1; n <= count; n += 1) {
    const holder: Holder = { owner: `site-${n}`, operator: `site-${n}`, adversary: false }
    const panel = random.chance(panelShare)
    const hoster = random.chance(sharedHosting) ? random.some(furniture.hosters) : undefined
    const host = hoster === undefined ? scope.vps() : { ip: addressAt(random, hoster.provider), port: 443 }
    const authority = panel ? panelAuthority : random.pick([...acmeAuthorities])
    const keyKind = random.chance(0.5) ? 'p256' : 'rsa2048'
    const from = random.whole(calendar.start - 80 * day, calendar.end - 5 * day)
    const until = from + random.heavy(30, 700) * day
    const key = random.chance(keyKeptShare) ? makeKey(random, keyKind) : undefined
    const domains = Array.from({ length: random.chance(severalShare) ? random.whole(2, 3) : 1 }, () =>
      names.domain(random),
    )
    const together = random.chance(0.4)
    const first = domains[0] ?? ''
    const labels = panel ? panelLabels : random.chance(0.6) ? ['www'] : random.chance(0.2) ? ['*'] : []
    for (const domain of together ? [first] : domains) {
      const covered = together ? domains : [domain]
      keepCertificate(scope, holder, {
        authority,
        names: [domain, ...labels.map(label => `${label}.${domain}`), ...covered.filter(other => other !== domain)],
        hosts: random.chance(0.9) ? [host] : [],
        from,
        until,
        keyKind,
        seenShare,
        ...(key === undefined ? {} : { key }),
      })
    }
  }
}
