import { availableParallelism } from 'node:os'
import type { Worker } from 'node:worker_threads'
import { startThread } from '../threads/index.ts'
import type { BundleReading } from './bundle-reading.ts'
import { readBundle } from './bundle-reading.ts'
import type { BundleQuestion } from './bundle-worker.ts'
import type { Part } from './certificate-lines.ts'
import type { EntryBatch, EntryReading } from './ct/entry-reading.ts'
import { readEntries } from './ct/entry-reading.ts'

/** Bundles below it are read at once: a worker takes longer to start, and a few milliseconds keep nobody waiting. */
const smallBundle = 256 << 10

/** One thread reads what the engine stores on the others. */
const workers = Math.max(1, Math.floor(availableParallelism() / 2))

/** A question without its number. */
type Question = { readonly content: Uint8Array; readonly readAt: Date } | { readonly batch: EntryBatch }

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
    return content.length < smallBundle ? readBundle(content, readAt) : await this.#ask({ content, readAt })
  }

  /** The same for entries of a log. */
  async readEntries(batch: EntryBatch): Promise<EntryReading> {
    const bytes = batch.entries.reduce((sum, { der }) => sum + der.length, 0)
    return bytes < smallBundle ? readEntries(batch) : await this.#ask<EntryReading>({ batch })
  }

  /** `R` is what the far side makes of such a question. */
  async #ask<R extends BundleReading>(about: Question): Promise<R> {
    const { worker, waiting } = this.#leastBusy()
    const id = ++this.#lastId
    const question: BundleQuestion = { id, ...about }
    const reading = await new Promise<R>((resolve, reject) => {
      waiting.set(id, { resolve: reading => resolve(reading as R), reject }) // see above
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
    const reader = this.#start()
    this.#readers.push(reader)
    return reader
  }

  #start(): Reader {
    const worker = startThread(new URL('./bundle-worker.ts', import.meta.url))
    const waiting = new Map<number, Waiting>()
    worker.on('message', ({ id, reading }: { readonly id: number; readonly reading: BundleReading }) => {
      const one = waiting.get(id)
      waiting.delete(id)
      one?.resolve(reading)
    })
    // One that has ended answers nobody any more: the next bundle gets a thread of its own.
    const fail = (cause: unknown) => {
      const at = this.#readers.findIndex(reader => reader.worker === worker)
      if (at !== -1) this.#readers.splice(at, 1)
      for (const { reject } of waiting.values()) reject(cause)
      waiting.clear()
    }
    worker.on('error', fail)
    worker.on('exit', () => fail(new Error('The thread that reads certificates has ended.')))
    return { worker, waiting }
  }
}

/** What came from another thread is no Buffer any more. */
function buffers(parts: readonly Part[]): readonly Part[] {
  return parts.map(({ bytes, ...rest }) => ({
    ...rest,
    bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  }))
}
