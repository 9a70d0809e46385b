import type { CtLedger, CtPosition, KeptCtFault } from '../../model/index.ts'

/** How far a log was read and verified. Times in milliseconds since the epoch. */
export type LogStatus = {
  /** SHA-256 of its key, lower-case hex. */
  readonly log_id: string
  /** Of every scope: all entries, or those near watched domains. */
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

/** Every log that was ever read, or did something wrong, by id. `log_ids`: logs that are told too. */
export async function logStatus(ledger: CtLedger, log_ids: readonly string[] = []): Promise<readonly LogStatus[]> {
  const positions = await ledger.ctPositions()
  const faults = await ledger.ctFaults()
  const ids = [...new Set([...positions.map(one => one.log_id), ...faults.map(one => one.log_id), ...log_ids])]
  const all: LogStatus[] = []
  for (const log_id of ids) {
    const heads = await ledger.ctHeads(log_id, { limit: mostHeads })
    const own = positions.filter(one => one.log_id === log_id)
    const [newest] = heads
    const reached = Math.max(0, ...own.map(({ size }) => size))
    const whole = own.length === 0 ? [] : heads.filter(({ size }) => size <= reached).map(({ timestamp }) => timestamp)
    all.push({
      log_id,
      positions: own,
      ...(newest && {
        tree_size: newest.size,
        head_timestamp: newest.timestamp,
        head_seen_at: newest.seen_at.getTime(),
      }),
      ...(newest && own.length > 0 ? { backlog: Math.max(0, newest.size - reached) } : {}),
      ...(whole.length > 0 ? { complete_until: Math.max(...whole) } : {}),
      faults: faults.filter(one => one.log_id === log_id),
    })
  }
  return all
}

/**
 * Up to when all entries of all these logs were read: the earliest of them. Undefined where of one nothing is known. What was logged
 * later may be anything.
 */
export function coverageWatermark(logs: readonly Pick<LogStatus, 'complete_until'>[]): number | undefined {
  const times = logs.map(({ complete_until }) => complete_until)
  return times.length === 0 || times.includes(undefined) ? undefined : Math.min(...(times as number[])) // none is undefined
}
