import { createHash } from 'node:crypto'
import { assert } from '../base/index.ts'
import type { Case, Correlation } from '../correlate/index.ts'
import { likenessOf } from '../correlate/index.ts'
import type { Finding } from '../model/index.ts'
import { finding } from '../model/index.ts'
import { distinct, most } from './case-finding.ts'

/** One finding of many that say the same of different hosts: of the first by name, with what all of them stand on. */
export function campaignOf(correlation: Correlation, first: Case, findings: readonly Finding[]): Finding {
  const byHost = [...findings].sort((a, b) => (hostOf(a) < hostOf(b) ? -1 : 1))
  const [told] = byHost
  assert(told?.correlation !== undefined, 'a case without its correlation')
  const hosts = [...new Set(byHost.map(hostOf))]
  const named = hosts.slice(0, most.hosts).map(value => ({ kind: 'host_name', value }))
  const others = told.entities.filter(({ kind }) => kind !== 'host_name')
  const more = hosts.length - 3
  const some = `${hosts.slice(0, 3).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
  return finding.parse({
    ...told,
    finding_id: createHash('sha256')
      .update(`${correlation.uuid}\0${likenessOf(first)}`)
      .digest('hex')
      .slice(0, 32),
    title: `On ${hosts.length} hosts: ${told.title}`,
    summary: `On ${hosts.length} hosts (${some}) alike; of the first: ${told.summary}`,
    entities: [...named, ...others].slice(0, most.entities),
    first_seen: findings.map(one => one.first_seen).sort()[0] ?? told.first_seen,
    last_seen:
      findings
        .map(one => one.last_seen)
        .sort()
        .at(-1) ?? told.last_seen,
    event_count: findings.reduce((sum, one) => sum + one.event_count, 0),
    evidence: distinct(
      [...told.evidence.slice(0, 5), ...byHost.flatMap(one => one.evidence.slice(0, 1))],
      ({ event_uid }) => event_uid,
    ).slice(0, most.evidence),
    correlation: {
      ...told.correlation,
      classes: told.correlation.classes.map((one, nth) => {
        const blind = byHost.filter(each => each.correlation?.classes[nth]?.state === 'not_evaluable')
        const state = blind[0]?.correlation?.classes[nth]
        if (one.state === 'observed' || state === undefined) return one
        return { ...state, why: `${state.why} (on ${blind.length} of ${byHost.length} hosts)` }
      }),
      campaign: { hosts: hosts.length },
    },
  } satisfies Finding)
}

function hostOf({ entities }: Finding): string {
  return entities.find(({ kind }) => kind === 'host_name')?.value.toLowerCase() ?? ''
}
