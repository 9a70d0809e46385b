import { day } from '../calendar.ts'
import { deviceEntries, startDevice } from '../devices.ts'
import { inventDevice } from '../furniture.ts'
import { makeKey } from '../keys.ts'
import { selfSigned } from '../makers/self-signed.ts'
import { addressAt } from '../network.ts'
import { serving, type Tactic } from '../operators.ts'
import { populate } from '../populate.ts'
import { copied } from '../tactics/copied.ts'
import { keyReuse } from '../tactics/key-reuse.ts'
import { mixed } from '../tactics/mixed.ts'
import type { Scope } from '../world.ts'

/** Machines that share a key from the factory, some of them taken over; and operators that dress as such machines. */
export function factoryKey(scope: Scope): void {
  const { random, names, calendar, furniture } = scope
  const opened = calendar.start - 30 * day
  const families = Array.from({ length: scope.draw('families', 3, 6) }, (_, n) => {
    const family = inventDevice(random, names, opened, `pack-device-${n + 1}`)
    return random.chance(0.6) ? ({ ...family, style: 'factory_key' } as const) : family
  })
  // The same hardware under another maker's name has the same key.
  const [first] = families
  if (first !== undefined) {
    const rebrand = inventDevice(random, names, opened, 'pack-device-rebrand')
    families.push({ ...rebrand, style: 'factory_key', key: first.key })
  }
  const address = () => {
    const provider = random.some(furniture.access)
    return provider === undefined ? '5.2.1.1' : addressAt(random, provider)
  }
  for (const family of families) {
    for (const entry of deviceEntries(family)) scope.list(entry)
    // From a rare model to a box that a provider gives to its customers.
    for (let n = random.heavy(6, 110); n > 0; n -= 1) {
      const made = scope.moment() - random.whole(0, 400) * day
      scope.hold(scope.stranger(), startDevice(random, family, made), 'device', [{ ip: address(), port: family.port }])
    }
  }
  const dressed: Tactic = {
    id: 'dressed',
    run: (_scope, operator, sites) => {
      const family = random.some(families)
      const key = makeKey(random, operator.keyKind)
      const sameKey = random.chance(0.7)
      for (const site of sites) {
        const cn = random.chance(0.5)
          ? (family?.cn ?? 'router')
          : `${family?.cn ?? 'router'}${random.whole(1000, 9999)}`
        const issued = selfSigned(random, {
          tool: operator.tool,
          subject: [...(family?.dn ?? []), ['CN', cn]],
          key: sameKey ? key : makeKey(random, operator.keyKind),
          made: site.started,
        })
        scope.hold(site, issued, 'own', [site.host], serving(site))
      }
    },
  }
  const takenShare = scope.drawShare('taken_over', 0.3, 0.7)
  populate(scope, {
    tactics: [copied, keyReuse, mixed, dressed],
    operators: [6, 10],
    settle: site => {
      const family = random.some(families)
      if (family === undefined || !random.chance(takenShare)) return site
      const ip = address()
      const issued = startDevice(random, family, site.started - random.whole(10, 400) * day)
      scope.hold(site, issued, 'device', [{ ip, port: family.port }], { start: site.started, end: site.stopped })
      return { ...site, host: { ip, port: 4343 } }
    },
  })
}
