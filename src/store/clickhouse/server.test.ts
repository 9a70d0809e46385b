import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ClickHouseNode, StandardUser } from '../../../test/clickhouse-node.ts'
import { noNodes, startClickHouseNode } from '../../../test/clickhouse-node.ts'
import { startFaultyWire } from '../../../test/faulty-wire.ts'
import { rowsOf } from '../../model/index.ts'
import { eventStoreContract } from './event-store.contract.ts'
import { openClickHouseEventStore } from './server.ts'
import { ServerNode } from './server-node.ts'
import type { ClickHouseOptions } from './server-options.ts'
import { serverSettings } from './server-options.ts'
import { checkServerVersion, leastVersion } from './server-version.ts'
import { sweepStaged } from './staging.ts'

const suite = () => {
  let node: ClickHouseNode
  let databases = 0
  beforeAll(async () => {
    node = await startClickHouseNode({ tls: true })
  })
  afterAll(() => node.stop())

  const options = (more: Partial<ClickHouseOptions> = {}): ClickHouseOptions => {
    databases += 1
    const { url, user, password } = node
    return { urls: [url], user, password, database: `test_${databases}`, ...more }
  }
  const as = (user: StandardUser, database: string) => ({ ...options(), ...node.users[user], database })

  eventStoreContract('one server', async () => {
    const root = await mkdtemp(join(tmpdir(), 'counterseal-server-'))
    const directory = join(root, 'chunks')
    await mkdir(directory)
    const wire = await startFaultyWire(node.url)
    return {
      store: await openClickHouseEventStore(options({ urls: [wire.url] })),
      directory,
      wire,
      async cleanUp() {
        await wire.stop()
        await rm(root, { recursive: true, force: true })
      },
    }
  })

  describe('the event store on one server', () => {
    it('two that migrate at once come to one schema', async () => {
      const [one, other] = await Promise.all(
        [1, 2].map(() => openClickHouseEventStore(options({ database: 'at_once' }))),
      )
      if (one === undefined || other === undefined) throw new Error('two were opened')
      await Promise.all([one.migrate(), other.migrate(), one.migrate(), other.migrate()])
      const { migrations } = await one.describe()
      expect(migrations.length).toBeGreaterThan(0)
      expect(new Set(migrations).size).toBe(migrations.length)
      expect(await other.migrate()).toEqual([])
      await Promise.all([one.close(), other.close()])
    })

    it('is reached by https when its authority is given', async () => {
      const { url, ca } = node.tls ?? { url: '', ca: '' }
      const store = await openClickHouseEventStore(options({ urls: [url], ca }))
      await store.migrate()
      expect((await store.describe()).location).toBe(url)
      await store.close()
    })

    it('is refused by https when its authority is not given, and the message says why', async () => {
      const opening = openClickHouseEventStore(options({ urls: [node.tls?.url ?? ''] }))
      await expect(opening).rejects.toMatchObject({
        code: 'store/unreachable',
        message: expect.stringMatching(/certificate is self-signed and not among the trusted ones/),
      })
    })

    it('takes a token instead of user and password', async () => {
      const wire = await startFaultyWire(node.url, { token: { token: 'sesame', ...node.users.counterseal } })
      const { database = '' } = options()
      const store = await openClickHouseEventStore({ urls: [wire.url], token: 'sesame', database })
      await store.migrate()
      await store.close()
      await expect(openClickHouseEventStore({ urls: [wire.url], token: 'wrong one' })).rejects.toMatchObject({
        code: 'store/refused',
        message: expect.not.stringContaining('wrong one'),
      })
      await wire.stop()
    })

    it('a wrong password is refused, and stands in no message', async () => {
      const opening = openClickHouseEventStore(options({ password: 'hunter2' }))
      await expect(opening).rejects.toMatchObject({
        code: 'store/refused',
        message: expect.not.stringContaining('hunter2'),
      })
    })

    it('no server at the address is said at once, with the address', async () => {
      const opening = openClickHouseEventStore(options({ urls: ['http://127.0.0.1:1'] }))
      await expect(opening).rejects.toMatchObject({
        code: 'store/unreachable',
        message: expect.stringContaining('127.0.0.1:1'),
      })
    })

    it('a name that does not exist is said to be one', async () => {
      const opening = openClickHouseEventStore(options({ urls: ['http://no-such-host.invalid:8123'] }))
      await expect(opening).rejects.toMatchObject({
        code: 'store/unreachable',
        message: expect.stringMatching(/no-such-host\.invalid.*(ENOTFOUND|EAI_AGAIN)/s),
      })
    })

    it('what is no ClickHouse server is told by its answer', async () => {
      const wire = await startFaultyWire(node.url)
      wire.fail({ kind: 'refuse', status: 404 })
      await expect(openClickHouseEventStore(options({ urls: [wire.url] }))).rejects.toMatchObject({
        code: 'store/unreachable',
        message: expect.stringContaining('HTTP 404'),
      })
      await wire.stop()
    })

    it('a proxy that is overloaded for a moment is asked again', async () => {
      const wire = await startFaultyWire(node.url)
      const store = await openClickHouseEventStore(options({ urls: [wire.url] }))
      for (const status of [502, 503, 429]) wire.fail({ kind: 'refuse', status })
      await store.migrate()
      expect(wire.pending).toBe(0)
      await store.close()
      await wire.stop()
    })

    it('a connection that is lost for longer than it is tried again is an error, and nothing is stored', async () => {
      const wire = await startFaultyWire(node.url)
      const store = await openClickHouseEventStore(options({ urls: [wire.url], retryForMs: 0 }))
      await store.migrate()
      wire.fail(
        { kind: 'cut_request', afterBytes: 100 },
        { on: ({ statement }) => statement.includes('INTO malformed') },
      )
      const rows = Array.from({ length: 100 }, (_, record_number) => ({ evidence_id: 'cut', record_number }))
      await expect(store.append('malformed', rows, 'cut')).rejects.toMatchObject({
        code: 'store/unreachable',
        retry: true,
      })
      expect(await rowsOf(store, { name: 'test', text: 'SELECT count() AS n FROM malformed' })).toEqual([{ n: 0 }])
      await store.close()
      await wire.stop()
    })

    it('a server that fell and came back is asked again, over the chunk it has lost', async () => {
      const store = await openClickHouseEventStore(options())
      await store.migrate()
      const root = await mkdtemp(join(tmpdir(), 'counterseal-server-'))
      await writeFile(join(root, 'chunk'), 'a\nb\n')
      const chunk = await store.stageChunk(join(root, 'chunk'))
      await node.restart()
      const text =
        'INSERT INTO malformed (evidence_id, record_number, excerpt) SELECT {id:String}, row, line FROM {{chunk}}'
      await store.insert({ name: 'test', text }, { chunk, token: 't', params: { id: 'restart' } })
      expect(await rowsOf(store, { name: 'test', text: 'SELECT count() AS n FROM malformed' })).toEqual([{ n: 2 }])
      await chunk.release()
      const left =
        "SELECT count() AS n FROM system.tables WHERE database = currentDatabase() AND startsWith(name, 'staged_')"
      expect(await rowsOf(store, { name: 'test', text: left })).toEqual([{ n: 0 }])
      await store.close()
      await rm(root, { recursive: true })
    })

    it('what killed clients have left is swept away, and what is old; a chunk that is in use after all is staged anew', async () => {
      const given = options()
      const store = await openClickHouseEventStore(given)
      await store.migrate()
      const root = await mkdtemp(join(tmpdir(), 'counterseal-server-'))
      await writeFile(join(root, 'chunk'), 'a\nb\n')
      const chunk = await store.stageChunk(join(root, 'chunk'))
      const staged = async () => {
        const text = "SELECT name FROM system.tables WHERE database = currentDatabase() AND startsWith(name, 'staged_')"
        return await rowsOf(store, { name: 'test', text })
      }
      const sweeper = new ServerNode(node.url, serverSettings(given))
      const dead = spawnSync(process.execPath, ['-e', '']).pid
      const left = `staged_${'0'.repeat(32)} (line String, row UInt64) ENGINE = Memory COMMENT '${hostname()} ${dead}'`
      await node.query(`CREATE TABLE ${given.database}.${left}`)
      expect(await staged()).toHaveLength(2)
      await sweepStaged(sweeper)
      expect(await staged()).toHaveLength(1)
      await sweepStaged(sweeper, 0)
      expect(await staged()).toEqual([])
      const lines = await rowsOf(store, { name: 'test', text: 'SELECT line FROM {{chunk}} ORDER BY row' }, { chunk })
      expect(lines).toEqual([{ line: 'a' }, { line: 'b' }])
      await chunk.release()
      expect(await staged()).toEqual([])
      await Promise.all([store.close(), sweeper.close(), rm(root, { recursive: true })])
    })

    it('a user without rights is refused with the right that is missing', async () => {
      const store = await openClickHouseEventStore(as('without_rights', 'rights'))
      await expect(store.migrate()).rejects.toMatchObject({
        code: 'store/refused',
        message: expect.stringMatching(/CREATE DATABASE ON rights/),
      })
      await store.close()
    })

    it('a user who may only read can query what others have stored, and is refused an insertion', async () => {
      const { database = '' } = options()
      const owner = await openClickHouseEventStore({ ...options(), database })
      await owner.migrate()
      const reader = await openClickHouseEventStore(as('select_only', database))
      expect(await reader.migrate()).toEqual([])
      expect(await rowsOf(reader, 'evidence-list')).toEqual([])
      await expect(reader.append('malformed', [{ evidence_id: 'x' }], 'x')).rejects.toMatchObject({
        code: 'store/refused',
        message: expect.stringMatching(/INSERT\(evidence_id\) ON/),
      })
      await Promise.all([owner.close(), reader.close()])
    })

    it('an abort also stops the query of a user who may only read', async () => {
      const store = await openClickHouseEventStore(as('select_only', 'system'))
      const abort = new AbortController()
      const text = 'SELECT count() AS n FROM numbers(100000000000000) WHERE sipHash64(number) = 1'
      const endless = rowsOf(store, { name: 'endless', text }, { signal: abort.signal })
      const running = "SELECT count() FROM system.processes WHERE Settings['log_comment'] LIKE 'endless%'"
      while ((await node.query(running)) === '0\n');
      abort.abort()
      await expect(endless).rejects.toMatchObject({ code: 'work/aborted' })
      expect(await node.query(running)).toBe('0\n')
      await store.close()
    })

    it.each(['readonly_1', 'readonly_2'] as const)('a %s profile is said to be read-only', async user => {
      const working = async () => {
        const store = await openClickHouseEventStore(as(user, 'read_only'))
        await store.migrate().finally(() => store.close())
      }
      await expect(working()).rejects.toMatchObject({ code: 'store/read-only' })
    })

    it('a server that is too old is refused with the version it needs', async () => {
      const wire = await startFaultyWire(node.url)
      wire.pretendVersion('25.8.1.1')
      await expect(openClickHouseEventStore(options({ urls: [wire.url] }))).rejects.toMatchObject({
        code: 'store/wrong-version',
        message: expect.stringMatching(/version 25\.8\.1\.1.*26\.4/),
      })
      await wire.stop()
    })

    it('a description has no credentials in it', async () => {
      const store = await openClickHouseEventStore(options())
      const told = JSON.stringify(await store.describe())
      expect(told).toContain(node.url)
      expect(told).not.toContain(node.password)
      await store.close()
    })
  })
}

