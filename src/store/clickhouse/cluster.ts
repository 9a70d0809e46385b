import { createHash } from 'node:crypto'
import { assert, CountersealError } from '../../base/index.ts'
import type { Shard } from '../../model/index.ts'
import type { MigrationTarget } from './migrate.ts'
import { appliedTo, migrateDatabase } from './migrate.ts'
import { loadMigrations, pendingMigrations } from './migrations.ts'
import { quoteLiteral } from './param.ts'
import type { ServerNode } from './server-node.ts'
import { checkServerVersion } from './server-version.ts'
import { localTables, shardingKeys } from './sharding.ts'

/**
 * A cluster: every node keeps its share of the rows in local tables of the database `<database>_shard`, made by the same
 * migrations as anywhere; in `<database>` every node has Distributed tables of the same names over all of them, so every
 * query runs unchanged on any node. Nothing is replicated, and there is no `ON CLUSTER`: each node is migrated by itself.
 */
export type Cluster = {
  readonly name: string
  /** Of the Distributed tables. */
  readonly database: string
  /** One per address given, in that order. */
  readonly nodes: readonly ServerNode[]
  readonly allowPartial: boolean
}

/** The database of the local tables. */
export const shardDatabase = (database: string): string => `${database}_shard`

/**
 * With these every query runs unchanged (architecture.md, recipe 7): `IN` and `JOIN` between distributed tables ask all
 * shards, those with a staged chunk, which is on one node alone, send it to them; an insertion is on all shards when it is answered, and is divided by the node that was asked alone.
 */
export const clusterProfile = {
  distributed_product_mode: 'global',
  prefer_global_in_and_join: 1,
  distributed_foreground_insert: 1,
  parallel_distributed_insert_select: 0,
} as const

/**
 * Settings of a query that may answer in part: a shard that cannot be reached is left out. One that lacks a table is not,
 * where the server can tell the two apart.
 */
export async function partialProfile(node: ServerNode): Promise<Readonly<Record<string, string | number>>> {
  const text = "SELECT name FROM system.settings WHERE name = 'skip_unavailable_shards_mode'"
  const modes = await node.all({ name: 'open', text, database: '' })
  return { skip_unavailable_shards: 1, ...(modes.length > 0 ? { skip_unavailable_shards_mode: 'unavailable' } : {}) }
}

/** What a node is, as asked through another one and as asked directly. */
const identity = "concat(hostName(), ':', toString(tcpPort()), ' ', toString(serverUUID()))"

/** Throws `usage/bad-argument` when the node knows no such cluster. */
export async function clusterHosts(node: ServerNode, name: string): Promise<readonly (readonly string[])[]> {
  const text = `SELECT groupArray(concat(host_name, ':', toString(port))) AS hosts
FROM (SELECT host_name, port, shard_num FROM system.clusters WHERE cluster = {name:String} ORDER BY shard_num, replica_num)
GROUP BY shard_num ORDER BY shard_num`
  const rows = await node.all({ name: 'cluster', text, params: { name }, database: '' })
  if (rows.length === 0)
    throw new CountersealError('usage/bad-argument', {
      message: `The ClickHouse server at ${node.location} knows no cluster ${JSON.stringify(name)}.`,
      remedy: 'Name one of its system.clusters.',
    })
  return rows.map(row => (Array.isArray(row.hosts) ? row.hosts.map(String) : []))
}

/** Every shard by its address, and whether the coordinating node gets an answer from it. Throws `store/shard-missing` unless partial answers are allowed. */
export async function clusterShards(coordinator: ServerNode, cluster: Cluster): Promise<readonly Shard[]> {
  const hosts = await clusterHosts(coordinator, cluster.name)
  const rows = await coordinator.all({
    name: 'describe',
    text: `SELECT DISTINCT toUInt32(_shard_num) AS shard FROM cluster(${quoteLiteral(cluster.name)}, system.one)`,
    settings: { skip_unavailable_shards: cluster.allowPartial ? 1 : 0 },
  })
  const answering = new Set(rows.map(row => Number(row.shard)))
  return hosts.map((replicas, index) => ({ location: replicas.join(', '), answers: answering.has(index + 1) }))
}

/** Brings every node to this build's schema. Returns what was applied anywhere, in order. */
export async function migrateCluster(coordinator: ServerNode, cluster: Cluster): Promise<readonly string[]> {
  const reachable = await reachableNodes(cluster)
  if (reachable.length === cluster.nodes.length) await checkEveryHostHasAddress(coordinator, cluster)
  const applied = new Set<string>()
  for (const node of reachable) {
    await createDatabases(node, [cluster.database, shardDatabase(cluster.database)])
    for (const name of await migrateDatabase(migrationTarget(node, shardDatabase(cluster.database)))) applied.add(name)
    await spreadTables(node, cluster)
  }
  return [...applied].sort()
}

/** One database of one node, as migrating sees it. */
export function migrationTarget(node: ServerNode, database: string): MigrationTarget {
  return {
    location: node.location,
    rows: (name, text) => node.all({ name, text, database }),
    run: (name, text, params = {}) => node.run({ name, text, params, database }),
  }
}

