import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { bossPassword, type PostgresServer } from '../../../test/postgres-server.ts'
import { caseStoreContract } from './case-store.contract.ts'
import { describeOnServer, runIn } from './database.contract.ts'
import { inventedFinding, inventedHunt } from './invented.contract.ts'
import { openPostgresCaseStore } from './server.ts'

describeOnServer('on a server', {}, started => {
  let server: PostgresServer
  beforeAll(() => {
    server = started()
  })

  const newUrl = async (options?: string) => server.urlOf({ database: await server.newDatabase(options) })
  /** A database that belongs to nobody in particular, and a user with these rights in it. */
  const userWith = async (user: string, ...statements: readonly string[]) => {
    const database = await server.newDatabase()
    await server.run(
      `create role ${user} login password 'pass ${user}'`,
      ...statements.map(one => one.replaceAll('DB', database)),
    )
    return { database, url: server.urlOf({ user, password: `pass ${user}`, database }) }
  }
  const refusal = async (opening: Promise<unknown>): Promise<Error> => {
    const error = await opening.then(
      () => undefined,
      caught => caught,
    )
    expect(error).toBeInstanceOf(Error)
    let told = ''
    for (let one = error; one instanceof Error; one = one.cause) told += `${one.stack}${JSON.stringify(one)}`
    expect(told).not.toContain(bossPassword)
    expect(told).not.toContain(encodeURIComponent(bossPassword))
    return error
  }

  caseStoreContract('the case store on a server', async () => {
    const url = await newUrl()
    return {
      store: await openPostgresCaseStore({ url }),
      reopen: () => openPostgresCaseStore({ url }),
      remove: async () => {},
    }
  })

  caseStoreContract('the case store on a server that is set up otherwise', async () => {
    const database = await server.newDatabase(`encoding 'UTF8' lc_collate 'C' lc_ctype 'C' template template0`)
    const settings = [
      `"DateStyle" = 'SQL, DMY'`,
      `"TimeZone" = 'Asia/Kathmandu'`,
      'extra_float_digits = -3',
      `search_path = 'information_schema'`,
      `default_transaction_isolation = 'serializable'`,
      'standard_conforming_strings = off',
      'statement_timeout = 1',
    ]
    await server.run(...settings.map(one => `alter database ${database} set ${one}`))
    const open = () => openPostgresCaseStore({ url: server.urlOf({ database }), schema: 'other', poolSize: 1 })
    return { store: await open(), reopen: open, remove: async () => {} }
  })

  test('two schemas of one database are two stores', async () => {
    const url = await newUrl()
    const [one, other] = [await openPostgresCaseStore({ url }), await openPostgresCaseStore({ url, schema: 'other' })]
    for (const store of [one, other]) await store.migrate()
    await one.recordHunt(inventedHunt(), [])
    expect([(await one.hunts()).length, (await other.hunts()).length]).toEqual([1, 0])
    for (const store of [one, other]) await store.close()
  })

  test('more calls at once than connections wait for one another', async () => {
    const store = await openPostgresCaseStore({ url: await newUrl(), poolSize: 2, connectTimeoutMs: 2_000 })
    await store.migrate()
    const findings = Array.from({ length: 1_000 }, () => inventedFinding())
    await Promise.all(Array.from({ length: 12 }, () => store.recordHunt(inventedHunt(), findings)))
    expect((await store.hunts()).length).toBe(12)
    await store.close()
  })

  test('where nobody listens, the address is named', async () => {
    const other = createServer()
    other.listen(0, '127.0.0.1')
    await once(other, 'listening')
    const port = portOf(other)
    await new Promise(resolve => other.close(resolve))
    const url = `postgres://boss:${encodeURIComponent(bossPassword)}@127.0.0.1:${port}/postgres`
    expect(await refusal(openPostgresCaseStore({ url }))).toMatchObject({
      code: 'store/unreachable',
      message: expect.stringContaining(`127.0.0.1:${port}`),
    })
    expect(await refusal(openPostgresCaseStore({ url: url.replace('127.0.0.1', 'localhost') }))).toMatchObject({
      code: 'store/unreachable',
      message: expect.stringContaining('ECONNREFUSED'),
    })
  })

  test('a name that does not exist is unreachable', async () => {
    const url = 'postgres://boss@no-such-host.invalid/postgres'
    expect(await refusal(openPostgresCaseStore({ url }))).toMatchObject({ code: 'store/unreachable' })
  })

  test.each([
    ['that says nothing', ''],
    ['that is no PostgreSQL', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
  ])('a server %s is given up after the time to connect', async (_, says) => {
    const mute = createServer(socket => {
      socket.on('error', () => {})
      // Read, or the end of the connection is never seen.
      socket.resume()
      socket.write(says)
    })
    mute.listen(0, '127.0.0.1')
    await once(mute, 'listening')
    const url = `postgres://boss@127.0.0.1:${portOf(mute)}/postgres`
    expect(await refusal(openPostgresCaseStore({ url, connectTimeoutMs: 300 }))).toMatchObject({
      code: 'store/unreachable',
    })
    await new Promise(resolve => mute.close(resolve))
  })

  test.each([
    ['a wrong password', { password: 'wrong' }, /password authentication failed/],
    ['a user that does not exist', { user: 'nobody_we_know' }, /password authentication failed/],
    ['a database that does not exist', { database: 'none' }, /database "none" does not exist/],
  ])('%s is refused', async (_, change, message) => {
    expect(await refusal(openPostgresCaseStore({ url: server.urlOf(change) }))).toMatchObject({
      code: 'store/refused',
      message: expect.stringMatching(message),
    })
  })

  test('a missing password is said to be missing', async () => {
    const url = `postgres://boss@127.0.0.1:${server.port}/postgres`
    expect(await refusal(openPostgresCaseStore({ url }))).toMatchObject({
      code: 'store/refused',
      message: expect.stringContaining('none was given'),
    })
  })

  test('a user who may not log in is refused', async () => {
    await server.run(`create role no_login nologin password 'x'`)
    const url = server.urlOf({ user: 'no_login', password: 'x' })
    expect(await refusal(openPostgresCaseStore({ url }))).toMatchObject({ code: 'store/refused' })
  })

  test('a user who may not make the schema is told what an administrator has to run, and it works', async () => {
    const { database, url } = await userWith('plain', 'revoke create on database DB from public')
    const store = await openPostgresCaseStore({ url })
    const refused: Error & { remedy?: string } = await refusal(store.migrate())
    expect(refused).toMatchObject({ code: 'store/refused', message: expect.stringContaining('lacks the right CREATE') })
    const [, statement = ''] = /run: (.*)$/.exec(refused.remedy ?? '') ?? []
    const boss = await openPostgresCaseStore({ url: server.urlOf({ database }), schema: 'unused' })
    await boss.close()
    await runIn(server, database, run => run(statement))
    expect(await store.migrate()).toContain('0001_hunt_and_finding')
    await store.close()
  })

  test('a user who may only use the schema is told so', async () => {
    const { database, url } = await userWith('guest')
    await runIn(server, database, run => run('create schema counterseal', 'grant usage on schema counterseal to guest'))
    const store = await openPostgresCaseStore({ url })
    expect(await refusal(store.migrate())).toMatchObject({
      code: 'store/refused',
      message: expect.stringContaining('permission denied for schema counterseal'),
    })
    await store.close()
  })

  test('where everything is made, a user with no more than SELECT and INSERT can work', async () => {
    const { database, url } = await userWith('analyst', 'revoke create on database DB from public')
    const boss = await openPostgresCaseStore({ url: server.urlOf({ database }) })
    await boss.migrate()
    await boss.close()
    await runIn(server, database, run => run('grant usage on schema counterseal to analyst'))
    const store = await openPostgresCaseStore({ url })
    expect(await refusal(store.migrate())).toMatchObject({
      code: 'store/refused',
      message: expect.stringContaining('permission denied for table schema_migration'),
    })
    await runIn(server, database, run => run('grant select, insert on all tables in schema counterseal to analyst'))
    expect(await store.migrate()).toEqual([])
    const hunt = inventedHunt()
    await store.recordHunt(hunt, [inventedFinding()])
    expect((await store.hunts()).length).toBe(1)
    await store.close()
  })

  test('where transactions are read-only, it is said at once', async () => {
    const database = await server.newDatabase()
    await server.run(`alter database ${database} set default_transaction_read_only = on`)
    expect(await refusal(openPostgresCaseStore({ url: server.urlOf({ database }) }))).toMatchObject({
      code: 'store/read-only',
      message: expect.stringContaining('default_transaction_read_only'),
    })
  })

  test('a database that is not in UTF-8 is refused', async () => {
    const url = await newUrl(`encoding 'LATIN1' locale 'C' template template0`)
    expect(await refusal(openPostgresCaseStore({ url }))).toMatchObject({
      code: 'store/unavailable',
      message: expect.stringContaining('LATIN1'),
    })
  })

  test('no room for another connection is worth another try', async () => {
    const database = await server.newDatabase()
    await server.run(`create role crowd login password 'x' connection limit 1`)
    const url = server.urlOf({ user: 'crowd', password: 'x', database })
    const store = await openPostgresCaseStore({ url })
    expect(await refusal(openPostgresCaseStore({ url }))).toMatchObject({ code: 'store/unreachable', retry: true })
    await store.close()
  })

  test('a statement that takes too long is given up, and the store goes on', async () => {
    const url = await newUrl()
    const store = await openPostgresCaseStore({ url, statementTimeoutMs: 200 })
    await store.migrate()
    const other = await openPostgresCaseStore({ url })
    // Holds what the other one needs until it is let go.
    const { rows, begun, letGo } = held()
    const copying = other.upkeep.importRows(rows)
    await begun
    await expect(store.recordHunt(inventedHunt(), [])).rejects.toMatchObject({
      code: 'store/query-failed',
      message: expect.stringContaining('statement timeout'),
    })
    letGo()
    await copying
    await store.recordHunt(inventedHunt(), [])
    for (const one of [store, other]) await one.close()
  })

  test('limits that are none are refused', async () => {
    for (const limit of [{ poolSize: 0 }, { poolSize: 1.5 }, { connectTimeoutMs: 0 }, { statementTimeoutMs: -1 }]) {
      const opening = openPostgresCaseStore({ url: server.url, ...limit })
      await expect(opening).rejects.toMatchObject({ code: 'usage/bad-argument' })
    }
  })

  test('a store left open does not keep its process alive, and prints nothing', async () => {
    const holder = fileURLToPath(new URL('./holder.contract.ts', import.meta.url))
    const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), holder], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: Buffer) => (said += text))
    await once(child, 'message')
    child.send({ do: 'leave-server', url: await newUrl() })
    expect((await once(child, 'message'))[0]).toEqual({ said: 'opened' })
    expect((await once(child, 'exit'))[0]).toBe(0)
    expect(said).toBe('')
  })
})

/** No rows, after a while. */
function held() {
  let begin = () => {}
  let letGo = () => {}
  const begun = new Promise<void>(resolve => {
    begin = resolve
  })
  const end = new Promise<IteratorResult<never>>(resolve => {
    letGo = () => resolve({ done: true, value: undefined })
  })
  const next = () => {
    begin()
    return end
  }
  return { rows: { [Symbol.asyncIterator]: () => ({ next }) }, begun, letGo }
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
