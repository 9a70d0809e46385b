import { parentPort, workerData } from 'node:worker_threads'
import { drizzle } from 'drizzle-orm/pglite'
import { assert } from '../../base/index.ts'
import { postgresCaseStore } from './case-store.ts'
import { defaultSeedDirectory, openCluster, prepareCluster } from './cluster.ts'
import { type Answer, type Call, packFailure, type Served, type WorkerStart } from './pglite-protocol.ts'
import { pagedUpkeep } from './pglite-upkeep.ts'

/**
 * Runs PGlite and the case store over it, away from the main thread, which PGlite would block. One call at a time and
 * in the order they came: there is one connection, and a close follows what was asked before it.
 */

async function open({ directory, seedDirectory = defaultSeedDirectory }: WorkerStart): Promise<Served> {
  const client = await openCluster(await prepareCluster(directory, seedDirectory))
  const store = postgresCaseStore(drizzle(client), {
    close: () => client.close(),
    engine: 'pglite',
    location: directory,
  })
  return { ...store, ...pagedUpkeep(client, directory) }
}

async function answer(id: number, work: () => Promise<unknown>): Promise<void> {
  let message: Answer
  try {
    message = { id, value: await work() }
  } catch (error) {
    message = { id, failure: packFailure(error) }
  }
  parentPort?.postMessage(message)
}

assert(parentPort !== null, 'the worker of the case store was loaded outside a worker thread')
// Only pglite.ts starts this file.
const opened = open(workerData as WorkerStart)
let queue = answer(0, async () => void (await opened))
parentPort.on('message', (call: Call) => {
  queue = queue.then(() =>
    answer(call.id, async () => {
      const store = await opened
      // The compiler cannot follow that a call's parameters are those of its own method.
      const method = store[call.method] as (...parameters: readonly unknown[]) => Promise<unknown>
      return method(...call.parameters)
    }),
  )
})