/** Asks before it makes one: a user without the right to make databases can work in one that is there. */
export async function createDatabases(node: ServerNode, databases: readonly string[]): Promise<void> {
  const text = 'SELECT name FROM system.databases WHERE name IN {databases:Array(String)}'
  const rows = await node.all({ name: 'migrate', text, params: { databases }, database: '' })
  const known = new Set(rows.map(row => row.name))
  for (const database of databases)
    if (!known.has(database))
      await node.run({ name: 'migrate', text: `CREATE DATABASE IF NOT EXISTS ${database}`, database: '' })
}

/** All of them; or, where partial answers are allowed and no node waits for a migration, those that answer. */
async function reachableNodes(cluster: Cluster): Promise<readonly ServerNode[]> {
  const reachable: ServerNode[] = []
  let missing: { readonly node: ServerNode; readonly cause: CountersealError } | undefined
  let pending = 0
  for (const node of cluster.nodes) {
    try {
      pending += await pendingOn(node, cluster)
      reachable.push(node)
    } catch (cause) {
      if (!(cause instanceof CountersealError) || cause.code !== 'store/unreachable') throw cause
      missing ??= { node, cause }
    }
  }
  if (missing === undefined) return reachable
  if (cluster.allowPartial && pending === 0) return reachable
  const why = cluster.allowPartial ? ': the schema is brought to every node, or to none' : ''
  throw new CountersealError('store/shard-missing', {
    message: `The node at ${missing.node.location} of cluster ${cluster.name} does not answer${why}. ${missing.cause.message}`,
    cause: missing.cause,
  })
}

async function pendingOn(node: ServerNode, cluster: Cluster): Promise<number> {
  const [row] = await node.all({ name: 'migrate', text: 'SELECT version() AS version', database: '' })
  checkServerVersion(String(row?.version), node.location)
  const applied = await appliedOn(node, shardDatabase(cluster.database))
  return pendingMigrations(loadMigrations(), applied, node.location).length
}

/** Hash by name of the migrations a database of a node has seen; empty also where there is no such database. */
export async function appliedOn(node: ServerNode, database: string): Promise<ReadonlyMap<string, string>> {
  const text = 'SELECT count() AS n FROM system.databases WHERE name = {database:String}'
  const [row] = await node.all({ name: 'migrate', text, params: { database }, database: '' })
  return Number(row?.n) === 0 ? new Map() : await appliedTo(migrationTarget(node, database))
}

/** A node that was not given by address would stay without tables, and every query would fail on it. */
async function checkEveryHostHasAddress(coordinator: ServerNode, cluster: Cluster): Promise<void> {
  const given = new Set<string>()
  for (const node of cluster.nodes) {
    const [row] = await node.all({ name: 'migrate', text: `SELECT ${identity} AS identity`, database: '' })
    given.add(String(row?.identity))
  }
  const text = `SELECT toUInt32(_shard_num) AS shard, ${identity} AS identity FROM clusterAllReplicas(${quoteLiteral(cluster.name)}, system.one) ORDER BY shard, identity`
  const rows = await coordinator.all({ name: 'migrate', text, database: '' })
  const missing = rows.filter(row => !given.has(String(row.identity)))
  if (missing.length === 0) return
  const hosts = await clusterHosts(coordinator, cluster.name)
  const names = missing
    .map(({ shard, identity }) => {
      const known = hosts[Number(shard) - 1]?.join(', ')
      return `shard ${Number(shard)} at ${known}, which calls itself ${String(identity).split(' ')[0]}`
    })
    .join('; ')
  throw new CountersealError('usage/bad-argument', {
    message: `Cluster ${cluster.name} has a node of which no address was given: ${names}.`,
    remedy: 'Name the http address of every node of the cluster: each must be brought to the schema by itself.',
  })
}

/** Makes the Distributed tables of a node like its local ones, and makes anew those that a migration has changed. */
async function spreadTables(node: ServerNode, { name: cluster, database }: Cluster): Promise<void> {
  const local = shardDatabase(database)
  const text = `SELECT table, toString(groupArray((name, type, default_kind, default_expression))) AS columns
FROM (SELECT table, name, type, default_kind, default_expression FROM system.columns WHERE database = {local:String} ORDER BY table, position)
GROUP BY table ORDER BY table`
  const known = 'SELECT name, comment FROM system.tables WHERE database = {database:String}'
  const spread = new Map(
    (await node.all({ name: 'migrate', text: known, params: { database } })).map(row => [row.name, row.comment]),
  )
  for (const row of await node.all({ name: 'migrate', text, params: { local } })) {
    const table = String(row.table)
    if (localTables.has(table)) continue
    const key = shardingKeys[table]
    assert(key !== undefined, `sharding.ts does not say on which shard a row of ${table} lives`)
    const engine = `Distributed(${quoteLiteral(cluster)}, ${local}, ${table}, ${key})`
    // The comment tells whether the table is the one we would make now.
    const comment = createHash('sha256')
      .update(`${engine}\n${String(row.columns)}`)
      .digest('hex')
    if (spread.get(table) === comment) continue
    const create = `CREATE OR REPLACE TABLE ${table} AS ${local}.${table} ENGINE = ${engine} COMMENT '${comment}'`
    await node.run({ name: `migrate/${table}`, text: create })
  }
}
