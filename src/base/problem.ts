/**
 * Something wrong with data. A problem never stops the work: it travels with the data, is stored, counted and shown.
 */
export type Problem = {
  /** Stable code, `area/what`. Append-only. */
  readonly code: string
  /** Where: a file, a member, a byte offset, a field. Absent when the whole thing is meant. */
  readonly where?: string
  /** What a well-formed input has here. Absent rather than a placeholder. */
  readonly expected?: string
  /** What was there, shortened to at most 200 characters. Absent rather than a placeholder. */
  readonly found?: string
}

const longestFound = 200

/** Cuts text from evidence to a length that is safe to show and to store in a problem. */
export function excerpt(text: string, length = longestFound): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`
}

/** One line for a person: `code at where: expected …, found …`. */
export function describeProblem(problem: Problem): string {
  const details = [
    problem.expected === undefined ? undefined : `expected ${problem.expected}`,
    problem.found === undefined ? undefined : `found ${problem.found}`,
  ].filter(part => part !== undefined)
  const place = problem.where === undefined ? '' : ` at ${problem.where}`
  return `${problem.code}${place}${details.length === 0 ? '' : `: ${details.join(', ')}`}`
}
