import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Session } from 'chdb'
import { CountersealError, isAlive } from '../../base/index.ts'
import type {
  EventStore,
  InsertOptions,
  KeptEventStore,
  OwnTable,
  QueryOptions,
  Row,
  Sql,
  StagedChunk,
} from '../../model/index.ts'
import { rowsOf } from '../../model/index.ts'
import { settleTables } from './chdb-settle.ts'
import { chdbUpkeep } from './chdb-upkeep.ts'
import { engineError } from './engine-error.ts'
import { chunkSettings, insertSettings } from './insert-settings.ts'
import type { MigrationTarget } from './migrate.ts'
import { appliedTo, migrateDatabase } from './migrate.ts'
import { ownRows } from './own-rows.ts'
import { quoteLiteral, setParam } from './param.ts'
import { shippedQuery } from './queries.ts'
import { SessionPool } from './session-pool.ts'

/**
 * The embedded event store: ClickHouse in this process, one directory per process. Measured with chdb 3.4.0
 * (engine 26.7.2.1): opens in 60–190 ms, answers a point query in 2–3 ms.
 */

/** Concurrent queries. The engine uses all cores for one; more only keeps a short query from waiting for a long one. */
const sessions = 3

/** Opens or creates the store in a directory. Throws `store/unavailable`, `store/in-use`. */
export async function openChdbEventStore(directory: string): Promise<KeptEventStore> {
  const { Session, drainPending } = await loadChdb()
  mkdirSync(directory, { recursive: true })
  const owner = join(directory, 'owner.json')
  const open = (): Session => {
    try {
      return new Session(directory)
    } catch (cause) {
      throw openingError(directory, owner, cause)
    }
  }
  const control = open()
  writeFileSync(owner, JSON.stringify({ pid: process.pid, started_at: new Date().toISOString() }))
  const pool = new SessionPool(sessions, open, control)

  const run = async (sql: Sql, options: QueryOptions = {}): Promise<void> =>
    await pool.use(sql.name, options.signal, paramSettings(options), async session => {
      await session.queryAsync(withChunk(sql.text, options.chunk))
    })

  const target: MigrationTarget = {
    location: directory,
    rows: (name, text) => rowsOf(store, { name, text }),
    run: (name, text, params = {}) => run({ name, text }, { params }),
  }

  const store: EventStore = {
    migrate: () => migrateDatabase(target),

    async stageChunk(path) {
      return { id: path, release: async () => rmSync(path, { force: true }) }
    },

    async insert(named, options: InsertOptions) {
      const sql = typeof named === 'string' ? shippedQuery(named) : named
      await run({ name: sql.name, text: `${sql.text}\nSETTINGS ${insertSettings(options.token)}` }, options)
    },

    async *query(named, options = {}) {
      const sql = typeof named === 'string' ? shippedQuery(named) : named
      const { session, release } = await pool.acquire(sql.name, options.signal, paramSettings(options))
      try {
        const stream = session.queryStream(askedOf(sql, options), { format: 'JSONEachRow' })
        try {
          for await (const chunk of stream) {
            yield* rowsIn(chunk.text())
          }
        } finally {
          stream.cancel()
        }
      } catch (cause) {
        throw engineError(sql.name, cause, options.signal)
      } finally {
        await release()
      }
    },

    async rows(named, options = {}) {
      const sql = typeof named === 'string' ? shippedQuery(named) : named
      // A stream is begun on our thread: planning and all that comes before the first row. This is not.
      return await pool.use(sql.name, options.signal, paramSettings(options), async session => {
        const answer = await session.queryAsync(askedOf(sql, options), { format: 'JSONEachRow' })
        return rowsIn(answer.text())
      })
    },

    async append(table: OwnTable, rows, token) {
      const own = ownRows(table, rows, `insert_deduplication_token = ${quoteLiteral(token)}`)
      if (own === undefined) return
      // The rows stand behind the statement: half the time of the binding's insert(). JSON needs no further escaping.
      const text = `${own.statement}\n${own.lines}`
      await pool.use(`append/${table}`, undefined, [], session => session.queryAsync(text))
    },

    settle: (tables, options) => settleTables(store, run, tables, options),

    async describe() {
      const [row] = await rowsOf(store, { name: 'describe', text: 'SELECT version() AS version' })
      return {
        engine: 'chdb',
        version: String(row?.version),
        location: directory,
        migrations: [...(await appliedTo(target)).keys()],
        shards: [{ location: directory, answers: true }],
      }
    },

    async close() {
      pool.close()
      await drainPending()
      rmSync(owner, { force: true })
    },
  }
  return { ...store, upkeep: chdbUpkeep(store, run) }
}

async function loadChdb(): Promise<typeof import('chdb')> {
  try {
    return await import('chdb')
  } catch (cause) {
    throw new CountersealError('store/unavailable', {
      message: `The embedded engine (npm package chdb) is not installed for ${process.platform} ${process.arch}.`,
      cause,
    })
  }
}

/** Parameters as session settings: the binding's own way serialises all queries of the process (recipe 4). */
function paramSettings({ params = {} }: QueryOptions): readonly string[] {
  return Object.entries(params).map(([name, value]) => setParam(name, value))
}

function askedOf(sql: Sql, { chunk }: QueryOptions): string {
  return withChunk(chunk === undefined ? sql.text : `${sql.text}\nSETTINGS ${chunkSettings}`, chunk)
}

/** JSONEachRow: whole rows, a line each. */
function rowsIn(text: string): readonly Row[] {
  return text.split('\n').flatMap(line => (line === '' ? [] : [JSON.parse(line) as Row])) // the engine's own JSON
}

/** `_row_number` of `file()` is right under parallel reading; the newline is not part of `line`, a carriage return is. */
function withChunk(text: string, chunk: StagedChunk | undefined): string {
  if (chunk === undefined) return text
  const relation = `(SELECT line, toUInt64(_row_number) AS row FROM file(${quoteLiteral(chunk.id)}, LineAsString, 'line String'))`
  return text.replaceAll('{{chunk}}', () => relation)
}

/** The engine says only that it could not connect. Who holds the directory is written in it; a dead owner holds nothing. */
function openingError(directory: string, ownerFile: string, cause: unknown): CountersealError {
  const owner = readOwner(ownerFile)
  if (owner !== undefined && isAlive(owner.pid))
    return new CountersealError('store/in-use', {
      message: `The event store at ${directory} is held by process ${owner.pid}, which opened it at ${owner.started_at}.`,
      cause,
    })
  return new CountersealError('store/in-use', {
    message: `The event store at ${directory} could not be opened: another process holds it, this user may not write there, or it is damaged.`,
    remedy: 'Stop the other process, check the permissions, or use another --data directory.',
    cause,
  })
}

function readOwner(path: string): { readonly pid: number; readonly started_at: string } | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as { pid: number; started_at: string } // written by us, shown only
  } catch {
    return undefined // no owner file: the message names nobody
  }
}
