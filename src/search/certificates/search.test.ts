import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'vitest'
import { noNodes, startClickHouseCluster } from '../../../test/clickhouse-node.ts'
import { engineInstalled, noEngine } from '../../../test/run-cli.ts'
import { searchContract } from './search.contract.ts'

if (engineInstalled)
  searchContract(
    'the embedded engine',
    async () => {
      const { openChdbEventStore } = await import('../../store/clickhouse/index.ts')
      const root = await mkdtemp(join(tmpdir(), 'counterseal-search-'))
      const directory = join(root, 'chunks')
      await mkdir(directory)
      const store = await openChdbEventStore(join(root, 'events'))
      return { store, directory, cleanUp: () => rm(root, { recursive: true, force: true }) }
    },
    120,
  )
else describe('searching certificates on the embedded engine', () => it('finds', context => context.skip(noEngine)))

if (noNodes === undefined)
  searchContract(
    'a cluster of two nodes',
    async () => {
      const { openClickHouseEventStore } = await import('../../store/clickhouse/index.ts')
      const cluster = await startClickHouseCluster(2)
      const directory = await mkdtemp(join(tmpdir(), 'counterseal-search-'))
      const [node] = cluster.nodes
      const account = { user: node?.user ?? '', password: node?.password ?? '' }
      const urls = cluster.nodes.map(({ url }) => url)
      const store = await openClickHouseEventStore({ urls, ...account, cluster: cluster.name, database: 'search' })
      const cleanUp = async () => {
        await cluster.stop()
        await rm(directory, { recursive: true, force: true })
      }
      return { store, directory, cleanUp }
    },
    30,
  )
else describe('searching certificates on a cluster', () => it('finds', context => context.skip(noNodes)))
