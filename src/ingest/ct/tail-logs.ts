import { CountersealError } from '../../base/index.ts'
import type { Log } from '../../ct/index.ts'
import { pause, stretchLength } from '../../ct/index.ts'
import { tileWidth } from '../../merkle/index.ts'
import type { CheckedHead } from './check-head.ts'
import { checkHead } from './check-head.ts'
import type { LogContext } from './context.ts'
import { scopeOf } from './context.ts'
import { readLog } from './read-log.ts'
import type { LogProgress } from './take-stretches.ts'
import { turns } from './turns.ts'

export type TailOptions = {
  /** Between two looks at the head of a log, in milliseconds. */
  readonly everyMs?: number
  /** How long the last tile of a static-ct log may wait until it is full, in milliseconds. */
  readonly patienceMs?: number
  /** Gives the logs that are to be followed from now on. Asked every `relistMs`; a failure is told, and changes nothing. */
  readonly relist?: () => Promise<readonly Log[]>
  readonly relistMs?: number
  readonly now?: () => Date
  readonly onHead?: (log: Log, checked: CheckedHead) => void
  readonly onProgress?: (log: Log, progress: LogProgress) => void
  /** The way to a log failed; it is tried again at the next look. */
  readonly onUnreachable?: (log: Log, error: CountersealError) => void
  readonly onRelist?: (change: { readonly added: readonly Log[]; readonly gone: readonly Log[] }) => void
  readonly onRelistFailed?: (error: CountersealError) => void
}

/** As certspotter: logs merge within a minute at best, and within a day by what they promise. */
const usualEveryMs = 5 * 60_000
/** A tile that is not full is made again for each that is added, and asks a log for more than one that is. As certspotter. */
const usualPatienceMs = 5 * 60_000
/** Lists change every few days. Half an hour more or less keeps those who watch from asking all at once. */
const usualRelistMs = 60 * 60_000

/** Entries of all logs together that are on their way at once, about: a stretch has a part of them. */
const mostOnTheWay = 32_768
const leastStretch = 512

/**
 * Follows logs from where they were left, a log that is new from its newest entry on, until the signal. Each has its own pace: one that
 * is slow, or asks us to wait, holds up no other. What they give is stored one after the other.
 */
export async function tailLogs(context: LogContext, logs: readonly Log[], options: TailOptions = {}): Promise<void> {
  const tail = new Tail(context, options, logs.length)
  await tail.follow(logs)
}

/** A log that is followed. */
type Followed = { readonly log: Log; readonly stop: AbortController; readonly done: Promise<void> }

class Tail {
  readonly #context: LogContext
  readonly #options: TailOptions
  readonly #over = new AbortController()
  readonly #followed = new Map<string, Followed>()
  /** Where the range of a log begins, by its id. */
  readonly #firsts = new Map<string, number>()
  readonly #stretch: number
  #failure: { readonly cause: unknown } | undefined

  constructor(context: LogContext, options: TailOptions, count: number) {
    this.#context = { ...context, inTurn: context.inTurn ?? turns() }
    this.#options = options
    const share = Math.floor(mostOnTheWay / Math.max(1, count))
    this.#stretch = Math.min(stretchLength, Math.max(leastStretch, share))
  }

  async follow(logs: readonly Log[]): Promise<void> {
    const { signal } = this.#context
    const end = () => this.#over.abort(signal?.reason)
    if (signal?.aborted === true) return
    signal?.addEventListener('abort', end, { once: true })
    try {
      for (const { log_id, scope, first_index } of await this.#context.ledger.ctPositions())
        if (scope === scopeOf(this.#context))
          this.#firsts.set(log_id, Math.max(first_index, this.#firsts.get(log_id) ?? 0))
      this.#change(logs)
      await this.#relistUntilOver()
    } finally {
      this.#over.abort()
      signal?.removeEventListener('abort', end)
      await Promise.all([...this.#followed.values()].map(({ done }) => done))
    }
    if (this.#failure !== undefined) throw this.#failure.cause
  }

  async #relistUntilOver(): Promise<void> {
    const { relist, relistMs = usualRelistMs, onRelistFailed } = this.#options
    const { signal } = this.#over
    for (;;) {
      await pause(relistMs * (0.5 + Math.random()), signal).catch(() => undefined)
      if (signal.aborted) return
      if (relist === undefined) continue
      try {
        this.#change(await relist())
      } catch (error) {
        if (!(error instanceof CountersealError)) throw error
        onRelistFailed?.(error)
      }
    }
  }

  /** Begins with the logs that are new, and ends with those that are not among them any more. What is known of these stays. */
  #change(logs: readonly Log[]): void {
    const wanted = new Set(logs.map(({ about }) => about.log_id))
    const gone = [...this.#followed.values()].filter(({ log }) => !wanted.has(log.about.log_id))
    const isFirst = this.#followed.size === 0
    for (const { log, stop } of gone) {
      stop.abort()
      this.#followed.delete(log.about.log_id)
    }
    const added = logs.filter(({ about }) => !this.#followed.has(about.log_id))
    for (const log of added) {
      const stop = new AbortController()
      const done = this.#followLog(log, AbortSignal.any([stop.signal, this.#over.signal]))
      this.#followed.set(log.about.log_id, { log, stop, done })
    }
    if (!isFirst && added.length + gone.length > 0)
      this.#options.onRelist?.({ added, gone: gone.map(({ log }) => log) })
  }

  async #followLog(log: Log, signal: AbortSignal): Promise<void> {
    const { everyMs = usualEveryMs, onUnreachable } = this.#options
    const waiting = new Waiting(this.#options.patienceMs ?? usualPatienceMs)
    try {
      while (!signal.aborted) {
        try {
          await this.#look(log, waiting, signal)
        } catch (error) {
          if (signal.aborted) return
          if (!(error instanceof CountersealError) || error.code !== 'ct/unreachable') throw error
          onUnreachable?.(log, error)
        }
        await pause(everyMs * (0.9 + Math.random() / 5), signal).catch(() => undefined)
      }
    } catch (cause) {
      // The stores, or a mistake of ours: nothing that is specific to this log.
      this.#failure ??= { cause }
      this.#over.abort()
    }
  }

  async #look(log: Log, waiting: Waiting, signal: AbortSignal): Promise<void> {
    const { now = () => new Date(), onHead, onProgress } = this.#options
    const { log_id } = log.about
    const context = { ...this.#context, signal }
    const checked = await checkHead(context, log, now(), { signal })
    onHead?.(log, checked)
    const { head, isBroken } = checked
    if (head === undefined || isBroken) return
    const first = this.#firsts.get(log_id) ?? head.size
    this.#firsts.set(log_id, first)
    const until = log.about.protocol === 'rfc6962' ? head.size : waiting.until(head.size, now())
    for await (const progress of readLog(context, log, head, { first, until, stretch: this.#stretch }))
      onProgress?.(log, progress)
  }
}

/** How far a log of tiles is read: to its last full tile, and to its end when the rest has waited long enough. */
class Waiting {
  readonly #patienceMs: number
  /** The end of the last full tile, and since when something has been waiting behind it. */
  #border: number | undefined
  #since = 0

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs
  }

  until(size: number, now: Date): number {
    const border = size - (size % tileWidth)
    if (border !== this.#border) [this.#border, this.#since] = [border, now.getTime()]
    return now.getTime() - this.#since >= this.#patienceMs ? size : border
  }
}
