import type { Places, Segment, Source } from '../mapping/index.ts'
import { shapesStatement } from '../mapping/index.ts'
import type { EventStore, QueryOptions, StagedChunk } from '../model/index.ts'
import { rowsOf } from '../model/index.ts'

/** So few are not worth a question of their own. */
const few = 6

/**
 * Those candidates of which a line of the chunk has a shape; the others claim none of them. A log of syslog may hold lines of
 * every producer, and a statement that tries fifty sources is a second in planning, once for each that it finds.
 */
export async function possibleSources(
  store: EventStore,
  candidates: readonly Source[],
  segment: Segment,
  places: Places,
  options: QueryOptions & { readonly chunk: StagedChunk },
): Promise<readonly Source[]> {
  if (segment.format !== 'text-lines' || candidates.length <= few) return candidates
  const shapes = new Map(candidates.flatMap(({ lines = [] }) => lines.map(shape => [JSON.stringify(shape), shape])))
  const { sql, params } = shapesStatement([...shapes.values()], candidates, places)
  const [row] = await rowsOf(store, sql, { ...options, params })
  const found = Array.isArray(row?.found) ? row.found.map(Number) : []
  const present = new Set([...shapes.keys()].filter((_, nth) => found[nth] === 1))
  const possible = candidates.filter(({ lines = [] }) => lines.some(shape => present.has(JSON.stringify(shape))))
  return possible.length > 0 ? possible : candidates.slice(0, 1)
}
