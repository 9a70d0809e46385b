import type { Log, LogEntry, Stretch } from '../../ct/index.ts'
import { CtFault, stretchLength } from '../../ct/index.ts'
import type { Frontier } from '../../merkle/index.ts'
import { emptyFrontier, grown } from '../../merkle/index.ts'

/**
 * Entries of tiles without a head that anybody signed, in stretches that are not verified. The frontier is that of the tree over them: whoever has a head
 * can compare its root.
 */
export async function* unverifiedTiles(log: Log, size: number, signal?: AbortSignal): AsyncGenerator<Stretch> {
  let frontier: Frontier = emptyFrontier
  let entries: LogEntry[] = []
  try {
    for await (const piece of log.entries({ begin: 0, end: size, size }, signal === undefined ? {} : { signal })) {
      entries.push(...piece)
      frontier = grown(
        frontier,
        piece.map(({ leaf_hash }) => leaf_hash),
      )
      if (entries.length < stretchLength) continue
      yield { entries, frontier, verified: false }
      entries = []
    }
    if (entries.length > 0) yield { entries, frontier, verified: false }
  } catch (error) {
    if (!(error instanceof CtFault)) throw error
    yield { entries, frontier, verified: false, fault: error.fault }
  }
}
