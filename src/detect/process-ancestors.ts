import type { Join, Observation } from '../correlate/index.ts'
import type { EventStore } from '../model/index.ts'
import { rowsOf } from '../model/index.ts'

/** How far up a tree of processes two of them may meet. */
const steps = 3

/**
 * Adds to observations the processes that their own descend from, as joins of kind `ancestor`: each has its own process
 * among them, so that a parent meets its child, and two children meet. Processes that everything descends from are left
 * out: the query knows them.
 */
export async function withAncestors(
  store: EventStore,
  observations: readonly Observation[],
  intel: string,
  signal?: AbortSignal,
): Promise<readonly Observation[]> {
  const parents = new Map<string, string>()
  let asked = [...new Set(observations.flatMap(processesOf))]
  for (let step = 0; step < steps && asked.length > 0; step += 1) {
    const params = { processes: asked, intel }
    const rows = await rowsOf(store, 'process-parents', { params, ...(signal === undefined ? {} : { signal }) })
    for (const { process, parent } of rows) parents.set(String(process), String(parent))
    asked = [...new Set(rows.map(({ parent }) => String(parent)))].filter(one => one !== '' && !parents.has(one))
  }
  return observations.map(observation => {
    const joins = processesOf(observation).flatMap(process => ancestorsOf(process, parents))
    return joins.length === 0 ? observation : { ...observation, joins: [...observation.joins, ...joins] }
  })
}

function processesOf({ joins }: Observation): readonly string[] {
  return joins.filter(({ kind, value }) => kind === 'process' && value !== '').map(({ value }) => value)
}

function ancestorsOf(process: string, parents: ReadonlyMap<string, string>): readonly Join[] {
  const found = [{ kind: 'ancestor', value: process }]
  let at = parents.get(process)
  for (let step = 0; step < steps && at !== undefined && at !== ''; step += 1) {
    found.push({ kind: 'ancestor', value: at })
    at = parents.get(at)
  }
  return found
}
