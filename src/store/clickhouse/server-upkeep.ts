import { createReadStream, existsSync, statSync } from 'node:fs'
import { CountersealError } from '../../base/index.ts'
import type { EventStore, EventStoreUpkeep, TableSize } from '../../model/index.ts'
import { rowsOf } from '../../model/index.ts'
import { shippedQuery } from './queries.ts'
import { ServerFailure } from './server-failure.ts'
import type { ServerNode } from './server-node.ts'
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
} from './upkeep-statements.ts'
import { isWholeZstd } from './zstd-frames.ts'

/**
 * Upkeep of a store on a server or a cluster: copies stream over HTTP as Native in Zstandard, as the embedded engine
 * writes them, so a copy of the one goes into the other. What looks at rows asks the whole store; what looks at disks or
 * deletes goes to the local tables, node by node, and needs every node.
 */
export type ServerUpkeepContext = {
  readonly store: EventStore
  readonly coordinator: ServerNode
  /** Every node that holds rows. */
  readonly nodes: readonly ServerNode[]
  /** The database of the tables that hold rows, on each node. */
  readonly localDatabase: string
  /** Settings that a statement over all shards needs. */
  readonly profile: Readonly<Record<string, string | number>>
}

/** Bytes up to which a copy holds no rows: nothing at all, or an empty frame of Zstandard. */
const emptyCopy = 32

/** As blocks come: memory does not grow with the table, and equal blocks are two blocks, not a repetition of one. */
const importSettings = {
  max_insert_threads: 1,
  max_threads: 1,
  min_insert_block_size_rows: 262_144,
  min_insert_block_size_bytes: 134_217_728,
  deduplicate_insert: 'disable',
  input_format_skip_unknown_fields: 0,
  input_format_defaults_for_omitted_fields: 1,
}

const exportSettings = { max_block_size: 16_384, http_zlib_compression_level: 3 }

/**
 * What a body is answered with that is no copy of the table, or not all of one: a name or type that is not the table's, a
 * text that cannot be read, an end that is missing (ErrorCodes.cpp).
 */
const damagedCodes = new Set([6, 10, 16, 27, 32, 33, 50, 53, 69, 117, 131, 173, 271, 349, 432, 561])

export function serverUpkeep(context: ServerUpkeepContext): EventStoreUpkeep {
  const { store, coordinator, nodes, localDatabase, profile } = context
  const columnsOf = async (table: string): Promise<readonly TableColumn[]> => {
    const columns = /^[a-z][a-z0-9_]*$/.test(table) ? await tableColumns(store, table) : []
    if (columns.length > 0) return columns
    throw new CountersealError('usage/bad-argument', { message: `The event store has no table ${table.slice(0, 64)}.` })
  }
  return {
    async sizes() {
      const { name, text } = shippedQuery('table-sizes')
      const sizes = new Map<string, TableSize>()
      for (const node of nodes)
        for (const row of await node.all({ name, text, database: localDatabase })) {
          const table = String(row.table)
          const { rows, bytes, parts } = sizes.get(table) ?? { rows: 0, bytes: 0, parts: 0 }
          sizes.set(table, {
            table,
            rows: rows + Number(row.rows),
            bytes: bytes + Number(row.bytes),
            parts: parts + Number(row.parts),
          })
        }
      return [...sizes.values()]
    },

    moment: () => currentMoment(store),

    async exportTable(table, path, { moment, signal } = {}) {
      if (existsSync(path))
        throw new CountersealError('usage/bad-argument', { message: `${path} is there already; a copy is a new file.` })
      const columns = await columnsOf(table)
      const cut = cutTo(columns, moment)
      const text = `SELECT ${columns.map(({ name }) => name).join(', ')} FROM ${table} WHERE ${cut.text} FORMAT Native`
      const settings = { ...profile, ...exportSettings }
      await coordinator.download(
        { name: `export/${table}`, text, params: cut.params, settings, zstd: 'answer', ...aborting(signal) },
        path,
      )
    },

    async importTable(table, path, { signal } = {}) {
      const columns = await columnsOf(table)
      if (statSync(path).size < emptyCopy) return
      if (!(await isWholeZstd(path))) throw damaged(table, path)
      const text = `INSERT INTO ${table} (${columns.map(({ name }) => name).join(', ')}) FORMAT Native`
      const body = () => createReadStream(path, { highWaterMark: 1 << 20 })
      const name = `import/${table}`
      const settings = { ...profile, ...importSettings }
      try {
        await coordinator.run({ name, text, settings, body, zstd: 'body', tries: 'one', ...aborting(signal) })
      } catch (cause) {
        if (!(cause instanceof CountersealError) || !(cause.cause instanceof ServerFailure)) throw cause
        if (!damagedCodes.has(cause.cause.code)) throw cause
        throw damaged(table, path, cause)
      }
    },

    async digest(table, { moment, signal } = {}) {
      const { text, params } = digestStatement(table, await columnsOf(table), moment)
      const [row] = await rowsOf(store, { name: `digest/${table}`, text }, { params, ...aborting(signal) })
      return { rows: Number(row?.rows), digest: String(row?.digest) }
    },

    async forget(kind, options) {
      const cited = await endangered(store, kind, options)
      const events = (await countAged(store, kind, options)) - cited.rows
      if (options.dryRun === true || events === 0) return events
      const name = `forget/${kind}`
      const aged = agedCondition(options)
      const text = `ALTER TABLE ${kind} DELETE WHERE ${aged.text} AND NOT (${isOneOf(cited.uids)})`
      const settings = { mutations_sync: 2 }
      for (const node of nodes)
        await node.run({
          ...{ name, text, settings, params: aged.params, database: localDatabase },
          ...aborting(options.signal),
        })
      return events
    },
  }
}

function damaged(table: string, path: string, cause?: CountersealError): CountersealError {
  return new CountersealError('backup/damaged', {
    message: `${path} is no copy of the table ${table}, or a part of one.${cause === undefined ? '' : ` ${cause.message}`}`,
    cause,
  })
}

function aborting(signal: AbortSignal | undefined): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal }
}
