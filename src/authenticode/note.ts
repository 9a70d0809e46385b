import type { Problem } from '../base/index.ts'
import { excerpt } from '../base/index.ts'
import { mostProblems } from './bounds.ts'
import type { ProblemCode } from './problem-codes.ts'

/** Notes a problem; the last one that is kept says that there are more. */
export function note(problems: Problem[], code: ProblemCode, where: string, expected?: string, found?: string): void {
  if (problems.length >= mostProblems) return
  if (problems.length === mostProblems - 1) {
    problems.push({ code: 'authenticode/more-problems' satisfies ProblemCode, found: `more than ${mostProblems - 1}` })
    return
  }
  problems.push({
    code,
    where,
    ...(expected === undefined ? {} : { expected: excerpt(expected) }),
    ...(found === undefined ? {} : { found: excerpt(found) }),
  })
}
