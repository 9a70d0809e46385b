import type { CtLedger, CtPosition, KeptCtFault, KeptCtHead } from '../../model/index.ts'

/** How far a log was read and verified. Times in milliseconds since the epoch. */
export type LogStatus = {
  /** SHA-256 of its key, lower-case hex. */
  readonly log_id: string
  /** What of it is stored: empty for all entries, else the domains whose neighbourhood is. Each is a reading of its own. */
  readonly scope: string
  readonly positions: readonly CtPosition[]
  /** Size and time of the newest head that was verified. */
  readonly tree_size?: number
  readonly head_timestamp?: number
  /** When it was seen. */
  readonly head_seen_at?: number
  /** Entries of it that were not read yet. Undefined when nothing was. */
  readonly backlog?: number
  /** Every entry that was in the tree by then was read, from the first index of the position on. */
  readonly complete_until?: number
  readonly faults: readonly KeptCtFault[]
}

/** Heads that are looked through for one that was read whole. A log that is read further behind has no such time. */
const mostHeads = 500

/** Every reading of a log, and every log that did something wrong, by id. `log_ids`: logs that are told too. */
export async function logStatus(ledger: CtLedger, log_ids: readonly string[] = []): Promise<readonly LogStatus[]> {
  const positions = await ledger.ctPositions()
  const faults = await ledger.ctFaults()
  const ids = [...new Set([...positions.map(one => one.log_id), ...faults.map(one => one.log_id), ...log_ids])]
  const all: LogStatus[] = []
  for (const log_id of ids) {
    const heads = await ledger.ctHeads(log_id, { limit: mostHeads })
    const ofLog = positions.filter(one => one.log_id === log_id)
    const scopes = ofLog.length === 0 ? [''] : [...new Set(ofLog.map(({ scope }) => scope))].sort()
    for (const [nth, scope] of scopes.entries()) {
      const own = ofLog.filter(one => one.scope === scope)
      // Faults are the log's, and told once.
      const wrong = nth === 0 ? faults.filter(one => one.log_id === log_id) : []
      all.push({ log_id, scope, positions: own, faults: wrong, ...reachOf(own, heads) })
    }
  }
  return all
}

function reachOf(
  own: readonly CtPosition[],
  heads: readonly KeptCtHead[],
): Pick<LogStatus, 'tree_size' | 'head_timestamp' | 'head_seen_at' | 'backlog' | 'complete_until'> {
  const [newest] = heads
  const reached = Math.max(0, ...own.map(({ size }) => size))
  const whole = own.length === 0 ? [] : heads.filter(({ size }) => size <= reached).map(({ timestamp }) => timestamp)
  return {
    ...(newest && { tree_size: newest.size, head_timestamp: newest.timestamp, head_seen_at: newest.seen_at.getTime() }),
    ...(newest && own.length > 0 ? { backlog: Math.max(0, newest.size - reached) } : {}),
    ...(whole.length > 0 ? { complete_until: Math.max(...whole) } : {}),
  }
}

/**
 * Up to when all entries of all these logs were read: the earliest of them. Undefined where of one nothing is known. What was logged
 * later may be anything.
 */
export function coverageWatermark(logs: readonly Pick<LogStatus, 'complete_until'>[]): number | undefined {
  const times = logs.map(({ complete_until }) => complete_until)
  return times.length === 0 || times.includes(undefined) ? undefined : Math.min(...(times as number[])) // none is undefined
}
