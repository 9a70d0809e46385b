import type { Kit } from '../kits.ts'
import { type Operator, raiseOperator, serving } from '../operators.ts'
import { populate } from '../populate.ts'
import { installDefault } from '../software-defaults.ts'
import { keyReuse } from '../tactics/key-reuse.ts'
import { kitDefault } from '../tactics/kit-default.ts'
import { sanPairing } from '../tactics/san-pairing.ts'
import type { Scope } from '../world.ts'

const habits = ['each', 'one', 'beside'] as const

/** Software whose default is what a kit's default looks like: Acme Co, the OpenSSL form. */
const lookAlikes = ['generate-cert', 'kubernetes-ingress', 'widgits', 'widgits-named']

/** Several operators with one kit, and honest software that looks like it. Only what an operator added joins his own. */
export function kitCollision(scope: Scope): void {
  const { random, furniture, names } = scope
  // DeimosC2 always, as the collision is its; some others, known and unknown.
  const wanted = scope.draw('kits', 2, 5)
  const kits = [
    ...furniture.kits.filter(kit => kit.family === 'deimosc2' || kit.family === 'cobalt-strike'),
    ...random.shuffled(furniture.kits).slice(0, wanted),
  ]
  for (const [k, kit] of kits.entries()) {
    // Three or four to a kit: each habit once, so that the kit's own value joins strangers.
    for (let n = random.whole(3, 4); n > 0; n -= 1) {
      const operator = raiseOperator(scope, `kit-${k + 1}-operator-${n}`, random.whole(2, 5))
      runKit(scope, operator, kit, habits[n % habits.length] ?? 'each')
    }
  }
  populate(scope, { tactics: [kitDefault, keyReuse, sanPairing], operators: [3, 6] })
  for (const id of lookAlikes) {
    const software = furniture.defaults.find(each => each.id === id)
    // Clusters and test servers by the dozen.
    for (let n = scope.draw(`strangers_${id}`, 8, 45); n > 0 && software !== undefined; n -= 1) {
      const issued = installDefault(random, software, scope.moment(), names.domain(random))
      scope.hold(scope.stranger(), issued, 'default', [{ ...scope.vps(), port: random.pick([443, 8443]) }])
    }
  }
}

/** A kit on all sites: a keystore each, one for all, or one each and something of his own beside it. */
function runKit(scope: Scope, operator: Operator, kit: Kit, habit: (typeof habits)[number]): void {
  const { random } = scope
  const { sites } = operator
  const [first] = sites
  if (first === undefined) return
  const once = habit === 'one' ? kit.write(random, first.started, first.host.ip) : undefined
  for (const site of sites) {
    const issued = once ?? kit.brought ?? kit.write(random, site.started, site.host.ip)
    scope.hold(site, issued, 'kit', [{ ip: site.host.ip, port: kit.port }], serving(site))
  }
  if (habit === 'beside') random.pick([keyReuse, sanPairing]).run(scope, operator, sites)
}
