import type { EventStore, KeptEventStore, QueryOptions, Row, Sql, StagedChunk } from '../../model/index.ts'
import type { Cluster } from './cluster.ts'
import {
  appliedOn,
  clusterProfile,
  clusterShards,
  createDatabases,
  migrateCluster,
  migrationTarget,
  shardDatabase,
} from './cluster.ts'
import { chunkSettings, insertSettings } from './insert-settings.ts'
import { migrateDatabase } from './migrate.ts'
import { ownRows } from './own-rows.ts'
import { shippedQuery } from './queries.ts'
import type { ServerNode } from './server-node.ts'
import { textBody } from './server-node.ts'
import { serverUpkeep } from './server-upkeep.ts'
import type { Statement } from './server-wire.ts'
import type { ServerChunk } from './staging.ts'
import { overChunk, stageOnServer, sweepStaged } from './staging.ts'

/** A token is honoured also where the server's own settings say otherwise. */
const deduplicate = "deduplicate_insert = 'enable', deduplicate_insert_select = 'enable_even_for_bad_queries'"

export type ServerStoreContext = {
  /** Asked for everything. */
  readonly node: ServerNode
  readonly version: string
  /** All that were opened, this one among them; each is closed with the store. */
  readonly nodes: readonly ServerNode[]
  readonly database: string
  readonly cluster: Cluster | undefined
  /** Settings of a query that may answer in part. */
  readonly partial: Readonly<Record<string, string | number>>
}

/** The event store on servers that were reached. */
export function serverStore({ node, version, nodes, database, cluster, partial }: ServerStoreContext): KeptEventStore {
  const profile = cluster === undefined ? {} : clusterProfile
  const local = cluster === undefined ? database : shardDatabase(database)
  const chunks = new Map<StagedChunk, ServerChunk>()
  let swept = false

  const staged = (chunk: StagedChunk | undefined) => (chunk === undefined ? undefined : chunks.get(chunk))
  const statement = (sql: Sql, { params, signal }: QueryOptions, chunk: ServerChunk | undefined): Statement => ({
    name: sql.name,
    text: chunk === undefined ? sql.text : sql.text.replaceAll('{{chunk}}', () => chunk.relation()),
    ...(params === undefined ? {} : { params }),
    ...(signal === undefined ? {} : { signal }),
  })

  const store: EventStore = {
    async migrate() {
      if (cluster !== undefined) return await migrateCluster(node, cluster)
      await createDatabases(node, [local])
      return await migrateDatabase(migrationTarget(node, local))
    },

    async stageChunk(path) {
      if (!swept) await sweepStaged(node)
      swept = true
      const chunk = await stageOnServer(node, path)
      const given: StagedChunk = {
        id: chunk.id,
        release: async () => {
          chunks.delete(given)
          await chunk.release()
        },
      }
      chunks.set(given, chunk)
      return given
    },

    async insert(named, options) {
      const sql = typeof named === 'string' ? shippedQuery(named) : named
      const chunk = staged(options.chunk)
      const text = `${sql.text}\nSETTINGS ${insertSettings(options.token)}, ${deduplicate}`
      await overChunk(chunk, () =>
        node.run({ ...statement({ name: sql.name, text }, options, chunk), settings: profile }),
      )
    },

    async *query(named, options = {}) {
      const sql = typeof named === 'string' ? shippedQuery(named) : named
      const chunk = staged(options.chunk)
      const text = chunk === undefined ? sql.text : `${sql.text}\nSETTINGS ${chunkSettings}`
      const rows = await overChunk(chunk, async () => {
        const started = node.rows({
          ...statement({ name: sql.name, text }, options, chunk),
          settings: { ...profile, ...partial },
        })
        return { started, first: await started.next() }
      })
      try {
        if (rows.first.done !== true) yield rows.first.value
        yield* rows.started
      } finally {
        await rows.started.return(undefined)
      }
    },

    async rows(sql, options) {
      const all: Row[] = []
      for await (const row of store.query(sql, options)) all.push(row)
      return all
    },

    async append(table, rows, token) {
      const own = ownRows(table, rows, `${insertSettings(token)}, ${deduplicate}`)
      if (own === undefined) return
      await node.run({ name: `append/${table}`, text: own.statement, body: textBody(own.lines), settings: profile })
    },

    async settle() {
      // A server merges as long as it runs.
    },

    async describe() {
      return {
        engine: 'clickhouse',
        version,
        location: node.location,
        migrations: [...(await appliedOn(node, local)).keys()],
        shards:
          cluster === undefined ? [{ location: node.location, answers: true }] : await clusterShards(node, cluster),
      }
    },

    async close() {
      await Promise.all(nodes.map(each => each.close()))
    },
  }
  return { ...store, upkeep: serverUpkeep({ store, coordinator: node, nodes, localDatabase: local, profile }) }
}
