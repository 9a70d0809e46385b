import { laterTenants, sameWords } from '../decoys.ts'
import { populate } from '../populate.ts'
import { tactics } from '../tactics/index.ts'
import type { Scope } from '../world.ts'

/** Operators as they come, each with his tactic, in no trouble but the background's. */
export function ordinary(scope: Scope): void {
  const { random } = scope
  const operators = populate(scope, { tactics, operators: [26, 40], sites: [2, 12], silent: [4, 8] })
  laterTenants(scope, operators, scope.drawShare('later_tenants', 0.1, 0.3))
  // A few operators typed what a tutorial says, and so did others.
  const copying = scope.draw('tutorials', 2, 4)
  for (const { dn } of operators.slice(0, copying)) sameWords(scope, dn, random.heavy(2, 25))
}
