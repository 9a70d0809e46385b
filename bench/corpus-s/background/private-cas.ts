import { day } from '../calendar.ts'
import { type Dn, dnText } from '../distinguished-name.ts'
import { makeKey } from '../keys.ts'
import { foundAuthority, privateLeaf } from '../makers/private.ts'
import { addressAt } from '../network.ts'
import type { Holder, Scope } from '../world.ts'

/**
 * Companies that run a CA for themselves, and service houses that run one for their clients: there, one issuer stands
 * over many who have nothing to do with each other.
 */
export function privateCas(scope: Scope): void {
  const { random, names, furniture, scale } = scope
  const count = Math.round(scope.draw('companies', 380, 540) * scale)
  const houses = Math.round(scope.draw('service_houses', 14, 30) * Math.max(scale, 0.1))
  for (let n = 1; n <= count + houses; n += 1) {
    const house = n > count
    const company = names.company(random)
    const dn: Dn = [['O', company], ['CN', `${company} ${random.pick(['CA', 'Root CA', 'Internal CA', 'Issuing CA 1'])}`]] // biome-ignore format: a DN on a line
    const authority = foundAuthority(random, dn, scope.moment() - 900 * day, {
      ...(random.chance(0.3) ? { crl: `http://pki.${names.domain(random)}/ca.crl` } : {}),
    })
    if (house)
      scope.list({ id: `service-house-${n - count}/issuer`, action: 'platform', keys: { issuer_dn: [dnText(dn)] } })
    const provider = random.some(furniture.corporate)
    if (provider === undefined) return
    const leaves = random.heavy(house ? 5 : 2, house ? 45 : 12)
    const domain = names.domain(random)
    for (let leaf = 1; leaf <= leaves; leaf += 1) {
      const id = house ? `client-${n - count}-${leaf}` : `ca-company-${n}`
      const holder: Holder = { owner: id, operator: id, adversary: false }
      const host = { ip: addressAt(random, provider), port: random.pick([443, 8443, 636, 993]) }
      const label = house ? names.domain(random) : `${names.word(random)}.${domain}`
      const issued = privateLeaf(random, authority, {
        subject: [['CN', label]],
        key: makeKey(random, 'rsa2048'),
        made: scope.moment() - random.whole(0, 300) * day,
        names: [label],
      })
      scope.hold(holder, { ...issued, until: scope.calendar.end }, house ? 'platform' : 'own', [host])
    }
  }
}
