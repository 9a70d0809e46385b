import type { Finding, Verdict } from '../model/index.ts'
import { urgency } from '../model/index.ts'
import type { Procedure } from './procedure.ts'
import { isAttack } from './procedure.ts'
import { hostOf } from './write-procedure.ts'

/** What Counterseal said of a procedure, and whether that is what is expected. */
export type Judged = {
  readonly procedure: Procedure
  /** Of the most urgent finding; `informational` where there is none. */
  readonly verdict: Verdict
  readonly score: number
  readonly classes: readonly string[]
  readonly rules: readonly string[]
  readonly summary: string
  /** What is not as expected; empty when all of it is. */
  readonly faults: readonly string[]
}

/** An attack has exactly the verdict, the classes and the rules expected, what is approved is; all else has at most the verdict. */
export function judge(procedure: Procedure, findings: readonly Finding[]): Judged {
  const own = findings.filter(({ entities }) =>
    entities.some(({ kind, value }) => kind === 'host_name' && value.toLowerCase() === hostOf(procedure)),
  )
  const [first] = own.toSorted((a, b) => urgency(b.verdict) - urgency(a.verdict) || b.score - a.score)
  const verdict = first?.verdict ?? 'informational'
  const classes = distinct(
    own.flatMap(
      one => one.correlation?.classes.filter(({ state }) => state === 'observed').map(each => each.class) ?? [],
    ),
  )
  const rules = distinct(own.flatMap(one => one.correlation?.standalone.map(({ rule }) => rule) ?? []))
  const { expect } = procedure
  const faults: string[] = []
  const isExact = isAttack(procedure) || expect.verdict === 'approved'
  if (isExact ? verdict !== expect.verdict : urgency(verdict) > urgency(expect.verdict))
    faults.push(`${verdict} in the place of ${expect.verdict}`)
  if (isAttack(procedure)) {
    for (const missing of expect.classes.filter(one => !classes.includes(one))) faults.push(`no ${missing}`)
    for (const missing of expect.rules.filter(one => !rules.includes(one))) faults.push(`not by ${missing}`)
  }
  return { procedure, verdict, score: first?.score ?? 0, classes, rules, summary: first?.summary ?? '', faults }
}

function distinct(all: readonly string[]): readonly string[] {
  return [...new Set(all)].sort()
}
