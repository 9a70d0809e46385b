import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { IngestContext, Reading } from '../src/ingest/index.ts'
import { defaultIngestLimits, ingestFile, Sequence } from '../src/ingest/index.ts'
import { loadSources } from '../src/mapping/index.ts'
import type { KeptEventStore } from '../src/model/index.ts'
import { openChdbEventStore } from '../src/store/clickhouse/index.ts'
import { engineInstalled, noEngine } from './run-cli.ts'

/** An empty event store of its own, and a way of reading evidence into it. */
export type OpenIngest = {
  readonly store: KeptEventStore
  readonly context: IngestContext
  /** Its directory; it is deleted with the store. */
  readonly home: string
  /** Another file with this content: its path. */
  fileOf(content: string | Uint8Array): string
  /** Reads a file with this content. */
  read(content: string | Uint8Array): Promise<Reading>
  /** Closes the store and deletes it. */
  close(): Promise<void>
}

/** With the sources that are shipped. */
export async function openIngest(): Promise<OpenIngest> {
  const home = mkdtempSync(join(tmpdir(), 'counterseal-ingest-'))
  for (const below of ['tmp', 'spool']) mkdirSync(join(home, below))
  const store = await openChdbEventStore(join(home, 'events'))
  await store.migrate()
  const context: IngestContext = {
    store,
    sources: loadSources([new URL('../sources', import.meta.url).pathname]),
    sequence: await Sequence.of(store),
    tmp: join(home, 'tmp'),
    spool: join(home, 'spool'),
    localRanges: [],
    limits: defaultIngestLimits,
  }
  let files = 0
  const fileOf = (content: string | Uint8Array): string => {
    files += 1
    const path = join(home, `evidence-${files}`)
    writeFileSync(path, content)
    return path
  }
  return {
    store,
    context,
    home,
    fileOf,
    read: async content => await ingestFile(context, fileOf(content)),
    close: async () => {
      await store.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** One for a suite: opened before its first test and closed after its last. Without the engine every test is skipped. */
export function ingestOfSuite(): () => OpenIngest {
  let ingest: OpenIngest | undefined
  beforeEach(context => {
    if (!engineInstalled) context.skip(noEngine)
  })
  beforeAll(async () => {
    if (engineInstalled) ingest = await openIngest()
  })
  afterAll(async () => await ingest?.close())
  return () => {
    assert(ingest !== undefined, 'the store is open while tests run')
    return ingest
  }
}
