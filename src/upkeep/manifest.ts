import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { CountersealError, excerpt } from '../base/index.ts'
import type { Seal } from './files.ts'

/**
 * What a backup says of itself: `manifest.json`, written last. It is read as something an attacker may have written:
 * it names no paths that are followed, and every size in it is held against the file.
 */

/** Increases when an older Counterseal could not read the backup. */
export const formatVersion = 1

/** A manifest has a few lines per table and one per spooled file. */
const largestManifest = 64 << 20

const count = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER)
const words = z.string().max(1000)
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const digest = z.string().regex(/^[0-9a-f]{16}$/)
const tableName = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/)
const seal = { bytes: count, sha256 }
const migrations = z.array(z.string().regex(/^\d{4}_[a-z0-9_]{1,80}$/)).max(1000)

/** `digest`: adds up over the rows, so that their order does not matter; see the port of upkeep. */
const tableRows = { table: tableName, rows: count, digest }

export const manifest = z.strictObject({
  format: z.literal('counterseal-backup'),
  format_version: z.literal(formatVersion),
  /** Version of Counterseal that wrote it. */
  version: words,
  started_at: z.iso.datetime(),
  finished_at: z.iso.datetime(),
  events: z.strictObject({
    engine: words,
    engine_version: words,
    migrations,
    tables: z.array(z.strictObject({ ...tableRows, file: words, ...seal })).max(1000),
  }),
  cases: z.strictObject({
    engine: words,
    engine_version: words,
    migrations,
    file: words,
    ...seal,
    tables: z.array(z.strictObject(tableRows)).max(1000),
  }),
  /** Standard input that was kept, by the name of its file. */
  spool: z.array(z.strictObject({ name: z.string().regex(/^stdin-[0-9a-f]{64}$/), ...seal })).max(1_000_000),
})
export type Manifest = z.infer<typeof manifest>

export const manifestFile = 'manifest.json'
export const casesFile = 'cases/rows.ndjson.gz'
export const tableFile = (table: string): string => `events/${table}.native.zst`
export const spoolFile = (name: string): string => `spool/${name}`

/** Every file of a backup by its path in it, derived and never read from the manifest. */
export function filesOf(backup: Manifest): ReadonlyMap<string, Seal> {
  const files = new Map<string, Seal>()
  for (const one of backup.events.tables) files.set(tableFile(one.table), one)
  files.set(casesFile, backup.cases)
  for (const one of backup.spool) files.set(spoolFile(one.name), one)
  return files
}

/** Throws `input/unreadable` where there is no backup, `backup/damaged` where it is none of ours. */
export async function readManifest(directory: string): Promise<Manifest> {
  const path = join(directory, manifestFile)
  const found = await stat(path).catch(() => undefined)
  if (found === undefined)
    throw new CountersealError('input/unreadable', {
      message: `${directory} is no backup: there is no ${manifestFile} in it.`,
      remedy: directory.endsWith('.partial')
        ? 'This backup was stopped before it was whole. Use another one.'
        : 'Name the directory that `counterseal store backup` has written.',
    })
  const damaged = (what: string, cause?: unknown) =>
    new CountersealError('backup/damaged', { message: `${path} ${what}.`, cause })
  if (found.size > largestManifest) throw damaged(`has ${found.size} bytes, and a manifest at most ${largestManifest}`)
  const read = parse(await readFile(path, 'utf8'))
  if (isNewer(read))
    throw new CountersealError('store/newer-schema', {
      message: `${path} was written by a newer Counterseal: its format is ${excerpt(String(read.format_version))}, and this build knows ${formatVersion}.`,
    })
  const parsed = manifest.safeParse(read)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw damaged(`is not as a manifest is: ${issue?.path.join('.')}: ${issue?.message}`, parsed.error)
  }
  const tables = parsed.data.events.tables.map(({ table }) => table)
  const twice = tables.find((table, index) => tables.indexOf(table) !== index)
  if (twice !== undefined) throw damaged(`names the table ${twice} twice`)
  return parsed.data
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // what is no JSON has not the shape of a manifest either, and the schema says so
  }
}

function isNewer(read: unknown): read is { readonly format_version: number } {
  return (
    typeof read === 'object' &&
    read !== null &&
    'format_version' in read &&
    typeof read.format_version === 'number' &&
    read.format_version > formatVersion
  )
}
