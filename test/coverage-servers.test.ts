import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { noNodes, startClickHouseCluster } from './clickhouse-node.ts'
import { counterseal, engineInstalled, noEngine } from './run-cli.ts'

/** That a cluster says what the embedded store says. */

const onServers = () => {
  it('a cluster of two shards says of the examples what the embedded store says', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'counterseal-coverage-servers-'))
    const cluster = await startClickHouseCluster(2)
    try {
      const env = {
        COUNTERSEAL_CLICKHOUSE_URL: cluster.nodes.map(({ url }) => url).join(','),
        COUNTERSEAL_CLICKHOUSE_USER: cluster.nodes[0]?.user ?? '',
        COUNTERSEAL_CLICKHOUSE_PASSWORD: cluster.nodes[0]?.password ?? '',
        COUNTERSEAL_CLICKHOUSE_CLUSTER: cluster.name,
      }
      const told = (name: string, more: Record<string, string>) => {
        const data = join(directory, name)
        expect(counterseal(['ingest', 'examples', '--data', data], { env: more }).status).toBe(0)
        const { status, stdout, stderr } = counterseal(['coverage', '--json', '--data', data], { env: more })
        expect(status, stderr).toBe(0)
        return stdout
      }
      const embedded = told('embedded', {})
      expect(embedded).toContain('"type":"class"')
      expect(told('cluster', env)).toBe(embedded)
    } finally {
      await cluster.stop()
      await rm(directory, { recursive: true, force: true })
    }
  }, 180_000)
}

if (engineInstalled && noNodes === undefined) describe('coverage on servers', onServers)
else describe('coverage on servers', () => it('needs nodes', context => context.skip(noNodes ?? noEngine)))
