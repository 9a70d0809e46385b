import { CountersealError } from '../../base/index.ts'
import type { Log } from '../../ct/index.ts'
import { pause } from '../../ct/index.ts'
import type { CheckedHead } from './check-head.ts'
import { checkHead } from './check-head.ts'
import type { LogContext } from './context.ts'
import { scopeOf } from './context.ts'
import { readLog } from './read-log.ts'
import type { LogProgress } from './take-stretches.ts'

export type TailOptions = {
  /** Between two looks at the head of a log, in milliseconds. */
  readonly everyMs?: number
  readonly now?: () => Date
  readonly onHead?: (log: Log, checked: CheckedHead) => void
  readonly onProgress?: (log: Log, progress: LogProgress) => void
  /** The way to a log failed; it is tried again at the next look. */
  readonly onUnreachable?: (log: Log, error: CountersealError) => void
}

/** How often certspotter and others look: logs merge within a day, most within a minute. */
const usualEveryMs = 60_000

/**
 * Follows logs from where they were left, a log that is new from its newest entry on, until the signal. Logs are looked at one by one, so that memory does not grow with
 * their number; downloads of a log and insertions of the one before overlap.
 */
export async function tailLogs(context: LogContext, logs: readonly Log[], options: TailOptions = {}): Promise<void> {
  const { everyMs = usualEveryMs, now = () => new Date() } = options
  const signal = context.signal ?? new AbortController().signal
  const firsts = new Map<string, number>()
  for (const { log_id, scope, first_index } of await context.ledger.ctPositions())
    if (scope === scopeOf(context)) firsts.set(log_id, Math.max(first_index, firsts.get(log_id) ?? 0))
  while (!signal.aborted) {
    const began = Date.now()
    for (const log of logs) {
      if (signal.aborted) return
      try {
        await followOnce(context, log, firsts, { ...options, now })
      } catch (error) {
        if (signal.aborted) return
        if (!(error instanceof CountersealError) || error.code !== 'ct/unreachable') throw error
        options.onUnreachable?.(log, error)
      }
    }
    await pause(Math.max(0, everyMs - (Date.now() - began)), signal).catch(() => undefined)
  }
}

async function followOnce(
  context: LogContext,
  log: Log,
  firsts: Map<string, number>,
  { now, onHead, onProgress }: TailOptions & { readonly now: () => Date },
): Promise<void> {
  const { log_id } = log.about
  const checked = await checkHead(context, log, now(), context.signal === undefined ? {} : { signal: context.signal })
  onHead?.(log, checked)
  const { head, isBroken } = checked
  if (head === undefined || isBroken) return
  const first = firsts.get(log_id) ?? head.size
  firsts.set(log_id, first)
  for await (const progress of readLog(context, log, head, { first })) onProgress?.(log, progress)
}
