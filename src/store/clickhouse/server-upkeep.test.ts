import { existsSync } from 'node:fs'
import { copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ClickHouseCluster } from '../../../test/clickhouse-node.ts'
import { noNodes, startClickHouseCluster } from '../../../test/clickhouse-node.ts'
import type { KeptEventStore } from '../../model/index.ts'
import { rowsOf } from '../../model/index.ts'
import { openChdbEventStore } from './chdb.ts'
import { openClickHouseEventStore } from './server.ts'

const evidence_id = 'e'.repeat(64)

/** 40 events, record n on day n of 2020, and a ledger whose last chunk of ten is only intended. */
async function fill(store: KeptEventStore, root: string): Promise<void> {
  await store.migrate()
  const path = join(root, 'chunk')
  await writeFile(path, Array.from({ length: 40 }, (_, n) => `${n}\n`).join(''))
  const chunk = await store.stageChunk(path)
  const text = `INSERT INTO dns_query (event_uid, record_key, evidence_id, record_number, ingest_sequence, source, event_time, source_ip, source_port, dns_question_name, dns_answers, extra)
SELECT substring(SHA256(line), 1, 16), substring(SHA256(line), 1, 16), {evidence_id:String}, row, row, 'test', addDays(toDateTime64('2020-01-01 00:00:00', 6, 'UTC'), row),
  if(row % 2 = 0, NULL, toIPv6('2001:db8::1')), if(row % 2 = 0, NULL, 53), concat(line, '.example'), if(row % 3 = 0, [line, ''], []), map('', line, 'b', '\\0\\t') FROM {{chunk}}`
  await store.insert({ name: 'test', text }, { chunk, token: 'dns', params: { evidence_id } })
  await chunk.release()
  for (const number of [0, 1, 2, 3])
    for (const state of number === 3 ? ['intended'] : ['intended', 'done']) {
      const place = { evidence_id, byte_offset: number * 100, byte_end: number * 100 + 100, prefix_sha256: `${number}` }
      const records = { first_record: number * 10, records: 10, sequence: number * 10, state }
      const counts = { stored: 10, malformed: 0, ignored: 0, ignored_because: {}, written_at: new Date().toISOString() }
      await store.append('evidence_chunk', [{ ...place, ...records, ...counts }], `${state}/${number}`)
    }
}

