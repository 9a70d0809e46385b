import { constants } from 'node:fs'
import { copyFile, mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { CountersealError } from '../base/index.ts'
import { CaseTally, readCaseRows, tallied } from './case-copy.ts'
import { entriesOf, fileFailure, sealOf, settle } from './files.ts'
import type { Manifest } from './manifest.ts'
import { casesFile, filesOf, readManifest, spoolFile, tableFile } from './manifest.ts'
import { markRestore, unmarkRestore } from './marker.ts'
import { leadToSpool } from './spooled-paths.ts'
import type { Stores } from './stores.ts'

export type RestoreOptions = {
  readonly signal?: AbortSignal
  /** Called before each part, with its name. */
  readonly onStep?: (step: string) => void
}

export type Restored = {
  readonly manifest: Manifest
  readonly rows: number
  /**
   * `digests`: every table has the rows of the backup, by number and digest. `rows`: by number only, because this build's
   * schema has columns that the backup has not.
   */
  readonly compared: 'digests' | 'rows'
}

/**
 * Reads the manifest of a backup and every file it names, and holds them to what it says.
 * Throws `input/unreadable`, `backup/damaged` (naming the file), `store/newer-schema`.
 */
export async function checkBackup(directory: string, options: RestoreOptions = {}): Promise<Manifest> {
  const backup = await readManifest(directory)
  for (const [file, { bytes, sha256 }] of filesOf(backup)) {
    options.onStep?.(`checking ${file}`)
    const path = join(directory, file)
    const damaged = (what: string, cause?: unknown) =>
      new CountersealError('backup/damaged', { message: `${path} ${what}.`, cause })
    const found = await stat(path).catch(cause => {
      throw damaged('belongs to the backup and is not there', cause)
    })
    if (!found.isFile() || found.size !== bytes) throw damaged(`has ${found.size} bytes instead of ${bytes}`)
    const seal = await sealOf(path, options.signal).catch(cause => {
      throw fileFailure(`Reading ${path}`, cause)
    })
    if (seal.sha256 !== sha256) throw damaged(`has SHA-256 ${seal.sha256} instead of ${sha256}`)
  }
  return backup
}

/**
 * Puts a backup that {@link checkBackup} has passed into stores that are empty, whatever engines wrote it and hold it now.
 * Until it returns the stores are marked as unfinished in `data`, and are not used by anything else.
 * Throws `store/not-empty`, `store/newer-schema`, `backup/damaged`.
 */
export async function restore(
  stores: Stores,
  data: string,
  directory: string,
  backup: Manifest,
  options: RestoreOptions = {},
): Promise<Restored> {
  await stores.events.migrate()
  await stores.cases.migrate()
  await refuseContent(stores)
  const { migrations } = await stores.events.describe()
  refuseNewer('event', backup.events.migrations, migrations)
  refuseNewer('case', backup.cases.migrations, stores.caseSchema)
  await markRestore(data, directory)
  await importCases(stores, directory, backup, options)
  const compared = isSame(backup.events.migrations, migrations) ? 'digests' : 'rows'
  await importEvents(stores, directory, backup, compared, options)
  await restoreSpool(stores, directory, backup)
  await unmarkRestore(data)
  const rows = [...backup.events.tables, ...backup.cases.tables].reduce((sum, table) => sum + table.rows, 0)
  return { manifest: backup, rows, compared }
}

async function refuseContent({ events, cases, spool }: Stores): Promise<void> {
  const sizes = [...(await events.upkeep.sizes()), ...(await cases.upkeep.sizes())]
  const full = sizes.filter(({ table, rows }) => rows > 0 && table !== 'schema_migration').map(({ table }) => table)
  if ((await entriesOf(spool)).length > 0) full.push('spool')
  if (full.length > 0)
    throw new CountersealError('store/not-empty', {
      message: `A backup is restored into empty stores only, and there is something in ${full.join(', ')}.`,
    })
}

function refuseNewer(store: string, theirs: readonly string[], ours: readonly string[]): void {
  const strange = theirs.filter(name => !ours.includes(name))
  if (strange.length > 0)
    throw new CountersealError('store/newer-schema', {
      message: `The backup of the ${store} store was made by a newer Counterseal: it has ${strange.join(', ')}.`,
      remedy: 'Restore it with the version of Counterseal that wrote it, or a newer one.',
    })
}

function isSame(theirs: readonly string[], ours: readonly string[]): boolean {
  return theirs.length === ours.length && theirs.every(name => ours.includes(name))
}

async function importCases(
  { cases, caseSchema }: Stores,
  directory: string,
  backup: Manifest,
  { onStep, signal }: RestoreOptions,
): Promise<void> {
  onStep?.('cases')
  const path = join(directory, casesFile)
  const rows = backup.cases.tables.reduce((sum, table) => sum + table.rows, 0)
  await cases.upkeep.importRows(readCaseRows(path, rows))
  const tally = new CaseTally()
  for await (const _ of tallied(cases.upkeep.exportRows(signal), tally)) void _
  const found = new Map(tally.tables().map(one => [one.table, one]))
  const by = isSame(backup.cases.migrations, caseSchema) ? 'digests' : 'rows'
  for (const { table, rows, digest } of backup.cases.tables)
    compare(table, { rows, digest }, found.get(table) ?? { rows: 0, digest: '' }, by)
}

async function importEvents(
  { events }: Stores,
  directory: string,
  backup: Manifest,
  compared: 'digests' | 'rows',
  { onStep, signal }: RestoreOptions,
): Promise<void> {
  const known = new Set((await events.upkeep.sizes()).map(({ table }) => table))
  const aborting = signal === undefined ? {} : { signal }
  for (const { table, rows, digest } of backup.events.tables) {
    if (!known.has(table))
      throw new CountersealError('backup/damaged', {
        message: `The backup has a table ${table}, which is none of ours.`,
      })
    onStep?.(table)
    if (rows > 0) await events.upkeep.importTable(table, join(directory, tableFile(table)), aborting)
    compare(table, { rows, digest }, await events.upkeep.digest(table, aborting), compared)
  }
}

type Rows = { readonly rows: number; readonly digest: string }

function compare(table: string, wanted: Rows, found: Rows, by: 'digests' | 'rows'): void {
  if (found.rows === wanted.rows && (by === 'rows' || found.digest === wanted.digest)) return
  throw new CountersealError('backup/damaged', {
    message: `What was restored of ${table} is not what was backed up: ${found.rows} rows with digest ${found.digest} instead of ${wanted.rows} with ${wanted.digest}.`,
  })
}

async function restoreSpool(stores: Stores, directory: string, backup: Manifest): Promise<void> {
  if (backup.spool.length === 0) return
  await mkdir(stores.spool, { recursive: true })
  for (const { name } of backup.spool) {
    const path = join(stores.spool, name)
    await copyFile(join(directory, spoolFile(name)), path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
    await settle(path)
    await leadToSpool(stores.events, name, path)
  }
  await settle(stores.spool)
}
