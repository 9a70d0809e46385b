import { coverSites, type Operator, raiseOperator, type Site, type Tactic } from './operators.ts'
import { acmeOnly } from './tactics/acme-only.ts'
import { silentTactics } from './tactics/index.ts'
import type { Scope } from './world.ts'

type Bounds = readonly [low: number, high: number]

export type Population = {
  /** Each at least once when there are enough operators, then one drawn for each: what stands here twice is likelier. */
  readonly tactics: readonly [Tactic, ...Tactic[]]
  /** How many operators that leave something in common. @default 5 to 9: enough pairs to measure in one pack */
  readonly operators?: Bounds
  /** Sites of each, most have few. @default 3 to 9 */
  readonly sites?: Bounds
  /** Operators that leave nothing, so that recall over all pairs is honest. @default 2 to 4 */
  readonly silent?: Bounds
  /** Moves a site somewhere before it gets its certificates; the first silent operator's stay. @default all stay */
  readonly settle?: (site: Site) => Site
}

/** Operators of one pack, at work. Returns those that leave something in common. */
export function populate(scope: Scope, population: Population): readonly Operator[] {
  const { tactics, operators = [5, 9], sites = [3, 9], silent = [2, 4], settle = site => site } = population
  const { random } = scope
  const cover = scope.drawShare('cover', 0.2, 0.6)
  const raise = (count: number, label: string, ways: readonly [Tactic, ...Tactic[]]) => {
    const each = [...new Set(ways)]
    return Array.from({ length: count }, (_, n) => {
      // One operator in each pack leaves nothing at all, not even by chance.
      const careful = label === 'silent' && n === 0
      const raised = raiseOperator(scope, `${label}-${n + 1}`, random.heavy(...sites), careful ? 0 : undefined)
      const operator = careful ? raised : { ...raised, sites: raised.sites.map(settle) }
      const tactic = careful ? acmeOnly : (each[n] ?? random.pick([...ways]))
      tactic.run(scope, operator, operator.sites)
      if (!careful) coverSites(scope, operator, cover)
      return operator
    })
  }
  raise(scope.draw('silent_operators', ...silent), 'silent', silentTactics)
  return raise(scope.draw('operators', ...operators), 'operator', tactics)
}
