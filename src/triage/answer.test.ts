import { describe, expect, it } from 'vitest'
import type { Asked, Rule, Verdict } from './answer.ts'
import { answerOf, verdictOf } from './answer.ts'
import type { Clause, State } from './logic.ts'

const states: readonly State[] = ['true', 'false', 'unknown']

/** Every way in which `count` clauses can stand. */
function* combinations(count: number): Generator<readonly State[]> {
  if (count === 0) yield []
  else for (const rest of combinations(count - 1)) for (const state of states) yield [state, ...rest]
}

const clause = (code: string, state: State): Clause => ({
  ...{ code, state, text: `${code} is ${state}`, weight: 0.1 },
  evidence: state === 'unknown' ? [] : [{ source: 'record', event_uid: 'ab'.repeat(16) }],
  missing: state === 'unknown' ? [`what tells ${code}`] : [],
})

const asked: Asked = { id: 'q1', question: 'q', as_of: '2026-03-02T09:00:00Z', inputs_version: {} }

/** The three questions as the specification's table has them (§4.3): how many clauses speak for yes, and how many for no. */
const questions = [
  { id: 'q1', yes: 5, no: 4, yes_needs: 'all', no_when_none: false },
  { id: 'q2', yes: 3, no: 1, yes_needs: 'any', no_when_none: true },
  { id: 'q3', yes: 3, no: 0, yes_needs: 'any', no_when_none: true },
] as const

/** Written apart from the program, from the words of the table. */
function expected(yes: readonly State[], no: readonly State[], how: 'all' | 'any'): Verdict {
  if (how === 'all') {
    if (no.some(state => state === 'true')) return 'no'
    const certain = [...yes, ...no].every(state => state !== 'unknown')
    return certain && yes.every(state => state === 'true') ? 'yes' : 'unknown'
  }
  if (yes.some(state => state === 'true')) return 'yes'
  if (no.some(state => state === 'true')) return 'no'
  return [...yes, ...no].every(state => state === 'false') ? 'no' : 'unknown'
}

function* rulesOf({
  yes,
  no,
  yes_needs,
  no_when_none,
}: (typeof questions)[number]): Generator<{ readonly rule: Rule; readonly wanted: Verdict }> {
  for (const all of combinations(yes + no)) {
    const [forYes, forNo] = [all.slice(0, yes), all.slice(yes)]
    const rule: Rule = {
      ...{ yes_needs, no_when_none },
      yes: forYes.map((state, nth) => clause(`YES_${nth}`, state)),
      no: forNo.map((state, nth) => clause(`NO_${nth}`, state)),
    }
    yield { rule, wanted: expected(forYes, forNo, yes_needs) }
  }
}

describe.each(questions)('the truth table of $id', question => {
  it('is that of the specification, in every line', () => {
    const wrong = [...rulesOf(question)].filter(({ rule, wanted }) => verdictOf(rule) !== wanted)
    expect(wrong.slice(0, 3)).toEqual([])
    expect([...rulesOf(question)]).toHaveLength(3 ** (question.yes + question.no))
  })

  it('says in every line that is unknown what would tell', () => {
    const silent = [...rulesOf(question)]
      .map(({ rule }) => answerOf(asked, rule))
      .filter(({ verdict, missing }) => verdict === 'unknown' && missing.length === 0)
    expect(silent).toEqual([])
  })

  it('has evidence in every line that is yes or no', () => {
    const bare = [...rulesOf(question)]
      .map(({ rule }) => answerOf(asked, rule))
      .filter(({ verdict, reasons }) => verdict !== 'unknown' && reasons.every(({ evidence }) => evidence.length === 0))
    expect(bare).toEqual([])
  })

  it('never turns from yes to no, or back, when something becomes known', () => {
    const turned: unknown[] = []
    for (const { rule } of rulesOf(question)) {
      const before = verdictOf(rule)
      if (before === 'unknown') continue
      const all = [...rule.yes, ...rule.no]
      for (const [at, one] of all.entries()) {
        if (one.state !== 'unknown') continue
        for (const state of ['true', 'false'] as const) {
          const changed = all.map((other, nth) => (nth === at ? clause(other.code, state) : other))
          const after = verdictOf({
            ...rule,
            yes: changed.slice(0, rule.yes.length),
            no: changed.slice(rule.yes.length),
          })
          // With `any`, what speaks for yes outweighs: then a no was never certain.
          if (after !== before && !(rule.yes_needs === 'any' && after === 'yes'))
            turned.push({ before, after, all, at, state })
        }
      }
    }
    expect(turned.slice(0, 3)).toEqual([])
  })
})
