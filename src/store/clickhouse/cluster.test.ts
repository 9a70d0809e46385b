import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { ClickHouseCluster, ClickHouseNode } from '../../../test/clickhouse-node.ts'
import { noNodes, startClickHouseCluster } from '../../../test/clickhouse-node.ts'
import { startFaultyWire } from '../../../test/faulty-wire.ts'
import type { EventStore } from '../../model/index.ts'
import { rowsOf } from '../../model/index.ts'
import { eventStoreContract } from './event-store.contract.ts'
import { openClickHouseEventStore } from './server.ts'
import type { ClickHouseOptions } from './server-options.ts'
import { localTables, shardingKeys } from './sharding.ts'

const suite = () => {
  let cluster: ClickHouseCluster
  let root: string
  let databases = 0
  /** Of the shards, as the nodes know each other. */
  let addresses: readonly string[]
  beforeAll(async () => {
    cluster = await startClickHouseCluster(2)
    const known = `SELECT concat(host_name, ':', toString(port)) FROM system.clusters WHERE cluster = '${cluster.name}' ORDER BY shard_num`
    addresses = (await nodeAt(0).query(known)).trim().split('\n')
    root = await mkdtemp(join(tmpdir(), 'counterseal-cluster-'))
  })
  afterAll(async () => {
    await cluster.stop()
    await rm(root, { recursive: true, force: true })
  })

  const nodeAt = (index: number): ClickHouseNode => {
    const node = cluster.nodes[index]
    if (node === undefined) throw new Error(`the cluster has no node ${index}`)
    return node
  }
  const options = (more: Partial<ClickHouseOptions> = {}): ClickHouseOptions => {
    databases += 1
    const { user, password } = nodeAt(0)
    const urls = cluster.nodes.map(({ url }) => url)
    return { urls, user, password, cluster: cluster.name, database: `test_${databases}`, ...more }
  }

  eventStoreContract('a cluster', async () => {
    const directory = join(root, 'contract')
    await mkdir(directory)
    const wire = await startFaultyWire(nodeAt(0).url)
    const store = await openClickHouseEventStore(options({ urls: [wire.url, nodeAt(1).url] }))
    return { store, directory, wire, cleanUp: () => wire.stop() }
  })

  const select = async (store: EventStore, text: string) => await rowsOf(store, { name: 'test', text })
  const count = 'SELECT count() AS rows, uniqExact(evidence_id) AS ids FROM malformed'

  /** Inserts 1,000 lines, each a piece of evidence by itself, so that both shards get some. */
  async function insertSpread(store: EventStore): Promise<void> {
    const path = join(root, 'spread')
    await writeFile(path, Array.from({ length: 1_000 }, (_, n) => `${n}\n`).join(''))
    const chunk = await store.stageChunk(path)
    const text = 'INSERT INTO malformed (evidence_id, record_number) SELECT line, row FROM {{chunk}}'
    await store.insert({ name: 'spread', text }, { chunk, token: 'spread' }).finally(() => chunk.release())
  }

  describe('the event store on a cluster', () => {
    let opened: EventStore[] = []
    const open = async (options: ClickHouseOptions) => {
      const store = await openClickHouseEventStore(options)
      opened.push(store)
      return store
    }
    afterEach(async () => {
      await Promise.all(opened.map(store => store.close()))
      opened = []
      await cluster.revive()
    })

    it('divides rows among the shards, and says where each is', async () => {
      const store = await open(options())
      await store.migrate()
      await insertSpread(store)
      const local = 'SELECT _shard_num AS shard, count() AS rows FROM malformed GROUP BY shard ORDER BY shard'
      const rows = await select(store, local)
      expect(rows.map(row => row.shard)).toEqual([1, 2])
      for (const row of rows) expect(row.rows).toBeGreaterThan(300)
      const { shards } = await store.describe()
      expect(shards).toEqual(addresses.map(location => ({ location, answers: true })))
    })

    it('every table has a line that says where its rows live, and the rows of a certificate live together', async () => {
      const given = options()
      const store = await open(given)
      await store.migrate()
      const tables = await select(store, `SELECT name FROM system.tables WHERE database = '${given.database}_shard'`)
      const expected = [...Object.keys(shardingKeys), ...localTables].sort()
      expect(tables.map(row => row.name).sort()).toEqual(expected)
      const path = join(root, 'certificates')
      await writeFile(path, Array.from({ length: 200 }, (_, n) => `${n % 20}\n`).join(''))
      const chunk = await store.stageChunk(path)
      const text = `INSERT INTO certificate_sighting (event_uid, certificate_sha256) SELECT toFixedString(substring(SHA256(toString(row)), 1, 16), 16), toFixedString(SHA256(line), 32) FROM {{chunk}}`
      await store.insert({ name: 'certificates', text }, { chunk, token: 'certificates' })
      const together = `SELECT count() AS certificates, max(shards) AS most, uniqExactArray(numbers) AS used
FROM (SELECT certificate_sha256, uniqExact(_shard_num) AS shards, groupUniqArray(_shard_num) AS numbers FROM certificate_sighting GROUP BY certificate_sha256)`
      expect(await select(store, together)).toEqual([{ certificates: 20, most: 1, used: 2 }])
    })

    it('two that migrate at once come to one schema, and again changes nothing', async () => {
      const given = options()
      const [one, other] = [await open(given), await open(given)]
      await Promise.all([one.migrate(), other.migrate()])
      const made = `SELECT name, uuid FROM system.tables WHERE database = '${given.database}' ORDER BY name`
      const before = await select(one, made)
      expect(before).toHaveLength(Object.keys(shardingKeys).length)
      expect(await other.migrate()).toEqual([])
      expect(await select(one, made)).toEqual(before)
    })

    it('a table that a migration changes is changed everywhere', async () => {
      const given = options()
      const store = await open(given)
      await store.migrate()
      for (const node of cluster.nodes)
        await node.query(`ALTER TABLE ${given.database}_shard.malformed ADD COLUMN later String DEFAULT 'x'`)
      await store.migrate()
      await insertSpread(store)
      expect(await select(store, 'SELECT later, count() AS rows FROM malformed GROUP BY later')).toEqual([
        { later: 'x', rows: 1_000 },
      ])
    })

    it('a node whose address is missing is named', async () => {
      const store = await open(options({ urls: [nodeAt(0).url] }))
      await expect(store.migrate()).rejects.toMatchObject({
        code: 'usage/bad-argument',
        message: expect.stringContaining(`shard 2 at ${addresses[1]}, which calls itself`),
      })
    })

    it('a cluster that the server does not know is a wrong argument', async () => {
      await expect(openClickHouseEventStore(options({ cluster: 'nowhere' }))).rejects.toMatchObject({
        code: 'usage/bad-argument',
        message: expect.stringContaining('"nowhere"'),
      })
    })

    it('a shard that is gone is named, for a query, an insertion, a description and a migration', async () => {
      const given = options({ retryForMs: 1_000 })
      const store = await open(given)
      await store.migrate()
      await nodeAt(1).kill()
      const missing = {
        code: 'store/shard-missing',
        message: expect.stringContaining(String(addresses[1])),
      }
      await expect(select(store, count)).rejects.toMatchObject(missing)
      await expect(insertSpread(store)).rejects.toMatchObject(missing)
      const rows = Array.from({ length: 20 }, (_, n) => ({ evidence_id: `own ${n}` }))
      await expect(store.append('malformed', rows, 'own')).rejects.toMatchObject(missing)
      await expect(store.describe()).rejects.toMatchObject(missing)
      await expect(store.migrate()).rejects.toMatchObject({
        code: 'store/shard-missing',
        message: expect.stringContaining(nodeAt(1).url),
      })
    })

    it('a shard that goes while it is asked is named', async () => {
      const store = await open(options({ retryForMs: 1_000 }))
      await store.migrate()
      await insertSpread(store)
      const slow =
        "SELECT count() AS n FROM malformed WHERE sleepEachRow(0.1) = 0 SETTINGS max_block_size = 20, log_comment = 'slow'"
      const asking = select(store, slow)
      asking.catch(() => undefined) // it may fail before it is looked at
      const running =
        "SELECT count() FROM system.processes WHERE query LIKE '%sleepEachRow(0.1)%' AND query NOT LIKE '%processes%'"
      while ((await nodeAt(1).query(running)) === '0\n');
      await nodeAt(1).kill()
      await expect(asking).rejects.toMatchObject({
        code: 'store/shard-missing',
        message: expect.stringContaining(String(addresses[1])),
      })
    })

    it('an insertion that a missing shard stopped is completed by its repetition, and nothing doubles', async () => {
      const store = await open(options())
      await store.migrate()
      await nodeAt(1).kill()
      await expect(insertSpread(store)).rejects.toMatchObject({ code: 'store/shard-missing' })
      await cluster.revive()
      for (let repetition = 0; repetition < 2; repetition += 1) await insertSpread(store)
      expect(await select(store, count)).toEqual([{ rows: 1_000, ids: 1_000 }])
    })

    it('partial answers come where they are asked for, and say what is missing; nothing is stored in part', async () => {
      const given = options({ allowPartial: true, retryForMs: 1_000 })
      const store = await open(given)
      await store.migrate()
      await insertSpread(store)
      await nodeAt(1).kill()
      const [answer] = await select(store, count)
      expect(Number(answer?.rows)).toBeGreaterThan(300)
      expect(Number(answer?.rows)).toBeLessThan(700)
      expect((await store.describe()).shards).toEqual([
        { location: addresses[0], answers: true },
        { location: addresses[1], answers: false },
      ])
      const rows = Array.from({ length: 20 }, (_, n) => ({ evidence_id: `own ${n}` }))
      await expect(store.append('malformed', rows, 'own')).rejects.toMatchObject({ code: 'store/shard-missing' })
      expect(await store.migrate()).toEqual([])
    })

    it('opens through another node when the first does not answer, where partial answers are allowed', async () => {
      const given = options({ allowPartial: true, retryForMs: 1_000 })
      const before = await open(given)
      await before.migrate()
      await nodeAt(0).kill()
      const store = await open(given)
      expect(await store.migrate()).toEqual([])
      expect((await store.describe()).shards.map(({ answers }) => answers)).toEqual([false, true])
    })

    it('a schema is never brought to some of the nodes', async () => {
      const given = options({ allowPartial: true, retryForMs: 1_000 })
      await nodeAt(1).kill()
      const store = await open(given)
      await expect(store.migrate()).rejects.toMatchObject({ code: 'store/shard-missing' })
      expect(
        await nodeAt(0).query(`SELECT count() FROM system.databases WHERE startsWith(name, '${given.database}')`),
      ).toBe('0\n')
    })
  })
}

if (noNodes === undefined) suite()
else describe('an event store on a cluster', () => it('keeps the contract', context => context.skip(noNodes)))