if (noNodes === undefined) suite()
else describe('an event store on one server', () => it('keeps the contract', context => context.skip(noNodes)))

describe('the address and the credentials of a server', () => {
  it.each([
    ['no address', { urls: [] }, 'No address'],
    ['something that is no URL', { urls: ['::'] }, 'is no URL'],
    ['another protocol', { urls: ['clickhouse://h'] }, 'neither with http'],
    ['credentials in the address', { urls: ['http://u:secret@h'] }, 'contains credentials'],
    ['a token beside a password', { urls: ['http://h'], token: 't', password: 'p' }, 'either a token or'],
    ['a certificate without a key', { urls: ['https://h'], cert: 'c' }, 'needs its key'],
    ['a database that is no name', { urls: ['http://h'], database: 'a; DROP' }, 'is no name for a database'],
    ['two addresses without a cluster', { urls: ['http://a', 'http://b'] }, 'no name of a cluster'],
  ])('%s is a wrong argument', async (_, options, message) => {
    const opening = openClickHouseEventStore(options)
    await expect(opening).rejects.toMatchObject({
      code: 'usage/bad-argument',
      message: expect.stringContaining(message),
    })
    await expect(opening).rejects.toMatchObject({ message: expect.not.stringContaining('secret') })
  })
})

describe('the version of a server', () => {
  it('is the least or newer', () => {
    for (const version of [leastVersion, `${leastVersion}.1.2`, '26.7.2.1', '27.1.1.1'])
      expect(() => checkServerVersion(version, 'here')).not.toThrow()
  })

  it('is not older, and not something else', () => {
    for (const version of ['26.3.9.1', '25.12.1.1', '3.4', '', 'x.y'])
      expect(() => checkServerVersion(version, 'here')).toThrow('needs 26.4')
  })
})
