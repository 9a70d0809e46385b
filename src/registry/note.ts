import type { Problem } from '../base/index.ts'
import { excerpt } from '../base/index.ts'
import type { ProblemCode } from './problem-codes.ts'

/** Problems while they are collected: a bounded number. */
export type Notes = { readonly problems: Problem[]; readonly most: number }

export function noNotes(most: number): Notes {
  return { problems: [], most }
}

/** Notes a problem; the last one that is kept says that there are more. */
export function note(notes: Notes, code: ProblemCode, where: string, expected?: string, found?: string): void {
  const { problems, most } = notes
  if (problems.length >= most) return
  if (problems.length === most - 1) {
    problems.push({ code: 'registry/more-problems' satisfies ProblemCode, found: `more than ${most - 1}` })
    return
  }
  problems.push({
    code,
    where,
    ...(expected === undefined ? {} : { expected: excerpt(expected) }),
    ...(found === undefined ? {} : { found: excerpt(found) }),
  })
}

/** Notes problems that were found elsewhere. */
export function noteAgain(notes: Notes, problems: readonly Problem[]): void {
  for (const problem of problems) if (notes.problems.length < notes.most) notes.problems.push(problem)
}
