import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { CountersealError, isAlive } from './base/index.ts'
import type { Baseline } from './baseline/index.ts'
import { loadBaselines } from './baseline/index.ts'
import { canariesOf, canaryEntries } from './canary/index.ts'
import type { Config } from './config.ts'
import { addressRange, shipped } from './config.ts'
import type { Correlation } from './correlate/index.ts'
import type { Detection, Intel, Settings } from './detect/index.ts'
import {
  loadCorrelations,
  loadDetections,
  loadIntel,
  loadSettings,
  withEntries,
  withSettings,
  withTimeWindow,
} from './detect/index.ts'
import type { IngestContext } from './ingest/index.ts'
import { defaultIngestLimits, Sequence } from './ingest/index.ts'
import type { Source } from './mapping/index.ts'
import { loadSources, withLogFormats } from './mapping/index.ts'
import type { CaseStore, EventStore, KeptCaseStore, KeptEventStore } from './model/index.ts'
import type { ExistingStores, Stores } from './upkeep/index.ts'
import { refuseUnfinishedRestore } from './upkeep/index.ts'

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
  baselines(): readonly Baseline[]
  correlations(): readonly Correlation[]
  intel(): Intel
  /** With the canaries that were laid out here: what a hunt uses. */
  siteIntel(): Promise<Intel>
  /** What the site set of the published analytics. */
  settings(): Settings
  /** What `ingest` needs. Empties the directory of chunks that a killed run left behind. */
  ingestContext(options: Pick<IngestContext, 'signal' | 'onProgress'>): Promise<IngestContext>
  /** Both stores as they are, for upkeep: not migrated, and also when a restore left them unfinished. */
  stores(): Promise<Stores>
  /** Those stores that are there, as they are; none is made. */
  existingStores(): Promise<ExistingStores>
  /** Throws `store/damaged` when a restore was begun here and not finished. */
  refuseUnfinished(): void
  close(): Promise<void>
}

export function openApp(config: Config): App {
  const temporary = config.data === undefined
  const data = config.data === undefined ? mkdtempSync(join(tmpdir(), 'counterseal-')) : dataDirectory(config.data)
  const openedEvents = once(() => openEvents(config, join(data, 'events')))
  const openedCases = once(() => openCases(config, join(data, 'cases')))
  const ownDirectories = new Set<string>()
  const events = once(async () => {
    refuseUnfinishedRestore(data)
    const store = await openedEvents()
    await store.migrate()
    return store
  })
  const cases = once(async () => {
    refuseUnfinishedRestore(data)
    const store = await openedCases()
    await store.migrate()
    return store
  })
  const detections = once(() => loadDetections(config.detections))
  const baselines = once(() => loadBaselines([shipped('baselines')]))
  const sources = once(() => withLogFormats(loadSources(config.sources), config.logFormats))
  const settings = once(() => loadSettings(config.settings))
  const intel = once(() => withSettings(loadIntel(config.intel), settings(), new Date().toISOString().slice(0, 10)))
  return {
    config,
    data,
    events,
    cases,
    sources,
    detections,
    baselines,
    correlations: once(() =>
      loadCorrelations(shipped('analytics'), detections()).map(one => withTimeWindow(one, settings())),
    ),
    intel,
    siteIntel: once(async () => {
      if (config.postgres === undefined && !existsSync(join(data, 'cases'))) return intel()
      const laidOut = canariesOf(await (await cases()).caseLog('canary'))
      return withEntries(intel(), 'certificate-canaries', canaryEntries(laidOut))
    }),
    settings,
    async ingestContext(options) {
      const store = await events()
      const spool = join(data, 'spool')
      mkdirSync(spool, { recursive: true })
      const tmp = ownDirectory(join(data, 'tmp'))
      ownDirectories.add(tmp)
      const localRanges = config.localNetworks.map(addressRange)
      return {
        store,
        sources: sources(),
        sequence: await Sequence.of(store),
        tmp,
        spool,
        localRanges,
        logZone: config.logZone,
        ...(config.logUntil === undefined ? {} : { logUntil: config.logUntil }),
        limits: defaultIngestLimits,
        ...options,
      }
    },
    refuseUnfinished: () => refuseUnfinishedRestore(data),
    existingStores: async () => ({
      ...(config.clickhouse !== undefined || existsSync(join(data, 'events')) ? { events: await openedEvents() } : {}),
      ...(config.postgres !== undefined || existsSync(join(data, 'cases')) ? { cases: await openedCases() } : {}),
      spool: join(data, 'spool'),
    }),
    stores: async () => ({
      events: await openedEvents(),
      cases: await openedCases(),
      caseSchema: (await import('./store/postgres/index.ts')).shippedMigrations().map(({ name }) => name),
      spool: join(data, 'spool'),
    }),
    async close() {
      for (const opened of [openedEvents, openedCases]) if (opened.used()) await (await opened()).close()
      for (const directory of ownDirectories) rmSync(directory, { recursive: true, force: true })
      if (temporary) rmSync(data, { recursive: true, force: true })
    },
  }
}

/** Adapters are loaded when they are needed: the engine takes 170 ms, a driver 40 to 120. */
async function openEvents({ clickhouse }: Config, directory: string): Promise<KeptEventStore> {
  const { openChdbEventStore, openClickHouseEventStore } = await import('./store/clickhouse/index.ts')
  return clickhouse === undefined ? await openChdbEventStore(directory) : await openClickHouseEventStore(clickhouse)
}

async function openCases({ postgres }: Config, directory: string): Promise<KeptCaseStore> {
  const { openPgliteCaseStore, openPostgresCaseStore } = await import('./store/postgres/index.ts')
  return postgres === undefined ? await openPgliteCaseStore(directory) : await openPostgresCaseStore(postgres)
}

/** A directory for this process below `parent`. What processes left there that are no more is removed. */
function ownDirectory(parent: string): string {
  mkdirSync(parent, { recursive: true })
  for (const left of readdirSync(parent))
    if (left === String(process.pid) || !isAlive(Number(left)))
      rmSync(join(parent, left), { recursive: true, force: true })
  const own = join(parent, String(process.pid))
  mkdirSync(own)
  return own
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
