import { parentPort } from 'node:worker_threads'
import { readBundle } from './bundle-reading.ts'

/** The far side of BundleReader: reads what it is given, one after the other. */

/** What is asked, and what comes back: a BundleReading with the same id. */
export type BundleQuestion = { readonly id: number; readonly content: Uint8Array; readonly readAt: Date }

parentPort?.on('message', ({ id, content, readAt }: BundleQuestion) => {
  const reading = readBundle(content, readAt)
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
