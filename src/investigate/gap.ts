/** Days, as 2026-03-02, on which there were records of a kind. */
export type DaysOf = ReadonlyMap<string, ReadonlySet<string>>

/** Whether the logs that could answer a question reach over the time it asks about (specification AN1972 §6.7). */
export type GapAnswer = {
  readonly id: string
  readonly question: string
  /** `partial`: some of the time. `unanswerable`: less than any of it. `covered`: all of it. */
  readonly state: 'covered' | 'partial' | 'unanswerable'
  /** 0 to 1: share of the days. */
  readonly share: number
  /** Kinds of records it needs; one of each inner list is enough. */
  readonly needs: readonly (readonly string[])[]
  /** The first and last day without, of the kind that has the most; empty when covered. */
  readonly missing: string
}

/** The questions, and what each needs. Those that no kind of record here can answer say so by an empty list. */
export const questions = [
  { id: 'Q1', question: 'Did any asset resolve it?', needs: [['dns_query']] },
  { id: 'Q2', question: 'Did any asset connect?', needs: [['network_flow', 'tls_session']] },
  { id: 'Q3', question: 'What was said on the web?', needs: [['http_request']] },
  { id: 'Q4', question: 'Was this certificate served to us?', needs: [['served_certificate']] },
  { id: 'Q6', question: 'Which user and process?', needs: [['windows_event']] },
  { id: 'Q7', question: 'Was the certificate logged before the first contact?', needs: [['certificate_sighting']] },
] as const

const day = 86_400_000

/** @param from, until milliseconds since the epoch; whole UTC days count, those of `from` and `until` among them */
export function gapsOf(days: DaysOf, from: number, until: number): readonly GapAnswer[] {
  const first = Math.floor(from / day)
  const wanted = Array.from({ length: Math.min(20_000, Math.max(1, Math.floor(until / day) - first + 1)) }, (_, nth) =>
    new Date((first + nth) * day).toISOString().slice(0, 10),
  )
  return questions.map(({ id, question, needs }) => {
    const covered = wanted.filter(text => needs.every(kinds => kinds.some(kind => days.get(kind)?.has(text) === true)))
    const share = covered.length / wanted.length
    const without = wanted.filter(text => !covered.includes(text))
    const state = share === 1 ? 'covered' : share === 0 ? 'unanswerable' : 'partial'
    const missing =
      without.length === 0 ? '' : `${without.length} of ${wanted.length} days, from ${without[0]} to ${without.at(-1)}`
    return { id, question, needs, state, share: Math.round(share * 1000) / 1000, missing }
  })
}
