import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ClickHouseCluster, ClickHouseNode } from './clickhouse-node.ts'
import { noNodes, startClickHouseCluster, startClickHouseNode } from './clickhouse-node.ts'
import { postgresPrograms, startPostgres } from './postgres-server.ts'
import type { CliResult } from './run-cli.ts'
import { counterseal, engineInstalled, noEngine } from './run-cli.ts'

/** The example hunt says the same wherever the stores are, and says so when a part of them does not answer. */

const suite = () => {
  let root: string
  let embedded: CliResult
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'counterseal-servers-'))
    embedded = hunt(['examples'], 'embedded')
    expect(embedded.status).toBe(0)
  })
  afterAll(() => rm(root, { recursive: true, force: true }))

  const hunt = (
    paths: readonly string[],
    name: string,
    env: Record<string, string> = {},
    more: readonly string[] = [],
  ) => counterseal(['hunt', ...paths, '--json', '--data', join(root, name), ...more], { env })

  const contain = (name: string, env: Record<string, string>) =>
    counterseal(
      [
        'contain',
        'crt.sh',
        '198.51.100.0/24',
        '--reference',
        'C',
        '--because',
        'x',
        '--json',
        '--data',
        join(root, name),
      ],
      { env },
    )

  it('a server: findings, answers and accounts are those of the embedded store, and a second hunt adds nothing', async () => {
    const node = await startClickHouseNode()
    try {
      const env = environmentOf([node])
      const there = hunt(['examples'], 'server', env)
      expect(there.stderr).toBe(embedded.stderr)
      expect(told(there)).toEqual(told(embedded))
      const again = hunt(['examples'], 'server', env)
      expect(ofType(again, 'finding')).toEqual(ofType(embedded, 'finding'))
      expect(told(again).filter(({ type }) => type === 'answer')).toEqual(
        told(embedded).filter(({ type }) => type === 'answer'),
      )
      const [finding] = ofType(there, 'finding')
      const [first] = (finding?.evidence ?? []) as { event_uid: string }[]
      const shown = counterseal(['evidence', first?.event_uid ?? '', '--data', join(root, 'server')], { env })
      expect(shown.status, shown.stderr).toBe(0)
    } finally {
      await node.stop()
    }
  })

  it('a cluster of two shards: the same; without one shard an error, or on request a partial answer that is marked', async () => {
    const cluster = await startClickHouseCluster(2)
    try {
      const env = environmentOf(cluster.nodes, cluster)
      expect(told(hunt(['examples'], 'cluster', env))).toEqual(told(embedded))
      const perShard = await Promise.all(
        cluster.nodes.map(node => node.query('SELECT count() FROM counterseal_shard.network_flow')),
      )
      for (const rows of perShard) expect(Number(rows)).toBeGreaterThan(100)
      const trial = (name: string, more: Record<string, string>) =>
        ofType(contain(name, more), 'block_trial').map(one => JSON.stringify(one))
      expect(trial('cluster', env)).toEqual(trial('embedded', {}))
      expect(trial('cluster', env).length).toBeGreaterThan(4)

      await cluster.nodes[1]?.kill()
      const refused = hunt([], 'cluster', env)
      expect(refused.status).toBe(3)
      expect(refused.stderr).toMatch(
        new RegExp(`127\\.0\\.0\\.1:${cluster.nodes[1]?.httpPort}|127\\.0\\.0\\.1:${cluster.nodes[1]?.tcpPort}`),
      )
      expect(refused.stderr).toMatch(/--allow-partial/)

      const partial = hunt([], 'cluster', env, ['--allow-partial'])
      expect(partial.status, partial.stderr).toBe(0)
      for (const answer of ofType(partial, 'answer')) {
        expect(answer.absent).toHaveLength(1)
        expect(answer.answer).not.toBe('quiet')
      }
      for (const { blind } of ofType(partial, 'finding'))
        expect(blind).toContainEqual(expect.objectContaining({ why: expect.stringMatching(/did not answer/) }))

      await cluster.revive()
      expect(ofType(hunt([], 'cluster', env), 'finding')).toEqual(ofType(embedded, 'finding'))
    } finally {
      await cluster.stop()
    }
  })

  it('cases on PostgreSQL: the same findings', async context => {
    const programs = postgresPrograms()
    if ('missing' in programs) return context.skip(programs.missing)
    const server = await startPostgres()
    try {
      const env = { COUNTERSEAL_POSTGRES_URL: server.url }
      const there = hunt(['examples'], 'postgres', env)
      expect(told(there)).toEqual(told(embedded))
      const [row] = await server.run('SELECT count(*)::int AS findings FROM counterseal.finding')
      expect(row?.findings).toBe(ofType(embedded, 'finding').length)
    } finally {
      await server.stop()
    }
  })
}

/** Certificates in files are seen when they are read: that time, and no other, may differ. */
function told({ records }: CliResult): readonly Record<string, unknown>[] {
  const text = JSON.stringify(records).replaceAll(
    /"20\d\d-[^"]*Z"/g,
    time => (Date.parse(JSON.parse(time) as string) >= started ? '"when it was read"' : time), // a quoted text
  )
  return JSON.parse(text) as readonly Record<string, unknown>[]
}

const started = Date.now()

function ofType({ records }: CliResult, type: string): readonly Record<string, unknown>[] {
  return records.filter(record => record.type === type)
}

function environmentOf(nodes: readonly ClickHouseNode[], cluster?: ClickHouseCluster): Record<string, string> {
  const [node] = nodes
  return {
    COUNTERSEAL_CLICKHOUSE_URL: nodes.map(({ url }) => url).join(','),
    COUNTERSEAL_CLICKHOUSE_USER: node?.user ?? '',
    COUNTERSEAL_CLICKHOUSE_PASSWORD: node?.password ?? '',
    ...(cluster === undefined ? {} : { COUNTERSEAL_CLICKHOUSE_CLUSTER: cluster.name }),
  }
}

describe('the example hunt on servers', () => {
  if (engineInstalled && noNodes === undefined) suite()
  else it('is the same', context => context.skip(noNodes ?? noEngine))
})
