import { anyDefault, defaultEntry, installDefault } from '../software-defaults.ts'
import type { Holder, Scope } from '../world.ts'

/** Software set up in a hurry: forms left empty, clusters without a certificate, images with one inside. */
export function installations(scope: Scope): void {
  const { random, names, furniture, scale } = scope
  for (const software of furniture.defaults) scope.list(defaultEntry(software))
  const count = Math.round(scope.draw('owners', 1300, 1900) * scale)
  for (let n = 1; n <= count; n += 1) {
    const holder: Holder = { owner: `installation-${n}`, operator: `installation-${n}`, adversary: false }
    const software = anyDefault(random, furniture.defaults)
    if (software === undefined) return
    const issued = installDefault(random, software, scope.moment(), names.domain(random))
    scope.hold(holder, issued, 'default', [scope.vps()])
  }
}