const suite = () => {
  let cluster: ClickHouseCluster
  let root: string
  let databases = 0
  const opened: KeptEventStore[] = []
  beforeAll(async () => {
    cluster = await startClickHouseCluster(2)
    root = await mkdtemp(join(tmpdir(), 'counterseal-upkeep-'))
  })
  afterAll(async () => {
    await Promise.all(opened.map(store => store.close()))
    await cluster.stop()
    await rm(root, { recursive: true, force: true })
  })

  const open = async (where: 'chdb' | 'server' | 'cluster'): Promise<KeptEventStore> => {
    databases += 1
    const { user = '', password = '' } = cluster.nodes[0] ?? {}
    const urls = cluster.nodes.map(({ url }) => url)
    const account = { user, password, database: `upkeep_${databases}` }
    const store =
      where === 'chdb'
        ? await openChdbEventStore(join(root, `events-${databases}`))
        : where === 'server'
          ? await openClickHouseEventStore({ ...account, urls: urls.slice(0, 1) })
          : await openClickHouseEventStore({ ...account, urls, cluster: cluster.name })
    if (where !== 'chdb') opened.push(store)
    return store
  }
  /** The engine opens one directory per process at a time. */
  const withEmbedded = async (work: (store: KeptEventStore) => Promise<void>) => {
    const store = await open('chdb')
    await work(store).finally(() => store.close())
  }

  describe.each(['server', 'cluster'] as const)('upkeep of an event store on a %s', where => {
    let store: KeptEventStore
    beforeAll(async () => {
      store = await open(where)
      await fill(store, root)
    })

    it('sizes are those of all shards, and name neither staged chunks nor the list of migrations', async () => {
      const path = join(root, 'held')
      await writeFile(path, 'x\n')
      const chunk = await store.stageChunk(path)
      const sizes = await store.upkeep.sizes()
      await chunk.release()
      expect(sizes.map(({ table }) => table)).toEqual(expect.arrayContaining(['dns_query', 'evidence', 'intel_entry']))
      expect(sizes.filter(({ table }) => /^(staged_|schema_)/.test(table))).toEqual([])
      const dns = sizes.find(({ table }) => table === 'dns_query')
      expect(dns).toMatchObject({ rows: 40, parts: where === 'cluster' ? 2 : 1 })
      expect(dns?.bytes).toBeGreaterThan(1000)
    })

    it('a copy cut to a moment goes into an embedded store, a server and a cluster, and is the same in each', async () => {
      const moment = await store.upkeep.moment()
      expect(moment).toEqual({ sequence: 40, underWay: [[evidence_id, 30, 39]] })
      const path = join(root, `${where}.native.zst`)
      await store.upkeep.exportTable('dns_query', path, { moment })
      const digest = await store.upkeep.digest('dns_query', { moment })
      expect(digest.rows).toBe(30)
      const takesIt = async (other: KeptEventStore) => {
        await other.migrate()
        await other.upkeep.importTable('dns_query', path)
        expect(await other.upkeep.digest('dns_query')).toEqual(digest)
      }
      await withEmbedded(takesIt)
      await takesIt(await open('server'))
      await takesIt(await open('cluster'))
    })

    it('a copy made by the embedded store comes in as it was, also an empty one, and an empty one of ours there', async () => {
      const other = await open(where)
      await other.migrate()
      await withEmbedded(async embedded => {
        await fill(embedded, root)
        const path = join(root, `embedded-to-${where}.native.zst`)
        await embedded.upkeep.exportTable('dns_query', path)
        await other.upkeep.importTable('dns_query', path)
        expect(await other.upkeep.digest('dns_query')).toEqual(await embedded.upkeep.digest('dns_query'))
        const empty = join(root, `empty-to-${where}.native.zst`)
        await embedded.upkeep.exportTable('malformed', empty)
        await other.upkeep.importTable('malformed', empty)
        const own = join(root, `empty-of-${where}.native.zst`)
        await other.upkeep.exportTable('malformed', own)
        await embedded.upkeep.importTable('malformed', own)
        expect((await embedded.upkeep.digest('malformed')).rows).toBe(0)
      })
    })

    it('columns that a copy of an older schema lacks get their default', async () => {
      const given = await open(where)
      await given.migrate()
      const { database } =
        (await rowsOf(given, { name: 'test', text: 'SELECT currentDatabase() AS database' }))[0] ?? {}
      for (const node of where === 'cluster' ? cluster.nodes : cluster.nodes.slice(0, 1)) {
        const local = where === 'cluster' ? `${database}_shard` : database
        await node.query(
          `ALTER TABLE ${local}.dns_query ADD COLUMN later String DEFAULT concat('x', dns_question_name)`,
        )
      }
      await given.migrate()
      const path = join(root, `older-${where}.native.zst`)
      await store.upkeep.exportTable('dns_query', path)
      await given.upkeep.importTable('dns_query', path)
      const count = "SELECT count() AS rows FROM dns_query WHERE later = concat('x', dns_question_name)"
      expect(await rowsOf(given, { name: 'test', text: count })).toEqual([{ rows: 40 }])
    })

    it('the same rows twice are imported twice', async () => {
      const path = join(root, `twice-${where}.native.zst`)
      await store.upkeep.exportTable('dns_query', path)
      const other = await open(where)
      await other.migrate()
      for (const _ of [1, 2]) await other.upkeep.importTable('dns_query', path)
      expect((await other.upkeep.digest('dns_query')).rows).toBe(80)
    })

    it('a copy of another table, a part of a copy and what is no copy are refused', async () => {
      const path = join(root, `whole-${where}.native.zst`)
      await store.upkeep.exportTable('dns_query', path)
      const damaged = { code: 'backup/damaged' }
      await expect(store.upkeep.importTable('evidence', path)).rejects.toMatchObject(damaged)
      const part = join(root, `part-${where}.native.zst`)
      await copyFile(path, part)
      await writeFile(part, (await readFile(path)).subarray(0, (await stat(path)).size - 100))
      await expect(store.upkeep.importTable('dns_query', part)).rejects.toMatchObject(damaged)
      await writeFile(part, 'this is no copy of anything at all')
      await expect(store.upkeep.importTable('dns_query', part)).rejects.toMatchObject(damaged)
      expect((await store.upkeep.digest('dns_query')).rows).toBe(40)
    })

    it('a table that is none of ours is refused, and so is a file that is there', async () => {
      await expect(store.upkeep.exportTable("url('http://x')", join(root, 'x'))).rejects.toMatchObject({
        code: 'usage/bad-argument',
      })
      await expect(store.upkeep.exportTable('evidence', root)).rejects.toMatchObject({ code: 'usage/bad-argument' })
    })

    it('what is old, read long ago and not cited is forgotten on every shard', async () => {
      const rows = await rowsOf(store, {
        name: 'test',
        text: 'SELECT lower(hex(event_uid)) AS uid FROM dns_query ORDER BY record_number',
      })
      const kept = [
        String(rows[3]?.uid),
        ...Array.from({ length: 100_000 }, (_, n) => n.toString(16).padStart(32, '0')),
      ]
      const options = { before: new Date('2020-01-21T00:00:00Z'), readBefore: 10, kept }
      expect(await store.upkeep.forget('dns_query', { ...options, dryRun: true })).toBe(9)
      expect((await store.upkeep.digest('dns_query')).rows).toBe(40)
      expect(await store.upkeep.forget('dns_query', options)).toBe(9)
      const left = { name: 'test', text: 'SELECT record_number AS n FROM dns_query ORDER BY n LIMIT 3' }
      expect((await rowsOf(store, left)).map(({ n }) => n)).toEqual([3, 10, 11])
    })

    it('an export can be stopped, before it begins and in the middle', async () => {
      const path = (name: string) => join(root, `stopped-${name}-${where}.native.zst`)
      const stopped = { code: 'work/aborted' }
      const before = store.upkeep.exportTable('dns_query', path('before'), { signal: AbortSignal.abort() })
      await expect(before).rejects.toMatchObject(stopped)
      const abort = new AbortController()
      // Rows enough that the answer is under way for longer than its file needs to appear.
      const many = await open('server')
      await many.migrate()
      const chunk = join(root, 'many')
      await writeFile(chunk, 'x\n')
      const staged = await many.stageChunk(chunk)
      const text = `INSERT INTO malformed (evidence_id, excerpt) SELECT 'x', randomPrintableASCII(1000) FROM {{chunk}} AS one CROSS JOIN numbers(200000) AS many`
      await many.insert({ name: 'many', text }, { chunk: staged, token: 'many' })
      const during = many.upkeep.exportTable('malformed', path('during'), { signal: abort.signal })
      const settled = during.then(
        () => true,
        () => true,
      )
      while (!existsSync(path('during')) && !(await Promise.race([settled, new Promise(setImmediate)])));
      abort.abort()
      await expect(during).rejects.toMatchObject(stopped)
    })
  })
}

if (noNodes === undefined) suite()
else describe('upkeep of an event store on a server', () => it('keeps the port', context => context.skip(noNodes)))
