import type { ClassAnswer } from '../detect/index.ts'
import type { EventStore } from '../model/index.ts'
import type { ClassState, Evidence } from '../telemetry/index.ts'
import { coverageOfHosts } from '../telemetry/index.ts'

/** What hosts can answer for the classes of an analytic, by host in lower case, as a correlation asks it. */
export async function hostAnswers(
  store: EventStore,
  evidence: Evidence,
  analytic: string,
  hosts: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, readonly ClassAnswer[]>> {
  const wanted = new Set(hosts)
  const answers = new Map<string, readonly ClassAnswer[]>()
  if (wanted.size === 0) return answers
  // One host is asked for by its name; many cost about as much as all of them.
  const [only] = hosts
  const options = { ...(wanted.size === 1 && only ? { host: only } : {}), ...(signal === undefined ? {} : { signal }) }
  for await (const { host_name, classes } of coverageOfHosts(store, evidence, options))
    if (wanted.has(host_name)) answers.set(host_name, classes.filter(one => one.analytic === analytic).map(answerOf))
  return answers
}

function answerOf({ class: name, state, obstacles }: ClassState): ClassAnswer {
  const told = [...new Map(obstacles.map(one => [one.why, one])).values()]
  const why = told.map(one => one.why).join('; ')
  return { class: name, state, why, remedy: [...new Set(told.map(({ remedy }) => remedy))].join('; ') }
}
