import { soldAuthorities } from './authorities.ts'
import { day } from './calendar.ts'
import type { Dn } from './distinguished-name.ts'
import { positive } from './extensions.ts'
import type { Issued } from './issue.ts'
import { makeKey } from './keys.ts'
import { selfSigned } from './makers/self-signed.ts'
import { openssl } from './makers/tools.ts'
import { addressAt } from './network.ts'
import { keepCertificate } from './renewals.ts'
import type { Holder, Scope } from './world.ts'

/** An honest company that attackers like to look like. */
export type Victim = {
  readonly holder: Holder
  readonly dn: Dn
  readonly domain: string
  /** Self-signed, five years; one at least. */
  readonly panels: readonly Issued[]
  /** Of the first panel: contents octets. */
  readonly serial: Uint8Array
}

/** A company with bought certificates and one to six self-signed ones of the same DN. All are one owner's. */
export function raiseVictim(scope: Scope): Victim {
  const { random, names, furniture, calendar } = scope
  const holder = scope.stranger()
  const [country, state, city] = names.place(random)
  const domain = names.domain(random)
  const dn: Dn = [['C', country], ['ST', state], ['L', city], ['O', names.company(random)], ['CN', `www.${domain}`]] // biome-ignore format: a DN on a line
  const provider = random.some(furniture.corporate)
  const host = () => (provider === undefined ? scope.vps() : { ip: addressAt(random, provider), port: 443 })
  keepCertificate(scope, holder, {
    authority: random.pick([...soldAuthorities]),
    names: [domain, `www.${domain}`],
    hosts: [host()],
    from: calendar.start - random.whole(0, 200) * day,
    until: calendar.end,
    keyKind: 'rsa2048',
    subject: dn,
    role: 'decoy',
  })
  const serial = positive(random, 20)
  const panels = Array.from({ length: random.whole(1, 6) }, (_, n) => {
    const issued = selfSigned(random, {
      tool: openssl,
      subject: dn,
      key: makeKey(random, 'rsa2048'),
      made: calendar.start - random.whole(0, 600) * day,
      days: 1825,
      names: [domain],
      ...(n === 0 ? { serial } : {}),
    })
    scope.hold(holder, { ...issued, until: calendar.end }, 'decoy', [host()])
    return issued
  })
  return { holder, dn, domain, panels, serial }
}
