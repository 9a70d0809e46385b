import type { Case } from './case.ts'
import type { Correlation } from './definition.ts'

/**
 * Cases that say the same of many hosts, gathered: what a policy hands out is one thing and not five thousand. Only where
 * objects, signals, programs' approvals and verdict are the same, and the verdict is one that may be gathered. Groups are in order of
 * their first case; most have one.
 */
export function campaignsOf({ campaigns }: Correlation, cases: readonly Case[]): readonly (readonly Case[])[] {
  const groups = new Map<string, Case[]>()
  for (const one of cases) {
    const key = campaigns.verdicts.includes(one.verdict) ? likenessOf(one) : one.key
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return [...groups.values()].flatMap(group => {
    const hosts = new Set(group.map(({ host }) => host))
    return hosts.size < campaigns.hosts ? group.map(one => [one]) : [group]
  })
}

/** The same text of two cases: they differ by host and time only. */
export function likenessOf({ verdict, observations, standalone, consulted }: Case): string {
  const seen = observations.map(({ detection_id, object, signals }) => [
    detection_id,
    object,
    signals.map(({ signal }) => signal),
  ])
  return JSON.stringify([
    'alike',
    verdict,
    seen.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    standalone.map(({ rule }) => rule),
    [...new Set(consulted.matches.map(({ approval, match }) => `${approval.approval_id} ${match}`))].sort(),
  ])
}
