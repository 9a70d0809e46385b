import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { beforeAll, expect, test } from 'vitest'
import type { PostgresServer } from '../../../test/postgres-server.ts'
import { describeOnServer } from './database.contract.ts'
import { shippedMigrations } from './migrations.ts'
import { startOtherProcess } from './other-process.contract.ts'
import { openPostgresCaseStore } from './server.ts'
import { upgradeContract } from './upgrade.contract.ts'

describeOnServer('migrations on a server', {}, started => {
  let server: PostgresServer
  beforeAll(() => {
    server = started()
  })

  test('of several processes that start at once on an empty server, one makes everything and none fails', async () => {
    const processes = await Promise.all(Array.from({ length: 4 }, () => startOtherProcess()))
    const shipped = shippedMigrations().map(migration => migration.name)
    for (let round = 0; round < 8; round++) {
      const database = await server.newDatabase()
      // A stricter level than ours must change nothing.
      if (round % 2 === 1) {
        await server.run(`alter database ${database} set default_transaction_isolation = 'serializable'`)
      }
      const order = { do: 'migrate-server', url: server.urlOf({ database }), schema: 'counterseal' } as const
      const reports = await Promise.all(processes.map(one => one.tell(order)))
      const applied = reports.map(report => (report.said === 'migrated' ? report.applied : report))
      expect(applied.toSorted((a, b) => JSON.stringify(b).length - JSON.stringify(a).length)).toEqual([
        shipped,
        [],
        [],
        [],
      ])
    }
    for (const one of processes) await one.kill()
  })

  test('a process killed with -9 while it waits to migrate keeps nobody out', async () => {
    const database = await server.newDatabase()
    const url = server.urlOf({ database })
    const holder = new pg.Client({ connectionString: url })
    await holder.connect()
    await holder.query('begin')
    await holder.query('select pg_advisory_xact_lock($1)', [0x6373_6561_6c])
    const other = await startOtherProcess()
    const unheard = other.tell({ do: 'migrate-server', url, schema: 'counterseal' })
    for (let waits = 0; waits === 0; ) {
      const [row] = await server.run(
        `select count(*)::integer as n from pg_locks where locktype = 'advisory' and not granted`,
      )
      waits = Number(row?.n)
    }
    await other.kill()
    expect(await unheard).toEqual({ said: 'ended' })
    await holder.query('commit')
    await holder.end()
    const store = await openPostgresCaseStore({ url })
    expect(await store.migrate()).toEqual(shippedMigrations().map(migration => migration.name))
    await store.close()
  })

  upgradeContract('upgrade of the case store on a server', async () => {
    const client = new pg.Client({ connectionString: server.urlOf({ database: await server.newDatabase() }) })
    await client.connect()
    return {
      database: drizzle(client),
      ask: async query => (await client.query(query)).rows,
      remove: () => client.end(),
    }
  })
})
