import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { CountersealError } from '../../base/index.ts'
import type { Row } from '../../model/index.ts'
import { quoteLiteral } from './param.ts'
import { rowsOfBody } from './row-reader.ts'
import { serverError } from './server-error.ts'
import { isTransient, ServerFailure } from './server-failure.ts'
import type { ServerSettings } from './server-options.ts'
import type { Statement } from './server-wire.ts'
import { ServerWire } from './server-wire.ts'

/** First pause before a lost request is tried again, in milliseconds; each further one is twice as long. */
const firstPauseMs = 100

/** Milliseconds within which a server must confirm that it has stopped a query. */
const killWithinMs = 10_000

let opened = 0

/**
 * One ClickHouse server. Any number of statements may run at once. What is lost on the way is tried again for a while;
 * aborting or leaving a statement ends the engine's work on it.
 */
export class ServerNode {
  readonly location: string
  readonly #wire: ServerWire
  readonly #settings: ServerSettings
  readonly #identity: string
  #statements = 0

  constructor(url: string, settings: ServerSettings) {
    opened += 1
    this.#wire = new ServerWire(url, settings)
    this.#settings = settings
    this.#identity = `${process.pid}.${opened}.${Date.now().toString(36)}`
    this.location = this.#wire.location
  }

  /** Runs a statement that returns nothing. Tries again what was lost on the way: it must bear being repeated. */
  async run(statement: Statement): Promise<void> {
    await this.patiently(statement, () => this.once(statement))
  }

  /** Runs a statement that returns nothing, without another try. Throws {@link ServerFailure}: for {@link patiently}. */
  async once(statement: Statement): Promise<void> {
    for await (const row of this.#answer(statement, rowsOfBody))
      throw new ServerFailure({ said: `a row came back: ${Object.keys(row).join()}` })
  }

  /** Rows as they come, in the order of the query. Tries again only while none was handed out. */
  async *rows(statement: Statement): AsyncGenerator<Row, void, undefined> {
    const { rows, first } = await this.patiently(statement, async () => {
      const rows = this.#answer({ ...statement, text: `${statement.text}\nFORMAT JSONEachRow` }, rowsOfBody)
      return { rows, first: await rows.next() }
    })
    if (first.done === true) return
    try {
      yield first.value
      yield* rows
    } catch (cause) {
      throw this.#error(statement.name, cause, statement.signal)
    } finally {
      await rows.return(undefined)
    }
  }

  /** All rows of a query that is known to be small. */
  async all(statement: Statement): Promise<readonly Row[]> {
    const rows: Row[] = []
    for await (const row of this.rows(statement)) rows.push(row)
    return rows
  }

  /** Writes the answer into a new file as it comes, in the format the statement names. One try. */
  async download(statement: Statement, path: string): Promise<void> {
    try {
      await pipeline(Readable.from(this.#answer(statement, bytesOfBody)), createWriteStream(path, { flags: 'wx' }))
    } catch (cause) {
      throw this.#error(statement.name, cause, statement.signal)
    }
  }

  /** Repeats work that was lost on the way until it is done, or time is up. It must bear being repeated. */
  async patiently<T>(
    { name, signal, tries }: Pick<Statement, 'name' | 'signal' | 'tries'>,
    work: () => Promise<T>,
  ): Promise<T> {
    const until = performance.now() + (tries === 'one' ? 0 : this.#settings.retryForMs)
    for (let pauseMs = firstPauseMs; ; pauseMs *= 2) {
      try {
        return await work()
      } catch (cause) {
        const again = cause instanceof ServerFailure && isTransient(cause) && performance.now() + pauseMs < until
        if (!again || signal?.aborted === true) throw this.#error(name, cause, signal)
        await delay(pauseMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined)
      }
    }
  }

  async close(): Promise<void> {
    await this.#wire.close()
  }

  #error(name: string, cause: unknown, signal: AbortSignal | undefined): CountersealError {
    if (cause instanceof CountersealError) return cause
    const failure = cause instanceof ServerFailure ? cause : new ServerFailure({ said: String(cause), cause })
    return serverError(
      name,
      failure,
      { location: this.location, clustered: this.#settings.cluster !== undefined },
      signal,
    )
  }

  /** One try. Returning early or aborting ends the engine's work before it settles. */
  async *#answer<T>(
    statement: Statement,
    read: (body: Readable) => AsyncGenerator<T, void, undefined>,
  ): AsyncGenerator<T, void, undefined> {
    const { name, signal } = statement
    if (signal?.aborted === true)
      throw new CountersealError('work/aborted', { message: `${name} was stopped before it began.` })
    this.#statements += 1
    const comment = `${name}#${this.#identity}.${this.#statements}`
    const body = await this.#begun(this.#wire.send(statement, comment), comment, signal)
    const onAbort = () => body.destroy()
    signal?.addEventListener('abort', onAbort, { once: true })
    let ended = false
    try {
      yield* read(body)
      ended = true
    } finally {
      signal?.removeEventListener('abort', onAbort)
      if (!ended) {
        body.destroy()
        await this.#kill(comment)
      }
    }
  }

  /** The beginning of the answer; after an abort, once the engine has let go of the query, an error. */
  async #begun(request: Promise<Readable>, comment: string, signal: AbortSignal | undefined): Promise<Readable> {
    if (signal === undefined) return await request
    let onAbort = () => {}
    const aborted = new Promise<'aborted'>(resolve => {
      onAbort = () => resolve('aborted')
    })
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      const first = await Promise.race([request, aborted])
      if (first !== 'aborted') return first
      await this.#killUntil(comment, request)
      throw new ServerFailure({ said: 'aborted' })
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  /** Until the request is answered, since the engine may not have begun when it is told to stop. */
  async #killUntil(comment: string, request: Promise<Readable>): Promise<void> {
    let settled = false
    const end = request.then(
      body => {
        settled = true
        body.destroy()
      },
      () => {
        settled = true
      },
    )
    while (!settled) {
      await this.#kill(comment)
      await Promise.race([end, delay(50)])
    }
    await this.#kill(comment)
  }

  async #kill(comment: string): Promise<void> {
    const text = `KILL QUERY WHERE Settings['log_comment'] = ${quoteLiteral(comment)} SYNC`
    const killing = this.#wire.send({ name: 'kill', text, database: '' }, 'kill')
    const killed = killing.then(async body => {
      for await (const _ of body);
    })
    // It may have ended meanwhile, or the server is gone: either way it runs no longer, or we cannot know.
    await Promise.race([killed.catch(() => undefined), delay(killWithinMs, undefined, { ref: false })])
  }
}

export function textBody(text: string): () => Readable {
  return () => Readable.from([Buffer.from(text)])
}

/** Throws {@link ServerFailure} when the body breaks off, as it does after an error in the middle. */
async function* bytesOfBody(body: Readable): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* body as AsyncIterable<Buffer> // it has no encoding
  } catch (cause) {
    throw new ServerFailure({ said: 'the answer broke off', cause })
  }
}
