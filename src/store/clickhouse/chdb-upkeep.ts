import { existsSync, statSync } from 'node:fs'
import { CountersealError } from '../../base/index.ts'
import type { EventStore, EventStoreUpkeep, QueryOptions, Sql } from '../../model/index.ts'
import { rowsOf } from '../../model/index.ts'
import { quoteLiteral } from './param.ts'
import type { TableColumn } from './upkeep-statements.ts'
import {
  agedCondition,
  countAged,
  currentMoment,
  cutTo,
  digestStatement,
  endangered,
  isOneOf,
  tableColumns,
  tableSizes,
} from './upkeep-statements.ts'

/**
 * Upkeep of the embedded store. The engine itself writes and reads the copies: no row passes through JavaScript.
 */

/** Runs a statement that has no rows to give. */
export type RunStatement = (sql: Sql, options?: QueryOptions) => Promise<void>

/**
 * Pieces of a copy on their way in: a block is let go before the next is read, so memory does not grow with the table. Two
 * equal blocks are two, not a repetition of one. Without `pread` the engine maps the file, and its pages count as ours:
 * 2.5 million Windows events, 1.4 GB, took 3.0 GB at their peak, and take 0.9 GB.
 */
const importSettings =
  "insert_deduplicate = 0, storage_file_read_method = 'pread', max_insert_threads = 1, max_threads = 1, max_block_size = 65536, min_insert_block_size_rows = 65536, min_insert_block_size_bytes = 33554432"

const exportSettings = 'max_threads = 1, max_block_size = 16384, output_format_compression_level = 3'

/** A list of 200,000 uids is 6.6 MB of text; the engine's default limit is 256 KiB. */
const longText = 'max_query_size = 100000000'

export function chdbUpkeep(store: EventStore, run: RunStatement): EventStoreUpkeep {
  const columnsOf = async (table: string): Promise<readonly TableColumn[]> => {
    const columns = /^[a-z][a-z0-9_]*$/.test(table) ? await tableColumns(store, table) : []
    if (columns.length > 0) return columns
    throw new CountersealError('usage/bad-argument', { message: `The event store has no table ${table.slice(0, 64)}.` })
  }
  return {
    sizes: () => tableSizes(store),
    moment: () => currentMoment(store),

    async exportTable(table, path, { moment, signal } = {}) {
      if (existsSync(path))
        throw new CountersealError('usage/bad-argument', { message: `${path} is there already; a copy is a new file.` })
      const columns = await columnsOf(table)
      const cut = cutTo(columns, moment)
      const text = `INSERT INTO FUNCTION file(${quoteLiteral(path)}, Native, auto, zstd)
SELECT ${names(columns)} FROM ${table} WHERE ${cut.text} SETTINGS ${exportSettings}`
      await run({ name: `export/${table}`, text }, { params: cut.params, ...aborting(signal) })
    },

    async importTable(table, path, { signal } = {}) {
      const own = await columnsOf(table)
      const columns = sharedColumns(table, path, own, await fileColumns(store, path))
      if (columns.length === 0) return
      const structure = quoteLiteral(columns.map(({ name, type }) => `${name} ${type}`).join(', '))
      const text = `INSERT INTO ${table} (${names(columns)})
SELECT ${names(columns)} FROM file(${quoteLiteral(path)}, Native, ${structure}, zstd) SETTINGS ${importSettings}`
      await run({ name: `import/${table}`, text }, aborting(signal))
    },

    async digest(table, { moment, signal } = {}) {
      const { text, params } = digestStatement(table, await columnsOf(table), moment)
      const [row] = await rowsOf(store, { name: `digest/${table}`, text }, { params, ...aborting(signal) })
      return { rows: Number(row?.rows), digest: String(row?.digest) }
    },

    async forget(kind, options) {
      const cited = await endangered(store, kind, options)
      const events = (await countAged(store, kind, options)) - cited.rows
      if (options.dryRun === true) return events
      if (events > 0) {
        const name = `forget/${kind}`
        const aged = agedCondition(options)
        const text = `ALTER TABLE ${kind} DELETE WHERE ${aged.text} AND NOT (${isOneOf(cited.uids)}) SETTINGS mutations_sync = 2, ${longText}`
        await run({ name, text }, { params: aged.params, ...aborting(options.signal) })
      }
      await cleanUp(store, run, kind)
      return events
    },
  }
}

function names(columns: readonly TableColumn[]): string {
  return columns.map(({ name }) => name).join(', ')
}

function aborting(signal: AbortSignal | undefined): QueryOptions {
  return signal === undefined ? {} : { signal }
}

/** Names of the columns of a copy, by its first row: `DESCRIBE` does not stream. None when it holds no rows. */
async function fileColumns(store: EventStore, path: string): Promise<readonly string[]> {
  const text = `SELECT * FROM file(${quoteLiteral(path)}, Native, auto, zstd) LIMIT 1`
  try {
    const [row] = await rowsOf(store, { name: 'import/columns', text })
    return Object.keys(row ?? {})
  } catch (cause) {
    // A copy of no rows holds not even the names of its columns: an empty frame of Zstandard, 13 bytes.
    if (statSync(path).size < 32) return []
    throw new CountersealError('backup/damaged', { message: `${path} is no copy of a table, or a part of one.`, cause })
  }
}

/** A copy made under an older schema lacks columns, which then get their default; one it has and we have not is refused. */
function sharedColumns(
  table: string,
  path: string,
  own: readonly TableColumn[],
  found: readonly string[],
): readonly TableColumn[] {
  const strange = found.find(name => !own.some(column => column.name === name))
  if (strange === undefined) return own.filter(({ name }) => found.includes(name))
  throw new CountersealError('backup/damaged', {
    message: `${path} has a column ${JSON.stringify(strange.slice(0, 64))} that the table ${table} has not.`,
  })
}

/**
 * Takes the parts that were replaced off the disk, also those of a deletion that was killed and that the engine has
 * ended since. It keeps them for eight minutes otherwise, which a command does not live to see. What a query still reads
 * from stays; after 30 s it is left to the engine.
 */
async function cleanUp(store: EventStore, run: RunStatement, table: string): Promise<void> {
  const name = `forget/${table}`
  const text =
    'SELECT count() AS parts FROM system.parts WHERE database = currentDatabase() AND table = {table:String} AND NOT active'
  const replaced = async () => Number((await rowsOf(store, { name, text }, { params: { table } }))[0]?.parts)
  if ((await replaced()) === 0) return
  await run({ name, text: `ALTER TABLE ${table} MODIFY SETTING old_parts_lifetime = 0` })
  try {
    const deadline = Date.now() + 30_000
    while ((await replaced()) > 0 && Date.now() < deadline) {
      await run({ name, text: `SYSTEM START CLEANUP ${table}` }) // a part must be a second old
      await new Promise(resolve => setTimeout(resolve, 100))
    }
  } finally {
    await run({ name, text: `ALTER TABLE ${table} RESET SETTING old_parts_lifetime` })
  }
}
