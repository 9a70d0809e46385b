import { parentPort } from 'node:worker_threads'
import { readBundle } from './bundle-reading.ts'
import type { EntryBatch } from './ct/entry-reading.ts'
import { readEntries } from './ct/entry-reading.ts'

/** The far side of BundleReader: reads what it is given, one after the other. */

/** What is asked, and what comes back: a BundleReading with the same id. */
export type BundleQuestion = { readonly id: number } & (
  | { readonly content: Uint8Array; readonly readAt: Date }
  | { readonly batch: EntryBatch }
)

parentPort?.on('message', ({ id, ...question }: BundleQuestion) => {
  const reading = 'batch' in question ? readEntries(question.batch) : readBundle(question.content, question.readAt)
  const memories = new Set<ArrayBuffer>()
  // A small Buffer may lie in memory that Node shares among many: that is copied.
  for (const { buffer } of [
    reading.lines,
    ...reading.certificateLines.map(({ bytes }) => bytes),
    ...reading.indexLines.map(({ bytes }) => bytes),
  ])
    if (buffer instanceof ArrayBuffer && buffer.byteLength > Buffer.poolSize) memories.add(buffer)
  parentPort?.postMessage({ id, reading }, [...memories])
})
