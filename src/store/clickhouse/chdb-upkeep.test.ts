import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Session } from 'chdb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { KeptEventStore, Row } from '../../model/index.ts'
import { rowsOf } from '../../model/index.ts'
import { openChdbEventStore } from './chdb.ts'

const installed = await import('chdb').then(
  () => true,
  () => false,
)

const day = 86_400_000
const evidence_id = 'e'.repeat(64)

/** A line of the ledger for ten records. */
function ledgerRow(number: number, state: 'intended' | 'done', written_at: Date): Row {
  const counts = { stored: 10, malformed: 0, ignored: 0, ignored_because: {} }
  const place = { byte_offset: number * 100, byte_end: number * 100 + 100, prefix_sha256: String(number) }
  const records = { first_record: number * 10, records: 10, sequence: number * 10 }
  return { evidence_id, ...place, ...records, state, ...counts, written_at: written_at.toISOString() }
}

const suite = () => {
  let root: string
  let store: KeptEventStore
  /** A session of the engine's own, for tables that are none of ours. */
  let session: Session
  const engine = (text: string) => session.queryAsync(text)

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "counterseal-it's-upkeep-"))
    store = await openChdbEventStore(join(root, 'events'))
    await store.migrate()
    session = new (await import('chdb')).Session(join(root, 'events'))
    const path = join(root, 'chunk')
    await writeFile(path, Array.from({ length: 40 }, (_, n) => `${n}\n`).join(''))
    const chunk = await store.stageChunk(path)
    // Record n happened n days after 1 January 2020; every third has answers, every second a port.
    const text = `INSERT INTO dns_query (event_uid, record_key, evidence_id, record_number, ingest_sequence, source, event_time, source_ip, source_port, dns_question_name, dns_answers, extra)
SELECT unhex(leftPad(hex(row), 32, '0')), unhex(leftPad(hex(row), 32, '0')), {evidence_id:String}, row, row, 'test', addDays(toDateTime64('2020-01-01 00:00:00', 6, 'UTC'), row),
  if(row % 2 = 0, NULL, toIPv6('2001:db8::1')), if(row % 2 = 0, NULL, 53), concat(line, '.example'), if(row % 3 = 0, [line, ''], []), map('', line, 'b', '\\0\\t') FROM {{chunk}}`
    await store.insert({ name: 'test', text }, { chunk, token: 'dns', params: { evidence_id } })
    await chunk.release()
    const [now, longAgo] = [new Date(), new Date(Date.now() - 100 * day)]
    for (const number of [0, 1, 3])
      await store.append('evidence_chunk', [ledgerRow(number, 'intended', longAgo)], `i${number}`)
    for (const number of [0, 1])
      await store.append('evidence_chunk', [ledgerRow(number, 'done', longAgo)], `d${number}`)
    await store.append('evidence_chunk', [ledgerRow(2, 'intended', now)], 'i2')
  })
  afterAll(async () => {
    session.close()
    await store.close()
    await rm(root, { recursive: true, force: true })
  })

  it('sizes name every table of the schema, and count its rows, bytes and parts', async () => {
    const sizes = await store.upkeep.sizes()
    expect(sizes.map(({ table }) => table)).toEqual(
      expect.arrayContaining(['dns_query', 'evidence', 'evidence_chunk', 'malformed']),
    )
    expect(sizes.map(({ table }) => table)).not.toContain('schema_migration')
    expect(sizes.find(({ table }) => table === 'dns_query')).toMatchObject({ rows: 40, parts: 1 })
    expect(sizes.find(({ table }) => table === 'tls_session')).toEqual({
      table: 'tls_session',
      rows: 0,
      bytes: 0,
      parts: 0,
    })
  })

  it('a moment knows which chunks were only intended', async () => {
    expect(await store.upkeep.moment()).toEqual({
      sequence: 40,
      underWay: [
        [evidence_id, 20, 29],
        [evidence_id, 30, 39],
      ],
    })
  })

  it('what is left of a cut-off chunk is of the moment when a done chunk has taken over its bytes', async () => {
    const of = (id: string, sequence: number, state: 'intended' | 'done', byte_end: number) =>
      store.append(
        'evidence_chunk',
        [
          {
            ...ledgerRow(0, state, new Date()),
            evidence_id: id,
            prefix_sha256: `${id}${sequence}`,
            byte_end,
            sequence,
          },
        ],
        `${id}${sequence}${state}`,
      )
    for (const id of ['taken over', 'left alone']) await of(id, id === 'taken over' ? 100 : 110, 'intended', 100)
    for (const state of ['intended', 'done'] as const) await of('taken over', 200, state, 150)
    const { underWay } = await store.upkeep.moment()
    expect(underWay.map(([id, first]) => [id, first])).toEqual([
      [evidence_id, 20],
      [evidence_id, 30],
      ['left alone', 110],
    ])
    await engine('ALTER TABLE evidence_chunk DELETE WHERE sequence >= 100 SETTINGS mutations_sync = 2')
  })

  it('a copy holds the rows of done chunks and no others, and comes back as it was', async () => {
    const moment = await store.upkeep.moment()
    const [events, ledger] = [join(root, 'dns_query.native.zst'), join(root, 'evidence_chunk.native.zst')]
    await store.upkeep.exportTable('dns_query', events, { moment })
    await store.upkeep.exportTable('evidence_chunk', ledger, { moment })
    const before = await store.upkeep.digest('dns_query', { moment })
    expect(before).toEqual({ rows: 20, digest: expect.stringMatching(/^[0-9a-f]{16}$/) })
    expect((await store.upkeep.digest('evidence_chunk', { moment })).rows).toBe(4)
    expect(await store.upkeep.digest('dns_query')).toMatchObject({ rows: 40 })
    await store.upkeep.importTable('tls_session', await emptyCopy())
    await engine('CREATE TABLE IF NOT EXISTS put_aside AS dns_query')
    await store.upkeep.importTable('put_aside', events)
    expect(await store.upkeep.digest('put_aside')).toEqual(before)
    await engine('DROP TABLE put_aside')
  })

  const emptyCopy = async () => {
    const path = join(root, 'empty.native.zst')
    await store.upkeep.exportTable('tls_session', path)
    expect(existsSync(path)).toBe(true)
    return path
  }

  it('a digest differs where a NULL became nothing, or a row is there twice', async () => {
    const digestOf = async (select: string) => {
      await engine(
        'CREATE TABLE digested (a Nullable(String), b Map(String, String)) ENGINE = MergeTree ORDER BY tuple()',
      )
      await engine(`INSERT INTO digested ${select}`)
      const digest = await store.upkeep.digest('digested')
      await engine('DROP TABLE digested SYNC')
      return JSON.stringify(digest)
    }
    const digests = await [
      "SELECT NULL, map('a', 'b')",
      "SELECT '', map('a', 'b')",
      "SELECT NULL, map('a', 'b') FROM numbers(2)",
      'SELECT NULL, map()',
    ].reduce<Promise<string[]>>(async (list, select) => [...(await list), await digestOf(select)], Promise.resolve([]))
    expect(new Set(digests).size).toBe(4)
  })

  it('a copy with a column that the table has not is refused', async () => {
    const path = join(root, 'strange.native.zst')
    await engine('CREATE TABLE strange (a String, evil String) ENGINE = MergeTree ORDER BY a')
    await engine("INSERT INTO strange VALUES ('1', '2')")
    await store.upkeep.exportTable('strange', path)
    await engine('DROP TABLE strange SYNC')
    await expect(store.upkeep.importTable('malformed', path)).rejects.toMatchObject({ code: 'backup/damaged' })
    await writeFile(path, 'this is no copy of anything at all')
    await expect(store.upkeep.importTable('malformed', path)).rejects.toMatchObject({ code: 'backup/damaged' })
    expect((await store.upkeep.digest('malformed')).rows).toBe(0)
  })

  it('a table that is none of ours is refused, whatever its name says', async () => {
    await mkdir(join(root, 'none'))
    for (const table of ['no_such_table', 'a; DROP TABLE dns_query', "file('/etc/passwd')"])
      await expect(store.upkeep.exportTable(table, join(root, 'none', 'x'))).rejects.toMatchObject({
        code: 'usage/bad-argument',
      })
  })

  it('what is old, read long ago and not cited is forgotten, also beside 200,000 cited events; the disk gets its space back', async () => {
    const uid = (n: number) => n.toString(16).padStart(32, '0')
    const kept = [uid(3), ...Array.from({ length: 200_000 }, (_, n) => uid(1_000_000 + n))]
    const [since] = await rowsOf(store, 'first-sequence-since', { params: { since: new Date(Date.now() - 90 * day) } })
    expect(since?.first).toBe(20)
    const options = { before: new Date('2020-01-08T00:00:00Z'), readBefore: Number(since?.first), kept }
    expect(await store.upkeep.forget('dns_query', { ...options, dryRun: true })).toBe(6)
    expect(await store.upkeep.digest('dns_query')).toMatchObject({ rows: 40 })
    expect(await store.upkeep.forget('dns_query', options)).toBe(6)
    const left = await rowsOf(store, {
      name: 'test',
      text: 'SELECT record_number AS n FROM dns_query ORDER BY n LIMIT 3',
    })
    expect(left.map(({ n }) => n)).toEqual([3, 7, 8])
    const parts = "SELECT count() AS n FROM system.parts WHERE table = 'dns_query' AND NOT active"
    expect(await rowsOf(store, { name: 'test', text: parts })).toEqual([{ n: 0 }])
    expect(await store.upkeep.forget('dns_query', { ...options, kept: [] })).toBe(1)
    // Old, but read today: readBefore keeps it.
    expect(await store.upkeep.forget('dns_query', { ...options, before: new Date(), kept: [] })).toBe(13)
    expect((await store.upkeep.digest('dns_query')).rows).toBe(20)
  })
}

if (installed) describe('upkeep of the embedded event store', suite)
else
  describe('upkeep of the embedded event store', () => {
    it('keeps the port', context => context.skip('the optional package chdb is not installed on this platform'))
  })
