import type { Worker } from 'node:worker_threads'
import { CountersealError } from '../../base/index.ts'
import { type Answer, type Method, type Served, unpackFailure } from './pglite-protocol.ts'

export type Conversation = {
  /** Settles when the worker has opened its store, or could not. */
  readonly opened: Promise<unknown>
  readonly call: <M extends Method>(method: M, ...parameters: Parameters<Served[M]>) => ReturnType<Served[M]>
}

type Pending = { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }

/**
 * The near side of the worker: sends calls and pairs the answers by id. The worker keeps this process alive only while
 * a call is under way. When it ends, what is under way fails, and so does every later call.
 */
export function converse(worker: Worker): Conversation {
  const pending = new Map<number, Pending>()
  let ended: Error | undefined
  let lastId = 0

  const take = (id: number): Pending | undefined => {
    const one = pending.get(id)
    pending.delete(id)
    if (pending.size === 0) worker.unref()
    return one
  }
  const expect = (id: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      pending.set(id, { resolve, reject })
      worker.ref()
    })
  const end = (message: string, cause?: unknown) => {
    ended ??= new CountersealError('store/query-failed', { message, cause })
    for (const id of [...pending.keys()]) take(id)?.reject(ended)
  }

  worker.on('message', (answer: Answer) => {
    const one = take(answer.id)
    if ('failure' in answer) one?.reject(unpackFailure(answer.failure))
    else one?.resolve(answer.value)
  })
  worker.on('error', cause => end(`The worker of the case store failed: ${String(cause)}`, cause))
  worker.on('exit', () => end('The worker of the case store has ended.'))

  const opened = expect(0)
  const call = async (method: Method, ...parameters: readonly unknown[]): Promise<unknown> => {
    if (ended !== undefined) throw ended
    const id = ++lastId
    worker.postMessage({ id, method, parameters })
    return expect(id)
  }
  // `as`: the worker answers a method with what that method returns, which the compiler cannot see across threads.
  return { opened, call: call as Conversation['call'] }
}
