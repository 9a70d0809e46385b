import { constants, existsSync } from 'node:fs'
import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CountersealError } from '../base/index.ts'
import type { Moment } from '../model/index.ts'
import { writeCaseRows } from './case-copy.ts'
import type { Seal } from './files.ts'
import { entriesOf, fileFailure, sealOf, settle } from './files.ts'
import type { Manifest } from './manifest.ts'
import { casesFile, formatVersion, manifestFile, spoolFile, tableFile } from './manifest.ts'
import type { Stores } from './stores.ts'

export type BackupOptions = {
  /** Version of Counterseal, for the manifest. */
  readonly version: string
  readonly signal?: AbortSignal
  /** Called before each part, with its name. */
  readonly onStep?: (step: string) => void
}

type TableCopy = Manifest['events']['tables'][number]

/** Tables that say what was read and what is known. They have no sequence to be cut at, so they are copied first. */
const uncut: ReadonlySet<string> = new Set(['evidence', 'intel_entry'])

/** Copied before the events: what it calls done is in their tables already. */
const ledger = 'evidence_chunk'

/** Copies of a table that changes meanwhile, before it is given up. */
const attempts = 5

/**
 * Copies both stores into a new directory while they are in use. What the copy says of itself is true whenever it was
 * cut off: first the cases, then which readings there were, then the moment, its ledger, and its events. So every event
 * that a finding cites, every chunk that a reading stands on, and every row of a chunk that is done, is in the copy.
 *
 * The directory is written under another name and gets its own when everything is on the disk.
 * Both stores have been migrated. Throws `usage/bad-argument` when the directory is there already, `store/full`, `work/aborted`.
 */
export async function backUp(stores: Stores, directory: string, options: BackupOptions): Promise<Manifest> {
  const partial = `${directory}.partial`
  await begin(directory, partial)
  try {
    const backup = await copyAll(stores, partial, options)
    const path = join(partial, manifestFile)
    await writeFile(path, `${JSON.stringify(backup, undefined, 2)}\n`)
    for (const part of [manifestFile, 'events', 'cases', 'spool', '.']) await settle(join(partial, part))
    await rename(partial, directory)
    await settle(dirname(directory))
    return backup
  } catch (cause) {
    await rm(partial, { recursive: true, force: true })
    throw fileFailure(`Backing up to ${directory}`, cause)
  }
}

async function begin(directory: string, partial: string): Promise<void> {
  if (existsSync(directory))
    throw new CountersealError('usage/bad-argument', {
      message: `${directory} is there already; a backup is a new directory.`,
    })
  try {
    await mkdir(dirname(partial), { recursive: true })
    await mkdir(partial)
    for (const part of ['events', 'cases', 'spool']) await mkdir(join(partial, part))
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')
      throw new CountersealError('usage/bad-argument', {
        message: `${partial} is there already: a backup of this name is under way, or was stopped.`,
        remedy: 'Delete it if no backup is under way, or choose another name.',
        cause,
      })
    throw fileFailure(`Making ${partial}`, cause)
  }
}

async function copyAll(stores: Stores, partial: string, options: BackupOptions): Promise<Manifest> {
  const started_at = new Date().toISOString()
  const { events } = stores
  const cases = await copyCases(stores, partial, options)
  const names = (await events.upkeep.sizes()).map(({ table }) => table)
  const tables: TableCopy[] = []
  for (const table of names.filter(name => uncut.has(name)))
    tables.push(await copyTable(stores, partial, table, undefined, options))
  const moment = await events.upkeep.moment()
  const cut = names.filter(name => !uncut.has(name))
  for (const table of cut.sort((a, b) => Number(b === ledger) - Number(a === ledger)))
    tables.push(await copyTable(stores, partial, table, moment, options))
  const { engine, version: engine_version, migrations } = await events.describe()
  return {
    format: 'counterseal-backup',
    format_version: formatVersion,
    version: options.version,
    started_at,
    finished_at: new Date().toISOString(),
    events: { engine, engine_version, migrations: [...migrations], tables },
    cases,
    spool: await copySpool(stores.spool, partial, options),
  }
}

async function copyCases(stores: Stores, partial: string, options: BackupOptions): Promise<Manifest['cases']> {
  options.onStep?.('cases')
  const path = join(partial, casesFile)
  const tables = await writeCaseRows(stores.cases.upkeep.exportRows(options.signal), path, options.signal)
  const described = await stores.cases.describe()
  return {
    engine: described.engine,
    engine_version: described.version,
    migrations: [...stores.caseSchema],
    file: casesFile,
    ...(await sealed(path, options.signal)),
    tables: [...tables],
  }
}

/** The digest is taken before and after, so that it is known to be the copy's: a table may change while it is copied. */
async function copyTable(
  { events }: Stores,
  partial: string,
  table: string,
  moment: Moment | undefined,
  options: BackupOptions,
): Promise<TableCopy> {
  options.onStep?.(table)
  const path = join(partial, tableFile(table))
  const cut = { ...(moment && { moment }), ...(options.signal && { signal: options.signal }) }
  let before = await events.upkeep.digest(table, cut)
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    await rm(path, { force: true })
    await events.upkeep.exportTable(table, path, cut)
    const after = await events.upkeep.digest(table, cut)
    if (after.digest === before.digest && after.rows === before.rows)
      return { table, file: tableFile(table), ...after, ...(await sealed(path, options.signal)) }
    before = after
  }
  throw new CountersealError('store/in-use', {
    message: `The table ${table} changed each of the ${attempts} times that it was copied.`,
    remedy: 'Let hunts and retention come to an end, then back up again.',
  })
}

/** What was read from standard input, whole pieces only. A new file is made there by renaming, so none is half written. */
async function copySpool(spool: string, partial: string, options: BackupOptions): Promise<Manifest['spool']> {
  const copies: Manifest['spool'] = []
  for (const name of (await entriesOf(spool)).filter(entry => /^stdin-[0-9a-f]{64}$/.test(entry))) {
    options.onStep?.(name)
    const path = join(partial, spoolFile(name))
    await copyFile(join(spool, name), path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
    copies.push({ name, ...(await sealed(path, options.signal)) })
  }
  return copies
}

async function sealed(path: string, signal: AbortSignal | undefined): Promise<Seal> {
  await settle(path)
  return await sealOf(path, signal)
}
