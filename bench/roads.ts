import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { App } from '../src/app.ts'
import { openApp } from '../src/app.ts'
import { addressRange, configFrom, defaultLocalNetworks } from '../src/config.ts'
import { ingestFile } from '../src/ingest/index.ts'
import type { Source } from '../src/mapping/index.ts'
import { insertStatement, isMapped } from '../src/mapping/index.ts'
import type { EventStore } from '../src/model/index.ts'
import { eventKindNames, rowsOf } from '../src/model/index.ts'
import { bareStatement } from './bare-mapping.ts'
import type { ChunkFile } from './chunk-files.ts'

/** What a road through the engine took. Opening and migrating the fresh store is not timed. */
export type Run = {
  readonly seconds: number
  /** Of all threads, user and system: hardly moved by what else the machine does. */
  readonly cpuSeconds: number
  readonly bytes: number
  /** Rows in the event tables at the end. The roads must agree on it. */
  readonly rows: number
}

async function inFreshStore(scratch: string, road: (app: App, store: EventStore) => Promise<number>): Promise<Run> {
  const data = mkdtempSync(join(scratch, 'store-'))
  const app = openApp(configFrom({ data }))
  const store = await app.events()
  try {
    const [started, used] = [performance.now(), process.cpuUsage()]
    const bytes = await road(app, store)
    const seconds = (performance.now() - started) / 1000
    const { user, system } = process.cpuUsage(used)
    const cpuSeconds = (user + system) / 1e6
    const tables = eventKindNames.map(kind => `(SELECT count() FROM ${kind})`).join(' + ')
    const [counted] = await rowsOf(store, { name: 'bench/rows', text: `SELECT ${tables} AS n` })
    return { seconds, cpuSeconds, bytes, rows: Number(counted?.n) }
  } finally {
    await app.close()
    rmSync(data, { recursive: true, force: true })
  }
}

/** The product: reading, recognising, cutting, hashing, ledger, inserting, accounting. */
export function endToEnd(scratch: string, files: readonly string[]): Promise<Run> {
  return inFreshStore(scratch, async app => {
    const context = await app.ingestContext({})
    let bytes = 0
    for (const path of files) {
      const reading = await ingestFile(context, path)
      if (reading.unknown !== undefined || reading.records !== reading.stored + reading.malformed + reading.ignored)
        throw new Error(`${path}: ${JSON.stringify(reading)}`)
      bytes += reading.bytes
    }
    return bytes
  })
}

/** The yardstick: the same chunks into the same columns by the same statements, one after the other, and nothing else. */
export function engineAlone(scratch: string, chunks: readonly ChunkFile[]): Promise<Run> {
  const localRanges = defaultLocalNetworks.map(addressRange)
  return inFreshStore(scratch, async (app, store) => {
    let [bytes, sequence] = [0, 0]
    for (const [nth, chunk] of chunks.entries()) {
      for (const source of named(app, chunk.sources).filter(isMapped)) {
        const place = { evidence_id: 'e'.repeat(64), first_record: chunk.first_record, sequence, byte_offset: bytes }
        const { sql, params } = insertStatement(source, named(app, chunk.candidates), chunk.segment, place, localRanges)
        await store.insert(sql, { params, chunk: staged(chunk), token: `${nth}/${source.id}` })
      }
      bytes += chunk.bytes
      sequence += chunk.records
    }
    return bytes
  })
}

/** For information: the mapping without the frame around it. See {@link bareStatement}. */
export function bareMapping(scratch: string, chunks: readonly ChunkFile[]): Promise<Run> {
  return inFreshStore(scratch, async (app, store) => {
    let bytes = 0
    for (const [nth, chunk] of chunks.entries()) {
      for (const source of named(app, chunk.sources).filter(isMapped))
        await store.insert(bareStatement(source, chunk.segment, chunk.sources.length === 1), {
          chunk: staged(chunk),
          token: `${nth}/${source.id}`,
        })
      bytes += chunk.bytes
    }
    return bytes
  })
}

/** In the order of all sources, which is the order in which they claim. */
function named(app: App, ids: readonly string[]): readonly Source[] {
  return app.sources().filter(source => ids.includes(source.id))
}

/** The file stays: other repetitions read it too. */
const staged = (chunk: ChunkFile) => ({ id: chunk.path, release: async () => undefined })

export type Job =
  | { readonly road: 'end to end'; readonly scratch: string; readonly files: readonly string[] }
  | { readonly road: 'engine alone' | 'bare mapping'; readonly scratch: string; readonly chunks: readonly ChunkFile[] }

export function runJob(job: Job): Promise<Run> {
  switch (job.road) {
    case 'end to end':
      return endToEnd(job.scratch, job.files)
    case 'engine alone':
      return engineAlone(job.scratch, job.chunks)
    case 'bare mapping':
      return bareMapping(job.scratch, job.chunks)
  }
}
