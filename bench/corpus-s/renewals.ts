import type { Authority } from './authorities.ts'
import { day } from './calendar.ts'
import type { Dn } from './distinguished-name.ts'
import { type Key, type KeyKind, makeKey } from './keys.ts'
import { publicCertificate } from './makers/public.ts'
import type { Holder, Host, Scope } from './world.ts'

export type RenewalPlan = {
  readonly authority: Authority
  readonly names: readonly [string, ...string[]]
  readonly hosts: readonly Host[]
  /** ms since the epoch: first issuance, and when the site is given up. */
  readonly from: number
  readonly until: number
  /** Used each time. @default a new one each time, as ACME clients do */
  readonly key?: Key
  readonly keyKind?: KeyKind
  readonly subject?: Dn
  readonly days?: number
  /** Chance that a renewal came to the eyes of an observer; the first always did. @default 0.7 */
  readonly seenShare?: number
  readonly role?: 'own' | 'decoy'
}

/** Public certificates of one site from its first to its last, each renewed at two thirds of its life. */
export function keepCertificate(scope: Scope, holder: Holder, plan: RenewalPlan): void {
  const { random, calendar } = scope
  const { authority, names, hosts, subject, seenShare = 0.7, role = 'own', keyKind = 'p256' } = plan
  const last = Math.min(plan.until, calendar.end)
  for (let made = plan.from; made < last; ) {
    const days = plan.days ?? random.pick([...authority.days])
    if (made === plan.from || random.chance(seenShare)) {
      const issued = publicCertificate(random, {
        authority,
        names,
        key: plan.key ?? makeKey(random, keyKind),
        made,
        days,
        // Logs show both of a pair; observers keep mostly one.
        twinChance: 0.06,
        ...(subject === undefined ? {} : { subject }),
      })
      scope.hold(holder, issued, role, hosts, { end: Math.min(issued.until, plan.until) })
    }
    made += Math.max(day, Math.floor((days * day * 2) / 3)) + random.whole(0, day)
  }
}
