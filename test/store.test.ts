import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { App } from '../src/app.ts'
import { openApp } from '../src/app.ts'
import { readPaths } from '../src/cli/read-paths.ts'
import { configFrom } from '../src/config.ts'
import { defaultIngestLimits } from '../src/ingest/index.ts'
import { eventKindNames, rowsOf } from '../src/model/index.ts'
import { loadMigrations } from '../src/store/clickhouse/migrations.ts'
import { backUp, retain } from '../src/upkeep/index.ts'
import { noNodes, startClickHouseCluster } from './clickhouse-node.ts'
import { postgresPrograms, startPostgres } from './postgres-server.ts'
import { counterseal, engineInstalled, noEngine, root } from './run-cli.ts'

type Records = readonly Record<string, unknown>[]

const suite = () => {
  let directory: string
  /** What a backup of a hunt through the examples, and of a log from standard input, was restored into. */
  let data: string
  let backup: string
  let findings: Records
  let before: Records
  let written: Records
  let restored: Records
  /** An event of the log from standard input. */
  let fromStdin: string

  const found = (records: Records) => records.filter(record => record.type === 'finding')
  const citedBy = (list: Records) =>
    list.flatMap(one => (one.evidence as { event_uid: string }[]).map(({ event_uid }) => event_uid)) // the shape of a finding
  const within = async <T>(where: string, work: (app: App) => Promise<T>): Promise<T> => {
    const app = openApp(configFrom({ data: where }))
    try {
      return await work(app)
    } finally {
      await app.close()
    }
  }
  /** Every event_uid with how often it is there, and what is in quarantine. */
  const contentOf = (where: string) =>
    within(where, async app => {
      const store = await app.events()
      const kinds = ['tls_session', 'dns_query', 'http_request', 'network_flow']
      const events = kinds.map(kind => `SELECT '${kind}' AS kind, lower(hex(event_uid)) AS uid FROM ${kind}`)
      events.push("SELECT 'malformed' AS kind, concat(evidence_id, '/', toString(record_number)) AS uid FROM malformed")
      const text = `SELECT kind, uid, count() AS rows FROM (${events.join(' UNION ALL ')}) GROUP BY kind, uid ORDER BY kind, uid`
      return await rowsOf(store, { name: 'test', text })
    })
  /** Runs the program until something is so, then kills it as `kill -9` does. */
  const killedWhen = async (args: readonly string[], isSo: () => boolean) => {
    const main = join(root, 'src/cli/main.ts')
    const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), main, ...args], { stdio: 'ignore' })
    const ended = once(child, 'exit')
    while (!isSo() && child.exitCode === null) await nextTurn()
    child.kill('SIGKILL')
    const [, signal] = await ended
    expect(signal).toBe('SIGKILL')
  }

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "counterseal-it's-store-"))
    data = join(directory, 'data')
    const kept = join(directory, 'first')
    backup = join(directory, 'backup')
    const input = await readFile(join(root, 'examples/zeek/http.log'), 'utf8')
    expect(counterseal(['ingest', '-', '--data', kept], { input: input.replaceAll('\tHTTP', '\tHTTQ') }).status).toBe(0)
    findings = found(counterseal(['hunt', 'examples/', '--data', kept, '--json']).records)
    expect(findings.length).toBeGreaterThan(4)
    before = counterseal(['store', 'status', '--data', kept, '--json']).records
    const text =
      "SELECT lower(hex(event_uid)) AS uid FROM http_request WHERE evidence_id IN (SELECT evidence_id FROM evidence WHERE path LIKE '%stdin-%') LIMIT 1"
    const [event] = await within(kept, async app => rowsOf(await app.events(), { name: 'test', text }))
    fromStdin = String(event?.uid)
    written = counterseal(['store', 'backup', backup, '--data', kept, '--verify', '--json']).records
    await rm(kept, { recursive: true })
    restored = counterseal(['store', 'restore', backup, '--data', data, '--json']).records
  }, 300_000)
  afterAll(() => rm(directory, { recursive: true, force: true }))

  it('backup, deletion of the data directory, restore into another: the hunt prints the same findings, records open, nothing is read twice', () => {
    expect(written).toMatchObject([{ type: 'backup', verified: true, spooled: 1 }])
    expect(readdirSync(directory).filter(name => /verify|partial/.test(name))).toEqual([])
    expect(restored).toMatchObject([{ type: 'restored', rows: written[0]?.rows, compared: 'digests' }])
    expect(found(counterseal(['hunt', '--data', data, '--json']).records)).toEqual(findings)
    for (const uid of [...citedBy(findings).slice(0, 1), fromStdin])
      expect(counterseal(['evidence', uid, '--data', data, '--json']).records, uid).toMatchObject([{ intact: true }])
    expect(counterseal(['ingest', 'examples/', '--data', data]).status).toBe(0)
    const rows = (records: Records) =>
      records
        .filter(
          one =>
            one.type === 'table' && !/evidence$|intel|hunt|finding|^certificate(?!_sighting)/.test(String(one.table)),
        )
        .map(one => [one.table, one.rows])
    expect(rows(counterseal(['store', 'status', '--data', data, '--json']).records)).toEqual(rows(before))
  })

  it('a backup is a new directory', () => {
    const again = counterseal(['store', 'backup', backup, '--data', data])
    expect(again.status).toBe(2)
    expect(again.stderr).toContain('is there already')
  })

  it('a store with something in it takes no backup', () => {
    const { status, stderr } = counterseal(['store', 'restore', backup, '--data', data])
    expect(status).toBe(2)
    expect(stderr).toMatch(/empty stores only, and there is something in .*tls_session/)
  })

  it('a backup with a byte changed, a file missing or a manifest that names another place is refused, and nothing is restored', async () => {
    const damaged = join(directory, 'damaged')
    const target = join(directory, 'untouched')
    const refusal = () => {
      const { status, stderr } = counterseal(['store', 'restore', damaged, '--data', target])
      expect(status).toBe(3)
      expect(existsSync(join(target, 'events'))).toBe(false)
      return stderr
    }
    const fresh = async () => {
      await rm(damaged, { recursive: true, force: true })
      await cp(backup, damaged, { recursive: true })
    }
    await fresh()
    const file = join(damaged, 'events/dns_query.native.zst')
    const bytes = await readFile(file)
    bytes[100] = (bytes[100] ?? 0) ^ 1
    await writeFile(file, bytes)
    expect(refusal()).toContain('dns_query.native.zst has SHA-256')
    await writeFile(file, bytes.subarray(1))
    expect(refusal()).toMatch(/dns_query\.native\.zst has \d+ bytes instead of \d+/)
    await rm(file)
    expect(refusal()).toContain('dns_query.native.zst belongs to the backup and is not there')
    await fresh()
    const manifest = await readFile(join(damaged, 'manifest.json'), 'utf8')
    await writeFile(
      join(damaged, 'manifest.json'),
      manifest.replace('"table": "dns_query"', '"table": "../../../etc/x"'),
    )
    expect(refusal()).toContain('manifest.json is not as a manifest is: events.tables')
    await writeFile(join(damaged, 'manifest.json'), manifest.slice(0, 900))
    expect(refusal()).toContain('manifest.json is not as a manifest is')
    await writeFile(join(damaged, 'manifest.json'), manifest.replace('"format_version": 1', '"format_version": 2'))
    expect(refusal()).toContain('was written by a newer Counterseal')
  })

  it('a backup that is killed never looks whole', async () => {
    const killed = join(directory, 'killed')
    const copies = join(`${killed}.partial`, 'events')
    await killedWhen(['store', 'backup', killed, '--data', data], () => existsSync(copies))
    expect(existsSync(killed)).toBe(false)
    const { status, stderr } = counterseal(['store', 'restore', `${killed}.partial`, '--data', join(directory, 'none')])
    expect(status).toBe(3)
    expect(stderr).toContain('This backup was stopped before it was whole')
  })

  it('a restore that is killed leaves a store that nothing uses, until it is restored again', async () => {
    const target = join(directory, 'half')
    await killedWhen(['store', 'restore', backup, '--data', target], () =>
      existsSync(join(target, 'restore-under-way.json')),
    )
    for (const args of [['hunt'], ['ingest', 'examples'], ['store', 'backup', join(directory, 'of-half')]]) {
      const { status, stderr } = counterseal([...args, '--data', target])
      expect(status, args[0]).toBe(3)
      expect(stderr, args[0]).toMatch(/did not come to its end[\s\S]*store restore/)
    }
    expect(counterseal(['store', 'status', '--data', target, '--json']).records).toContainEqual(
      expect.objectContaining({ type: 'unfinished_restore', from: backup }),
    )
    expect(counterseal(['store', 'restore', backup, '--data', target]).status).toBe(0)
    expect(found(counterseal(['hunt', '--data', target, '--json']).records)).toEqual(findings)
  })

  it('a backup made while evidence is read holds whole chunks only: restored and read again it is the same as one clean run', async () => {
    const logs = join(directory, 'logs')
    await mkdir(logs)
    const [log = '', ...more] = [await readFile(join(root, 'examples/zeek/conn.log'), 'utf8')]
    expect(more).toEqual([])
    const header = log
      .split('\n')
      .filter(line => line.startsWith('#') && !line.startsWith('#close'))
      .join('\n')
    const lines = log.split('\n').filter(line => line !== '' && !line.startsWith('#'))
    for (let file = 0; file < 12; file += 1) {
      const own = lines.map(line => line.replace(/^(\S+\t)C/, `$1C${file}x`))
      await writeFile(join(logs, `conn-${file}.log`), `${header}\n${own.join('\n')}\n`)
    }
    const [live, clean, again] = ['live', 'clean', 'again'].map(name => join(directory, name)) as [
      string,
      string,
      string,
    ] // three names
    const copy = join(directory, 'copy-of-live')
    const rows = await within(live, async app => {
      const store = await app.events()
      await app.cases()
      // Small chunks, inserted one by one: the moment falls between them, and inside one.
      const limits = { ...defaultIngestLimits, chunkBytes: 16 << 10, smallBytes: 0 }
      const ingestContext: App['ingestContext'] = async options => ({ ...(await app.ingestContext(options)), limits })
      const reading = readPaths({ ...app, ingestContext }, [logs], new AbortController().signal)
      const done = { name: 'test', text: "SELECT count() AS chunks FROM evidence_chunk WHERE state = 'done'" }
      while (Number((await rowsOf(store, done))[0]?.chunks) < 3) await nextTurn()
      const manifest = await backUp(await app.stores(), copy, { version: 'test' }).finally(() => reading)
      return manifest.events.tables.find(({ table }) => table === 'network_flow')?.rows
    })
    expect(rows).toBeGreaterThan(0)
    expect(rows).toBeLessThan(12 * lines.length)
    expect(counterseal(['store', 'restore', copy, '--data', again]).status).toBe(0)
    for (const where of [again, clean]) expect(counterseal(['ingest', logs, '--data', where]).status).toBe(0)
    // One line of each log is malformed.
    expect(await contentOf(clean)).toHaveLength(12 * lines.length)
    expect(await contentOf(again)).toEqual(await contentOf(clean))
    expect(await contentOf(live)).toEqual(await contentOf(clean))
  })

  it('retention forgets by kind and age, keeps what findings cite, and reading again brings nothing back', async () => {
    const where = join(directory, 'retained')
    expect(counterseal(['store', 'restore', backup, '--data', where]).status).toBe(0)
    const cited = new Set(citedBy(findings))
    const now = new Date(Date.now() + 200 * 86_400_000)
    const rules = [
      { kind: 'all', olderThan: '9999w' },
      { kind: 'tls_session', olderThan: '90d' },
    ] as const
    const run = (dryRun: boolean, at = now) =>
      within(where, async app => {
        const list = []
        for await (const one of retain(await app.stores(), rules, { now: at, dryRun })) list.push(one)
        return list.find(({ kind }) => kind === 'tls_session')
      })
    const all = await contentOf(where)
    // The events are older than 90 days then, but they were read less than 90 days ago: age is the later of the two.
    const soon = new Date(Date.now() + 89 * 86_400_000)
    expect(await run(true, soon)).toMatchObject({ forgotten: 0, kept_because_cited: 0 })
    const planned = await run(true)
    expect(await contentOf(where)).toEqual(all)
    expect(await run(false)).toEqual(planned)
    const after = await contentOf(where)
    const ofKind = (rows: typeof all) => rows.filter(({ kind }) => kind === 'tls_session')
    const citedHere = ofKind(all).filter(({ uid }) => cited.has(String(uid)))
    expect(citedHere.length).toBeGreaterThan(0)
    expect(ofKind(after)).toEqual(citedHere)
    expect(planned).toMatchObject({
      forgotten: ofKind(all).length - citedHere.length,
      kept_because_cited: citedHere.length,
    })
    expect(after.length - ofKind(after).length).toBe(all.length - ofKind(all).length)
    expect(counterseal(['ingest', 'examples/', '--data', where]).status).toBe(0)
    expect(await contentOf(where)).toEqual(after)
    const asked = counterseal(['store', 'retain', '--kind', 'all', '--older-than', '1d', '--data', where, '--json'])
    for (const one of asked.records) expect(one).toMatchObject({ type: 'retention', forgotten: 0, dry_run: false })
    expect(asked.records).toHaveLength(eventKindNames.length)
  })

  it('a backup of embedded stores is restored into a cluster, backed up there, and restored into embedded ones', async test => {
    if (noNodes !== undefined) test.skip(noNodes)
    const cluster = await startClickHouseCluster(2)
    const programs = postgresPrograms()
    const postgres = 'missing' in programs ? undefined : await startPostgres()
    try {
      const [first] = cluster.nodes
      const env = {
        COUNTERSEAL_CLICKHOUSE_URL: cluster.nodes.map(({ url }) => url).join(','),
        COUNTERSEAL_CLICKHOUSE_CLUSTER: cluster.name,
        COUNTERSEAL_CLICKHOUSE_USER: first?.user ?? '',
        COUNTERSEAL_CLICKHOUSE_PASSWORD: first?.password ?? '',
        ...(postgres && { COUNTERSEAL_POSTGRES_URL: postgres.url }),
      }
      const [there, copy, back] = ['cluster', 'copy-of-cluster', 'back'].map(name => join(directory, name)) as [
        string,
        string,
        string,
      ] // three names
      const intoServers = counterseal(['store', 'restore', backup, '--data', there, '--json'], { env })
      expect(intoServers.records, intoServers.stderr).toMatchObject([{ rows: written[0]?.rows, compared: 'digests' }])
      expect(found(counterseal(['hunt', '--data', there, '--json'], { env }).records)).toEqual(findings)
      const fromServers = counterseal(['store', 'backup', copy, '--data', there, '--json'], { env })
      expect(fromServers.records, fromServers.stderr).toMatchObject([{ type: 'backup' }])
      expect(counterseal(['store', 'restore', copy, '--data', back, '--json']).records).toMatchObject([
        { rows: fromServers.records[0]?.rows, compared: 'digests' },
      ])
      expect(found(counterseal(['hunt', '--data', back, '--json']).records)).toEqual(findings)
      expect(counterseal(['evidence', fromStdin, '--data', back, '--json']).records).toMatchObject([{ intact: true }])
    } finally {
      await cluster.stop()
      await postgres?.stop()
    }
  })

  it('retention without a whole rule is refused', () => {
    for (const args of [
      ['--kind', 'dns_query'],
      ['--older-than', '90d'],
    ])
      expect(counterseal(['store', 'retain', ...args, '--data', data]).status, args.join(' ')).toBe(2)
  })

  it('a store of the first schema is shown as it is, migrated with its data, and can be backed up', async () => {
    const old = join(directory, 'old')
    await mkdir(join(old, 'events'), { recursive: true })
    const { Session } = await import('chdb')
    const session = new Session(join(old, 'events'))
    const [first, ...later] = loadMigrations()
    expect(later.length).toBeGreaterThan(0)
    for (const text of first?.statements ?? []) await session.queryAsync(text)
    await session.queryAsync(
      "CREATE TABLE schema_migration (name String, sha256 String, applied_at DateTime64(6, 'UTC')) ENGINE = MergeTree ORDER BY name",
    )
    await session.queryAsync(`INSERT INTO schema_migration SELECT '${first?.name}', '${first?.sha256}', now64(6)`)
    await session.queryAsync(
      "INSERT INTO dns_query (event_uid, evidence_id, event_time, dns_question_name) SELECT unhex(leftPad(hex(number), 32, '0')), 'e', toDateTime64('2026-01-01 00:00:00', 6, 'UTC'), 'old.example' FROM numbers(1000)",
    )
    await session.queryAsync(
      "INSERT INTO evidence_chunk (evidence_id, prefix_sha256, records, sequence, state, stored) VALUES ('e', 'p', 1000, 0, 'intended', 0), ('e', 'p', 1000, 0, 'done', 1000)",
    )
    session.close()
    const copy = join(directory, 'copy-of-old')
    await within(old, async app => {
      const stores = await app.stores()
      await stores.cases.migrate()
      await backUp(stores, copy, { version: 'old' })
    })
    const schema = () =>
      counterseal(['store', 'status', '--data', old, '--json']).records.find(one => one.store === 'events')?.migrations
    expect(schema()).toEqual([first?.name])
    expect(schema()).toEqual([first?.name])
    const migrate = () => counterseal(['store', 'migrate', '--data', old, '--json']).records
    expect(migrate()[0]).toEqual({ type: 'migration', store: 'events', applied: later.map(({ name }) => name) })
    expect(migrate()[0]).toMatchObject({ applied: [] })
    const events = (where: string) =>
      counterseal(['events', '--kind', 'dns_query', '--limit', '2000', '--data', where, '--json'])
    expect(events(old).records).toHaveLength(1000)
    // A backup of the first schema goes into a store of this one.
    const target = join(directory, 'old-restored')
    expect(counterseal(['store', 'restore', copy, '--data', target, '--json']).records).toMatchObject([
      { compared: 'rows', rows: 1002 },
    ])
    expect(events(target).records).toHaveLength(1000)
  })
}

if (engineInstalled) describe('upkeep of the stores', suite)
else describe('upkeep of the stores', () => void it('works', test => test.skip(noEngine)))
