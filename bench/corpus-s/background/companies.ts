import { acmeAuthorities, amazonAuthority, azureAuthority, soldAuthorities } from '../authorities.ts'
import { day } from '../calendar.ts'
import type { Dn } from '../distinguished-name.ts'
import { makeKey } from '../keys.ts'
import { selfSigned } from '../makers/self-signed.ts'
import { openssl, powershell } from '../makers/tools.ts'
import { addressAt } from '../network.ts'
import { keepCertificate } from '../renewals.ts'
import type { Holder, Scope } from '../world.ts'

/** Companies with several domains, bought certificates with their name in, and a self-signed panel or two. */
export function companies(scope: Scope): void {
  const { random, names, furniture, scale } = scope
  const count = Math.round(scope.draw('owners', 900, 1300) * scale)
  // The same key renewed again and again is still common where a person buys the certificate.
  const keyKeptShare = scope.drawShare('key_kept', 0.15, 0.35)
  const panelShare = scope.drawShare('panels', 0.2, 0.4)
  for (let n = 1; n <= count; n += 1) {
    const holder: Holder = { owner: `company-${n}`, operator: `company-${n}`, adversary: false }
    const provider = random.some(furniture.corporate)
    if (provider === undefined) return
    const host = () => ({ ip: addressAt(random, provider), port: 443 })
    const company = names.company(random)
    const [country, state, city] = names.place(random)
    const dn: Dn = [['C', country], ['ST', state], ['L', city], ['O', company]] // biome-ignore format: a DN on a line
    const authority = random.pick([
      ...soldAuthorities,
      ...soldAuthorities,
      amazonAuthority,
      azureAuthority,
      ...acmeAuthorities,
    ])
    const named = authority.family === 'digicert' || authority.family === 'globalsign' || random.chance(0.2)
    const domains = Array.from({ length: random.heavy(1, 9) }, () => names.domain(random))
    const key = random.chance(keyKeptShare) ? makeKey(random, 'rsa2048') : undefined
    for (let at = 0; at < domains.length; ) {
      const [first, ...others] = domains.slice(at, at + random.whole(1, 4))
      if (first === undefined) break
      at += 1 + others.length
      keepCertificate(scope, holder, {
        authority,
        names: [first, `www.${first}`, ...others],
        hosts: [host()],
        from: scope.moment() - random.whole(0, 200) * day,
        until: scope.calendar.end,
        keyKind: 'rsa2048',
        ...(key === undefined ? {} : { key }),
        ...(named ? { subject: [...dn, ['CN', first]] as const } : {}),
      })
    }
    if (!random.chance(panelShare)) continue
    for (let panel = random.whole(1, 4); panel > 0; panel -= 1) {
      const issued = selfSigned(random, {
        tool: random.pick([openssl, powershell]),
        subject: [...dn, ['CN', `${random.pick(['vpn', 'mail', 'owa', 'intranet', 'fw'])}.${domains[0] ?? 'local'}`]],
        key: makeKey(random, 'rsa2048'),
        made: scope.moment() - random.whole(0, 900) * day,
        days: random.pick([365, 1825, 3650]),
      })
      scope.hold(holder, { ...issued, until: scope.calendar.end }, 'own', [host()])
    }
  }
}
