import type { Observation } from '../correlate/index.ts'
import type { Taint } from '../model/index.ts'

/** Whether a host can answer for a class of evidence. */
export type ClassAnswer = {
  readonly class: string
  readonly state: 'seen' | 'answerable' | 'not_answerable'
  /** Empty where nothing stands in the way. */
  readonly why: string
  readonly remedy: string
}

/** A class of evidence: seen, not seen where it would have been, or nobody can say. */
export function stateOf(
  name: string,
  title: string,
  observations: readonly Observation[],
  answers: readonly ClassAnswer[],
) {
  const answer = answers.find(one => one.class === name)
  const own = observations.filter(observation => observation.class === name).length
  if (own > 0) return { class: name, title, state: 'observed' as const, why: '', remedy: '' }
  if (answer !== undefined && answer.state !== 'not_answerable') {
    const why = answer.state === 'seen' ? 'there are such events, and none belongs to this' : 'it would have been seen'
    return { class: name, title, state: 'absent' as const, why, remedy: '' }
  }
  const why = answer?.why || 'nobody asked what this host can answer'
  return {
    class: name,
    title,
    state: 'not_evaluable' as const,
    why,
    remedy: answer?.remedy || 'Run `counterseal coverage`.',
  }
}

/** "Not seen" is nothing to go by where the host asks somebody else whether signatures are good. */
export function inDoubt<State extends { readonly state: string }>(state: State, { because, closes_when }: Taint) {
  if (state.state !== 'absent') return state
  return {
    ...state,
    state: 'not_evaluable' as const,
    why: because,
    remedy: `Verify the files elsewhere. ${closes_when}`,
  }
}
