import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { IngestContext, Reading } from '../src/ingest/index.ts'
import { defaultIngestLimits, ingestFile, Sequence } from '../src/ingest/index.ts'
import { loadSources } from '../src/mapping/index.ts'
import type { KeptEventStore } from '../src/model/index.ts'
import { openChdbEventStore } from '../src/store/clickhouse/index.ts'

/** An empty event store of its own, and a way of reading evidence into it. */
export type OpenIngest = {
  readonly store: KeptEventStore
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
  return {
    store,
    read: async content => {
      files += 1
      const path = join(home, `evidence-${files}`)
      writeFileSync(path, content)
      return await ingestFile(context, path)
    },
    close: async () => {
      await store.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}
