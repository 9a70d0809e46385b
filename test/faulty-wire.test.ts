import { request } from 'node:https'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type ClickHouseNode, noNodes, startClickHouseNode } from './clickhouse-node.ts'
import { type FaultyWire, startFaultyWire } from './faulty-wire.ts'

const rows = 50_000
const lines = Array.from({ length: rows }, (_, number) => `${number}\n`).join('')

if (noNodes === undefined) {
  describe('a faulty wire', () => {
    let node: ClickHouseNode
    let wire: FaultyWire

    beforeAll(async () => {
      node = await startClickHouseNode()
      await node.query('CREATE DATABASE w')
    })
    afterAll(async () => await node.stop())
    beforeEach(async () => {
      wire = await startFaultyWire(node.url)
      await node.query(
        'CREATE OR REPLACE TABLE w.t (x UInt64) ENGINE = MergeTree ORDER BY x SETTINGS non_replicated_deduplication_window = 10',
      )
    })
    afterEach(async () => await wire.stop())

    const ask = async (sql: string, options: { headers?: Record<string, string>; url?: string } = {}) =>
      await fetch(options.url ?? wire.url, {
        method: 'POST',
        headers: options.headers ?? { 'X-ClickHouse-User': node.user, 'X-ClickHouse-Key': node.password },
        body: sql,
      })
    const insert = async () => {
      const query = "INSERT INTO w.t SELECT toUInt64(line) FROM input('line String') FORMAT LineAsString"
      const url = `${wire.url}/?${new URLSearchParams({ query, insert_deduplication_token: 'one' })}`
      return (await ask(lines, { url })).status
    }
    const stored = async () => Number(await node.query('SELECT count() FROM w.t'))

    it('carries requests unchanged, and tells what it carried', async () => {
      expect(await insert()).toBe(200)
      expect(await stored()).toBe(rows)
      expect(wire.requests).toMatchObject([{ settings: { insert_deduplication_token: 'one' }, outcome: 'forwarded' }])
      expect(wire.requests[0]?.statement).toMatch(/^INSERT INTO w\.t /)
    })

    it('cuts a request in its body: nothing is stored, and the repetition is', async () => {
      wire.fail({ kind: 'cut_request', afterBytes: lines.length / 2 })
      await expect(insert()).rejects.toThrow('fetch failed')
      expect(await stored()).toBe(0)
      expect(await insert()).toBe(200)
      expect(await stored()).toBe(rows)
      expect(wire.requests.map(({ outcome }) => outcome)).toEqual(['cut_request', 'forwarded'])
    })

    it('loses a response: all is stored, and the repetition under the same token adds nothing', async () => {
      wire.fail({ kind: 'lose_response' })
      await expect(insert()).rejects.toThrow('fetch failed')
      expect(await stored()).toBe(rows)
      expect(await insert()).toBe(200)
      expect(await stored()).toBe(rows)
    })

    it('answers slowly when told to', async () => {
      wire.fail({ kind: 'slow_response', delayMs: 300 })
      const started = performance.now()
      expect(await (await ask('SELECT 1')).text()).toBe('1\n')
      expect(performance.now() - started).toBeGreaterThan(290)
    })

    it('fails the requests it was told to, as often as it was told to, and no other', async () => {
      wire.fail({ kind: 'refuse', status: 503 }, { times: 2, on: ({ statement }) => statement.includes('w.t') })
      expect((await ask('SELECT 1')).status).toBe(200)
      expect((await ask('SELECT count() FROM w.t')).status).toBe(503)
      expect(wire.pending).toBe(1)
      expect((await ask('SELECT count() FROM w.t')).status).toBe(503)
      expect((await ask('SELECT count() FROM w.t')).status).toBe(200)
      expect(wire.pending).toBe(0)
    })

    it('pretends another version, also where the answer would be compressed', async () => {
      wire.pretendVersion('22.3.1.1')
      expect(await (await ask('SELECT version() AS v FORMAT JSONEachRow')).text()).toBe('{"v":"22.3.1.1"}\n')
      wire.pretendVersion(undefined)
      expect(await (await ask('SELECT version()')).text()).not.toContain('22.3')
    })

    it('takes a bearer token for an account, over TLS, and nothing else', async () => {
      const token = { token: 'a-token', user: node.user, password: node.password }
      const guarded = await startFaultyWire(node.url, { tls: true, token })
      const get = async (authorization: string) =>
        await new Promise<string>((resolve, reject) => {
          const headers = { authorization }
          const address = `${guarded.url}/?query=SELECT+currentUser()`
          request(address, { headers, ca: guarded.ca ?? '' }, answer => resolve(text(answer)))
            .on('error', reject)
            .end()
        })
      expect(await get('Bearer a-token')).toBe('counterseal\n')
      expect(await get('Bearer another')).toMatch(/token is missing or unknown/)
      const basic = Buffer.from(`${node.user}:${node.password}`).toString('base64')
      expect(await get(`Basic ${basic}`)).toMatch(/token is missing or unknown/)
      expect(guarded.requests.map(({ outcome }) => outcome)).toEqual(['forwarded', 'unauthorised', 'unauthorised'])
      await guarded.stop()
    })

    it('closes the connection when the node is gone, and works again with it', async () => {
      await node.kill()
      await expect(ask('SELECT 1')).rejects.toThrow('fetch failed')
      await node.restart()
      expect(await (await ask('SELECT 1')).text()).toBe('1\n')
    })
  })
} else {
  it('a faulty wire carries requests', context => context.skip(noNodes))
}
