import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { request } from 'node:https'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type ClickHouseCluster,
  type ClickHouseNode,
  noNodes,
  type StandardUser,
  startClickHouseCluster,
  startClickHouseNode,
} from './clickhouse-node.ts'

const local = `(id UInt64, v String) ENGINE = MergeTree ORDER BY id SETTINGS non_replicated_deduplication_window = 100`
const onCluster = { distributed_product_mode: 'global', distributed_foreground_insert: 1 }

async function until(what: string, condition: () => boolean | Promise<boolean>, withinMs = 20_000): Promise<void> {
  const end = performance.now() + withinMs
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`)
    await delay(20)
  }
}

/** By its port: a process that has ended may still have a process id, where nobody collects it. */
async function isAlive(url: string): Promise<boolean> {
  return await fetch(`${url}/ping`).then(
    () => true,
    () => false,
  )
}

if (noNodes === undefined) {
  describe('a ClickHouse node', () => {
    let node: ClickHouseNode
    beforeAll(async () => {
      node = await startClickHouseNode({ tls: true })
    })
    afterAll(async () => await node.stop())

    const refusal = async (user: StandardUser, sql: string) =>
      await node.query(sql, { as: node.users[user] }).then(
        () => 'allowed',
        (error: Error) => /Code: \d+/.exec(error.message)?.[0] ?? error.message,
      )

    it('answers over HTTP to who knows the password', async () => {
      expect(await node.query('SELECT currentUser()')).toBe('counterseal\n')
      const stranger = { user: 'counterseal', password: 'guessed' }
      await expect(node.query('SELECT 1', { as: stranger })).rejects.toThrow('Code: 516')
    })

    it('lets each account do what its name says', async () => {
      const statements = [
        'SELECT count() FROM system.tables',
        'CREATE DATABASE IF NOT EXISTS rights',
        'SET max_threads = 1',
      ]
      const answers = async (user: StandardUser) => await Promise.all(statements.map(sql => refusal(user, sql)))
      expect(await answers('counterseal')).toEqual(['allowed', 'allowed', 'allowed'])
      expect(await answers('select_only')).toEqual(['allowed', 'Code: 497', 'allowed'])
      expect(await answers('readonly_1')).toEqual(['allowed', 'Code: 164', 'Code: 164'])
      expect(await answers('readonly_2')).toEqual(['allowed', 'Code: 164', 'allowed'])
      expect(await refusal('without_rights', 'CREATE DATABASE rights_2')).toBe('Code: 497')
    })

    it('reads no files of the machine, as a server elsewhere could not', async () => {
      const sql = "SELECT count() FROM file('/etc/passwd', LineAsString)"
      expect(await refusal('counterseal', sql)).toBe('Code: 497')
    })

    it('answers over https to who trusts its certificate, and to nobody else', async () => {
      const ask = async (ca?: string) => {
        const address = `${node.tls?.url}/?query=SELECT+currentUser()`
        const sent = request(address, { auth: `${node.user}:${node.password}`, ...(ca === undefined ? {} : { ca }) })
        const answered = once(sent, 'response')
        sent.end()
        const [answer] = await answered
        return await text(answer)
      }
      expect(await ask(node.tls?.ca)).toBe('counterseal\n')
      await expect(ask()).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
    })

    it('keeps over kill -9 what it stored, and comes back on the same ports', async () => {
      await node.query('CREATE DATABASE kept')
      await node.query(`CREATE TABLE kept.t ${local}`)
      await node.query('INSERT INTO kept.t FORMAT TSV', { body: '1\ta\n2\tb\n' })
      const before = node.pid
      await node.kill()
      expect(node.pid).toBeUndefined()
      await expect(node.query('SELECT 1')).rejects.toThrow('fetch failed')
      await node.restart()
      expect(node.pid).not.toBe(before)
      expect(await node.query('SELECT sum(id) FROM kept.t')).toBe('3\n')
    })

    it('tells why it could not start', async () => {
      const users = [{ user: 'x', password: 'x', grants: ['GRANT NO SUCH RIGHT'] }]
      await expect(startClickHouseNode({ users })).rejects.toThrow(/did not start: .*Failed to parse grant/s)
    })

    it('ends with the process that started it, even by kill -9, and leaves no directory', async () => {
      const module = fileURLToPath(new URL('./clickhouse-node.ts', import.meta.url))
      const script = `import(${JSON.stringify(module)}).then(async m => {
        const node = await m.startClickHouseNode()
        console.log(JSON.stringify({ url: node.url, directory: node.directory }))
        setInterval(() => {}, 1000)
      })`
      const parent = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), '-e', script])
      let said = ''
      parent.stdout.on('data', chunk => {
        said += chunk
      })
      await until('the node has started', () => said.endsWith('\n'))
      const { url, directory } = JSON.parse(said) as { url: string; directory: string } // written by the script above
      expect(await isAlive(url)).toBe(true)
      parent.kill('SIGKILL')
      await until('the node has ended', async () => !(await isAlive(url)))
      expect(existsSync(directory)).toBe(false)
    })
  })

  describe('a ClickHouse cluster of two shards', () => {
    let cluster: ClickHouseCluster
    let first: ClickHouseNode
    let second: ClickHouseNode

    beforeAll(async () => {
      cluster = await startClickHouseCluster(2)
      const [a, b] = cluster.nodes
      if (a === undefined || b === undefined) throw new Error('two nodes were asked for')
      first = a
      second = b
      for (const node of cluster.nodes) {
        await node.query('CREATE DATABASE c')
        await node.query(`CREATE TABLE c.t_local ${local}`)
        await node.query(`CREATE TABLE c.t AS c.t_local ENGINE = Distributed('${cluster.name}', c, t_local, id)`)
      }
    })
    afterAll(async () => await cluster.stop())

    const insert = async (token: string) =>
      await first.query("INSERT INTO c.t SELECT number, '' FROM numbers(1000)", {
        settings: { ...onCluster, insert_deduplication_token: token },
      })
    const counts = async () => [
      await first.query('SELECT count() FROM c.t', { settings: onCluster }),
      await first.query('SELECT count() FROM c.t_local'),
      await second.query('SELECT count() FROM c.t_local'),
    ]

    it('divides the rows, and a repetition under the same token changes nothing', async () => {
      await insert('a')
      expect(await counts()).toEqual(['1000\n', '500\n', '500\n'])
      await insert('a')
      expect(await counts()).toEqual(['1000\n', '500\n', '500\n'])
    })

    it('joins across shards, acting as the user who asked', async () => {
      const sql = 'SELECT count() FROM c.t WHERE id IN (SELECT id FROM c.t WHERE id < 10)'
      expect(await first.query(sql, { settings: onCluster, as: first.users.select_only })).toBe('10\n')
      const denied = first.query(sql, { settings: onCluster, as: first.users.without_rights })
      await expect(denied).rejects.toThrow('Code: 497')
    })

    it('says that a shard is dead, answers in part where asked, and is whole again after its restart', async () => {
      await second.kill()
      const settings = { ...onCluster, skip_unavailable_shards: 1 }
      await expect(first.query('SELECT count() FROM c.t', { settings: onCluster })).rejects.toThrow('Code: 279')
      expect(await first.query('SELECT count() FROM c.t', { settings })).toBe('500\n')
      await expect(insert('b')).rejects.toThrow('Code: 210')
      await cluster.revive()
      await insert('b')
      expect(await counts()).toEqual(['2000\n', '1000\n', '1000\n'])
    })
  })
} else {
  it('a ClickHouse node answers', context => context.skip(noNodes))
}
