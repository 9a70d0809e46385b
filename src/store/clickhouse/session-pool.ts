import type { Session } from 'chdb'
import { CountersealError } from '../../base/index.ts'
import { engineError } from './engine-error.ts'
import { quoteLiteral } from './param.ts'

/** Bytes of one statement: the engine's 256 KiB are short for a parameter of 100,000 texts. */
const longestStatement = 1 << 30

/** A session held by one query. `release` gives it back; after an abort only once the engine has let go of the query. */
export type HeldSession = { readonly session: Session; release(): Promise<void> }

/**
 * Sessions on one directory: each runs one query at a time, several run in parallel. A further session is kept free
 * for `KILL QUERY`, which is the abort that stops the engine; closing or dropping a promise does not (measured: the
 * engine stops 170 ms after KILL).
 */
export class SessionPool {
  readonly #idle: Session[] = []
  readonly #waiting: ((session: Session) => void)[] = []
  readonly #all: Session[]
  readonly #control: Session
  #controlChain: Promise<unknown> = Promise.resolve()
  #queries = 0

  constructor(size: number, open: () => Session, control: Session) {
    this.#control = control
    this.#all = Array.from({ length: size }, open)
    for (const session of this.#all) session.query(`SET max_query_size = ${longestStatement}`)
    this.#idle.push(...this.#all)
  }

  /**
   * Holds a session for a query called `name`, with settings for it: `name = literal`. Rejects with `work/aborted` when
   * the signal has fired before.
   */
  async acquire(name: string, signal: AbortSignal | undefined, settings: readonly string[] = []): Promise<HeldSession> {
    const session = this.#idle.pop() ?? (await new Promise<Session>(resolve => this.#waiting.push(resolve)))
    if (signal?.aborted === true) {
      this.#giveBack(session)
      throw new CountersealError('work/aborted', { message: `${name} was stopped before it began.` })
    }
    this.#queries += 1
    const comment = `${name}#${process.pid}.${this.#queries}`
    try {
      await session.queryAsync(`SET ${[`log_comment = ${quoteLiteral(comment)}`, ...settings].join(', ')}`)
    } catch (cause) {
      this.#giveBack(session)
      throw engineError(name, cause, signal)
    }
    const onAbort = () => void this.#kill(comment)
    signal?.addEventListener('abort', onAbort, { once: true })
    return {
      session,
      release: async () => {
        signal?.removeEventListener('abort', onAbort)
        if (signal?.aborted === true) await this.#controlChain
        this.#giveBack(session)
      },
    }
  }

  /** Runs `work` with a session of its own and turns what the engine throws into our errors. */
  async use<T>(
    name: string,
    signal: AbortSignal | undefined,
    settings: readonly string[],
    work: (session: Session) => Promise<T>,
  ): Promise<T> {
    const { session, release } = await this.acquire(name, signal, settings)
    try {
      return await work(session)
    } catch (cause) {
      throw engineError(name, cause, signal)
    } finally {
      await release()
    }
  }

  close(): void {
    for (const session of [...this.#all, this.#control]) session.close()
  }

  #giveBack(session: Session): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#idle.push(session)
    else next(session)
  }

  #kill(comment: string): Promise<unknown> {
    const statement = `KILL QUERY WHERE Settings['log_comment'] = ${quoteLiteral(comment)} ASYNC`
    this.#controlChain = this.#controlChain.then(() => this.#control.queryAsync(statement)).catch(() => undefined) // the query may have ended meanwhile
    return this.#controlChain
  }
}
