import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { CountersealError } from './base/index.ts'
import type { Config } from './config.ts'
import { addressRange } from './config.ts'
import type { Detection, Intel } from './detect/index.ts'
import { loadDetections, loadIntel } from './detect/index.ts'
import type { IngestContext } from './ingest/index.ts'
import { defaultLimits, Sequence } from './ingest/index.ts'
import type { Source } from './mapping/index.ts'
import { loadSources } from './mapping/index.ts'
import type { CaseStore, EventStore } from './model/index.ts'
import { openChdbEventStore } from './store/clickhouse/index.ts'
import { openPgliteCaseStore } from './store/postgres/index.ts'

/**
 * The composition root: the one place that knows which adapters are in use. Everything is opened when it is first
 * needed, so that `--help` costs nothing.
 */
export type App = {
  readonly config: Config
  /** The directory in use, also when it is a temporary one. */
  readonly data: string
  events(): Promise<EventStore>
  cases(): Promise<CaseStore>
  sources(): readonly Source[]
  detections(): readonly Detection[]
  intel(): Intel
  /** What `ingest` needs. Empties the directory of chunks that a killed run left behind. */
  ingestContext(options: Pick<IngestContext, 'signal' | 'onProgress'>): Promise<IngestContext>
  close(): Promise<void>
}

export function openApp(config: Config): App {
  const temporary = config.data === undefined
  const data = config.data === undefined ? mkdtempSync(join(tmpdir(), 'counterseal-')) : dataDirectory(config.data)
  const events = once(async () => {
    const store = await openChdbEventStore(join(data, 'events'))
    await store.migrate()
    return store
  })
  const cases = once(async () => {
    const store = await openPgliteCaseStore(join(data, 'cases'))
    await store.migrate()
    return store
  })
  const sources = once(() => loadSources(config.sources))
  return {
    config,
    data,
    events,
    cases,
    sources,
    detections: once(() => loadDetections(config.detections)),
    intel: once(() => loadIntel(config.intel)),
    async ingestContext(options) {
      const store = await events()
      const [tmp, spool] = [join(data, 'tmp'), join(data, 'spool')]
      for (const directory of [tmp, spool]) mkdirSync(directory, { recursive: true })
      for (const left of readdirSync(tmp)) rmSync(join(tmp, left), { force: true })
      const localRanges = config.localNetworks.map(addressRange)
      return {
        store,
        sources: sources(),
        sequence: await Sequence.of(store),
        tmp,
        spool,
        localRanges,
        limits: defaultLimits,
        ...options,
      }
    },
    async close() {
      for (const opened of [events, cases]) if (opened.used()) await (await opened()).close()
      if (temporary) rmSync(data, { recursive: true, force: true })
    },
  }
}

/** The directory the user named, made if it is not there. Throws `usage/bad-argument`. */
function dataDirectory(path: string): string {
  try {
    makeDirectory(path)
    accessSync(path, constants.W_OK)
    return path
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new CountersealError('usage/bad-argument', {
      message: `${path} cannot hold the data: ${reason}.`,
      remedy: 'Name a directory that this user may write in with --data.',
      cause,
    })
  }
}

/** One level at a time: Node 20's recursive mkdir never ends where the system refuses a level with ENOENT, as in /proc. */
function makeDirectory(path: string): void {
  if (existsSync(path)) {
    readdirSync(path)
    return
  }
  makeDirectory(dirname(path))
  mkdirSync(path)
}

/** A value that is made when first asked for. */
function once<T>(make: () => T): (() => T) & { used(): boolean } {
  let made: { readonly value: T } | undefined
  const get = () => {
    made ??= { value: make() }
    return made.value
  }
  return Object.assign(get, { used: () => made !== undefined })
}
