import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { BundleReading } from './bundle-reading.ts'
import { readBundle } from './bundle-reading.ts'
import type { BundleQuestion } from './bundle-worker.ts'
import type { Part } from './certificate-lines.ts'

/** Bundles below it are read at once: a worker takes longer to start, and a few milliseconds keep nobody waiting. */
const smallBundle = 256 << 10

/** One thread reads what the engine stores on the others. */
const workers = Math.max(1, Math.floor(availableParallelism() / 2))

type Waiting = { readonly resolve: (reading: BundleReading) => void; readonly reject: (cause: unknown) => void }

type Reader = { readonly worker: Worker; readonly waiting: Map<number, Waiting> }

/**
 * Reads bundles of certificates on other threads, several at once where there are cores for it, so that this one is free
 * for the insertions that go on meanwhile. Threads are started when a large bundle comes, and end with `close`.
 */
export class BundleReader {
  readonly #readers: Reader[] = []
  #lastId = 0

  async read(content: Uint8Array, readAt: Date): Promise<BundleReading> {
    if (content.length < smallBundle) return readBundle(content, readAt)
    const { worker, waiting } = this.#leastBusy()
    const id = ++this.#lastId
    const question: BundleQuestion = { id, content, readAt }
    const reading = await new Promise<BundleReading>((resolve, reject) => {
      waiting.set(id, { resolve, reject })
      worker.postMessage(question)
    })
    return { ...reading, certificateLines: buffers(reading.certificateLines), indexLines: buffers(reading.indexLines) }
  }

  async close(): Promise<void> {
    await Promise.all(this.#readers.splice(0).map(({ worker }) => worker.terminate()))
  }

  #leastBusy(): Reader {
    const [first] = this.#readers.toSorted((a, b) => a.waiting.size - b.waiting.size)
    if (first !== undefined && (first.waiting.size === 0 || this.#readers.length >= workers)) return first
    const reader = startReader()
    this.#readers.push(reader)
    return reader
  }
}

function startReader(): Reader {
  const worker = startWorker()
  const waiting = new Map<number, Waiting>()
  worker.on('message', ({ id, reading }: { readonly id: number; readonly reading: BundleReading }) => {
    const one = waiting.get(id)
    waiting.delete(id)
    one?.resolve(reading)
  })
  const fail = (cause: unknown) => {
    for (const { reject } of waiting.values()) reject(cause)
    waiting.clear()
  }
  worker.on('error', fail)
  worker.on('exit', () => fail(new Error('The thread that reads certificates has ended.')))
  return { worker, waiting }
}

/** Node 20 cannot load TypeScript, and in a worker only code can teach it to. Compiled, this file ends in `.js`. */
function startWorker(): Worker {
  const options = { execArgv: [] }
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL('./bundle-worker.js', import.meta.url), options)
  const tsx = JSON.stringify(import.meta.resolve('tsx/esm/api'))
  const entry = JSON.stringify(new URL('./bundle-worker.ts', import.meta.url).href)
  const source = `import { register } from ${tsx}; register(); await import(${entry})`
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), options)
}

/** What came from another thread is no Buffer any more. */
function buffers(parts: readonly Part[]): readonly Part[] {
  return parts.map(({ bytes, ...rest }) => ({
    ...rest,
    bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  }))
}
