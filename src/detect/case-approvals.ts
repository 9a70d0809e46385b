import type { Case, Correlation, Matched, Observation } from '../correlate/index.ts'

/** Approvals that a finding tells at most. */
const most = { approvals: 20 }

/** A change that is nearly an approved one says so first; what falls into a declared exercise says that. */
export function titleOf(correlation: Correlation, { standalone, consulted }: Case): string {
  const text = standalone.map(({ rule, title }) => `${rule} ${title}`).join('; ') || correlation.title
  const partial = consulted.matches.filter(({ match }) => match === 'partial')
  const mismatch = partial.slice(0, 1).map(({ approval, differs }) => {
    const [first] = differs
    return `Not what ${approval.ticket} approved (${first?.what}: ${first?.actual.slice(0, 80)} in the place of ${first?.approved.slice(0, 80)}): `
  })
  const exercise = consulted.exercises.slice(0, 1).map(({ ticket }) => `Exercise ${ticket}: `)
  return `${exercise.join('')}${mismatch.join('')}${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}

/** What approvals have to say of a case, with the places of the observations that they are about. */
export function approvalsOf({ consulted, unapproved }: Case, place: ReadonlyMap<Observation, number>) {
  const byApproval = new Map<string, Matched[]>()
  for (const one of consulted.matches) {
    const key = `${one.approval.approval_id} ${one.match}`
    byApproval.set(key, [...(byApproval.get(key) ?? []), one])
  }
  const approvals = [...byApproval.values()].slice(0, most.approvals).flatMap(([first, ...others]) => {
    if (first === undefined) return []
    const { approval_id, kind, ticket, approver, because } = first.approval
    const observations = [first, ...others]
      .map(({ observation }) => place.get(observation))
      .filter(nth => nth !== undefined)
    const { match, differs } = first
    return [{ approval_id, kind, ticket, approver, because, match, differs: [...differs], observations }]
  })
  const tickets = [...new Set(consulted.exercises.map(({ ticket }) => ticket))]
  return {
    ...(approvals.length === 0 ? {} : { approvals }),
    ...(unapproved === undefined ? {} : { without_approval: unapproved }),
    ...(tickets.length === 0 ? {} : { exercises: tickets }),
  }
}
