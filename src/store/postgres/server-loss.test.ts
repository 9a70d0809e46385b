import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import type { PostgresServer } from '../../../test/postgres-server.ts'
import type { ExportedRow, KeptCaseStore } from '../../model/index.ts'
import { describeOnServer, runIn } from './database.contract.ts'
import { inventedFinding, inventedHunt } from './invented.contract.ts'
import { openPostgresCaseStore } from './server.ts'

const manyFindings = (count: number) => Array.from({ length: count }, () => inventedFinding())

describeOnServer('a server that is lost', {}, started => {
  let server: PostgresServer
  let database: string
  let store: KeptCaseStore
  beforeAll(() => {
    server = started()
  })
  beforeEach(async () => {
    database = await server.newDatabase()
    store = await openPostgresCaseStore({ url: server.urlOf({ database }) })
    await store.migrate()
    return () => store.close()
  })

  /** Waits until a backend of ours waits for a lock, and returns its id. */
  const blocked = async (): Promise<number> => {
    for (;;) {
      const [row] = await server.run(
        `select pid from pg_stat_activity where datname = '${database}' and wait_event_type = 'Lock'`,
      )
      if (row !== undefined) return Number(row.pid)
    }
  }
  const terminateAll = () =>
    server.run(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'counterseal'`)

  test('connections that are lost while idle are replaced, and nobody notices', async () => {
    await Promise.all([store.hunts(), store.hunts(), store.hunts()])
    for (let round = 0; round < 5; round++) {
      await terminateAll()
      const hunt = inventedHunt()
      await store.recordHunt(hunt, manyFindings(3))
      expect((await store.findings(hunt.hunt_id)).length).toBe(3)
    }
  })

  test('a hunt whose connection is lost while it is recorded is recorded, once', async () => {
    const hunt = inventedHunt()
    await runIn(server, database, async run => {
      await run('begin', 'lock table counterseal.finding in access exclusive mode')
      const recording = store.recordHunt(hunt, manyFindings(1_200))
      const pid = await blocked()
      await server.run(`select pg_terminate_backend(${pid})`)
      await run('commit')
      await recording
    })
    expect(await store.hunts()).toMatchObject([{ hunt_id: hunt.hunt_id, findings: 1_200 }])
  })

  test('a hunt is recorded once though the answer to its commit is lost', async () => {
    const proxy = await startProxy(server.port)
    const url = server.urlOf({ database }).replace(`:${server.port}/`, `:${proxy.port}/`)
    const through = await openPostgresCaseStore({ url })
    const hunt = inventedHunt()
    proxy.cutAfter('commit')
    await through.recordHunt(hunt, manyFindings(10))
    expect(proxy.cuts()).toBe(1)
    expect(await store.hunts()).toMatchObject([{ hunt_id: hunt.hunt_id, findings: 10 }])

    // A migration is not repeated: it says what it applied, and the second time that would be nothing.
    proxy.cutAfter('commit')
    await expect(through.migrate()).rejects.toMatchObject({ code: 'store/unreachable', retry: true })
    expect(await through.migrate()).toEqual([])
    await through.close()
    await proxy.stop()
  })

  test('a copy whose connection is lost in the middle fails instead of ending early', async () => {
    await store.recordHunt(inventedHunt(), manyFindings(2_000))
    const rows: ExportedRow[] = []
    const copying = async () => {
      for await (const row of store.upkeep.exportRows()) if (rows.push(row) === 100) await terminateAll()
    }
    await expect(copying()).rejects.toMatchObject({ code: 'store/unreachable' })
    expect(rows.length).toBeLessThan(2_000)
  })

  test('an import whose connection is lost leaves nothing behind', async () => {
    await store.recordHunt(inventedHunt(), manyFindings(2_000))
    const other = await openPostgresCaseStore({ url: server.urlOf({ database }), schema: 'other' })
    await other.migrate()
    async function* cut(): AsyncGenerator<ExportedRow> {
      let rows = 0
      for await (const row of store.upkeep.exportRows()) {
        if (++rows === 1_500) {
          await server.run(
            `select pg_terminate_backend(pid) from pg_stat_activity where query like '%json_populate_record%' and datname = '${database}'`,
          )
        }
        yield row
      }
    }
    await expect(other.upkeep.importRows(cut())).rejects.toMatchObject({ code: 'store/unreachable' })
    expect((await other.upkeep.sizes()).filter(one => one.rows > 0)).toEqual([])
    await other.close()
  })

  test('a server killed with -9 is unreachable, and when it is back the same store goes on', async () => {
    const [before, during] = [inventedHunt(), inventedHunt()]
    await store.recordHunt(before, manyFindings(100))
    await runIn(server, database, async run => {
      await run('begin', 'lock table counterseal.finding in access exclusive mode')
      const recording = store.recordHunt(during, manyFindings(100))
      const failing = expect(recording).rejects.toMatchObject({ code: 'store/unreachable', retry: true })
      await blocked()
      await server.kill()
      await failing
    })
    await expect(store.hunts()).rejects.toMatchObject({ code: 'store/unreachable' })
    await server.start()
    expect((await store.hunts()).map(one => one.hunt_id)).toEqual([before.hunt_id])
    await store.recordHunt(during, manyFindings(100))
    expect((await store.hunts()).map(one => one.findings)).toEqual([100, 100])
  })

  test('what the server says in the middle of its work has its own code', async () => {
    await runIn(server, database, async run => {
      const saying = async (sqlState: string) => {
        await run(
          `create or replace function counterseal.say() returns trigger language plpgsql as
            $$ begin raise exception 'no room for a secret' using errcode = '${sqlState}'; end $$`,
          'drop trigger if exists say on counterseal.finding',
          'create trigger say before insert on counterseal.finding for each row execute function counterseal.say()',
        )
        return store.recordHunt(inventedHunt(), [inventedFinding()]).catch((error: unknown) => error)
      }
      expect(await saying('53100')).toMatchObject({ code: 'store/full', retry: true })
      expect(await saying('25006')).toMatchObject({ code: 'store/read-only' })
      expect(await saying('42501')).toMatchObject({ code: 'store/refused' })
      expect(await saying('XX001')).toMatchObject({ code: 'store/damaged' })
      expect(await saying('53300')).toMatchObject({ code: 'store/unreachable' })
      expect(await saying('P0001')).toMatchObject({ code: 'store/query-failed' })
    })
    expect(await store.hunts()).toEqual([])
  })

  test('a standby is refused, and so is a connection that a store makes later', async () => {
    await server.kill()
    const signal = join(server.data, 'standby.signal')
    writeFileSync(signal, '', { mode: 0o644 })
    await server.start()
    const readOnly = { code: 'store/read-only', message: expect.stringContaining('standby') }
    await expect(openPostgresCaseStore({ url: server.urlOf({ database }) })).rejects.toMatchObject(readOnly)
    await expect(store.hunts()).rejects.toMatchObject(readOnly)
    await server.run('select pg_promote()')
    expect(await store.hunts()).toEqual([])
  })
})

/** Passes bytes on, and on demand cuts a connection off when the answer to a word comes back. */
async function startProxy(target: number) {
  const sockets = new Set<Socket>()
  let word: string | undefined
  let cuts = 0
  const proxy = createServer(near => {
    const far = connect(target, '127.0.0.1')
    let armed = false
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
    near.on('data', bytes => {
      if (word !== undefined && bytes.includes(word)) {
        armed = true
        word = undefined
      }
      far.write(bytes)
    })
    far.on('data', bytes => {
      if (!armed) return near.write(bytes)
      cuts += 1
      near.destroy()
    })
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const address = proxy.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    port: address.port,
    cutAfter: (next: string) => {
      word = next
    },
    cuts: () => cuts,
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => proxy.close(resolve))
    },
  }
}
