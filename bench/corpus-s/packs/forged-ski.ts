import { makeKey } from '../keys.ts'
import { selfSigned } from '../makers/self-signed.ts'
import { keytool, openssl, powershell } from '../makers/tools.ts'
import { serving, type Tactic } from '../operators.ts'
import { populate } from '../populate.ts'
import { keyReuse } from '../tactics/key-reuse.ts'
import { raiseVictim } from '../victims.ts'
import type { Scope } from '../world.ts'

/** The key id is a text the maker chooses: a constant of a library, a victim's, or one of the operator's own. */
export function forgedSki(scope: Scope): void {
  const { random, names } = scope
  const victims = Array.from({ length: scope.draw('victims', 2, 4) }, () => raiseVictim(scope))
  // Templates and careless libraries write one id for all; some of its users are bad.
  const constants = Array.from({ length: scope.draw('constants', 2, 4) }, (_, n) =>
    n === 0 ? new Uint8Array(20) : random.bytes(20),
  )
  type Habit = 'own_id' | 'victim_id_one_key' | 'victim_id' | 'constant_id_one_key'
  const forging = (habit: Habit): Tactic => ({
    id: habit,
    run: (_scope, operator, sites) => {
      const tool = random.pick([openssl, keytool, powershell])
      const key = makeKey(random, tool.keyKind)
      const ski =
        habit === 'own_id'
          ? random.bytes(20)
          : habit === 'constant_id_one_key'
            ? (random.some(constants) ?? random.bytes(20))
            : (random.some(victims)?.panels[0]?.key.ski ?? random.bytes(20))
      const oneKey = habit === 'victim_id_one_key' || habit === 'constant_id_one_key'
      for (const site of sites) {
        const issued = selfSigned(random, {
          tool,
          subject: [['O', names.word(random)], ['CN', site.domain]], // biome-ignore format: a DN on a line
          key: oneKey ? key : makeKey(random, tool.keyKind),
          made: site.started,
          ski,
        })
        scope.hold({ ...site, operator: operator.id }, issued, 'own', [site.host], serving(site))
      }
    },
  })
  populate(scope, {
    tactics: [
      forging('own_id'),
      forging('victim_id_one_key'),
      forging('constant_id_one_key'),
      forging('victim_id'),
      keyReuse,
    ],
    operators: [8, 12],
    sites: [2, 7],
  })
  for (const [n, ski] of constants.entries()) {
    for (let stranger = scope.draw(`strangers_${n + 1}`, 5, 50); stranger > 0; stranger -= 1) {
      const tool = random.pick([openssl, keytool])
      const issued = selfSigned(random, {
        tool,
        subject: [['CN', names.domain(random)]],
        key: makeKey(random, tool.keyKind),
        made: scope.moment(),
        ski,
      })
      scope.hold(scope.stranger(), issued, 'decoy', [scope.vps()])
    }
  }
}
