import { day } from '../calendar.ts'
import { deviceEntries, startDevice } from '../devices.ts'
import { addressAt } from '../network.ts'
import type { Holder, Scope } from '../world.ts'

/** Machines at home and in offices, each with what its maker gave it. */
export function devices(scope: Scope): void {
  const { random, furniture, calendar, scale } = scope
  // Access lines change address every few weeks in some countries.
  const movingShare = scope.drawShare('moving', 0.2, 0.45)
  let machine = 0
  for (const family of furniture.devices) {
    for (const entry of deviceEntries(family)) scope.list(entry)
    const count = Math.round(random.heavy(6, 200) * scale)
    for (let n = 0; n < count; n += 1) {
      const id = `machine-${++machine}`
      const holder: Holder = { owner: id, operator: id, adversary: false }
      const provider = random.some(furniture.access)
      if (provider === undefined) return
      const made = random.whole(calendar.start - 500 * day, calendar.end - 20 * day)
      const hosts = Array.from({ length: random.chance(movingShare) ? random.whole(2, 4) : 1 }, () => ({
        ip: addressAt(random, provider),
        port: family.port,
      }))
      scope.hold(holder, startDevice(random, family, made), 'device', hosts, { start: made, end: calendar.end })
    }
  }
  scope.note('machines', machine)
}
