import { CountersealError } from '../../base/index.ts'
import type { KeptEventStore } from '../../model/index.ts'
import { clusterHosts, partialProfile } from './cluster.ts'
import type { ServerNode } from './server-node.ts'
import type { ClickHouseOptions } from './server-options.ts'
import { serverSettings } from './server-options.ts'
import { checkServerVersion } from './server-version.ts'

/**
 * Opens the event store on a ClickHouse server, or on a cluster of them, over HTTP. Any number of statements run at once.
 * Throws `usage/bad-argument`, `store/unreachable`, `store/refused`, `store/read-only`, `store/wrong-version`.
 */
export async function openClickHouseEventStore(options: ClickHouseOptions): Promise<KeptEventStore> {
  const settings = serverSettings(options)
  const { database, allowPartial, cluster: name } = settings
  // The client takes 75 ms to load, and who keeps events in a directory has no use for it.
  const [{ ServerNode }, { serverStore }] = await Promise.all([import('./server-node.ts'), import('./server-store.ts')])
  const nodes = settings.urls.map(url => new ServerNode(url, settings))
  try {
    const { node, version } = await coordinatorOf(nodes)
    const cluster = name === undefined ? undefined : { name, database, nodes, allowPartial }
    if (cluster !== undefined) await clusterHosts(node, cluster.name)
    const partial = cluster !== undefined && allowPartial ? await partialProfile(node) : {}
    return serverStore({ node, version, nodes, database, cluster, partial })
  } catch (cause) {
    await Promise.all(nodes.map(node => node.close()))
    throw cause
  }
}

/** The first node that answers, and its version. When none does, throws what the first one said. */
async function coordinatorOf(
  nodes: readonly ServerNode[],
): Promise<{ readonly node: ServerNode; readonly version: string }> {
  let first: unknown
  for (const node of nodes) {
    try {
      return { node, version: await versionOf(node) }
    } catch (cause) {
      if (!(cause instanceof CountersealError) || cause.code !== 'store/unreachable') throw cause
      first ??= cause
    }
  }
  throw first
}

async function versionOf(node: ServerNode): Promise<string> {
  const [row] = await node.all({ name: 'open', text: 'SELECT version() AS version', database: '', tries: 'one' })
  const version = String(row?.version)
  checkServerVersion(version, node.location)
  return version
}
