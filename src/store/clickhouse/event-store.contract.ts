import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FaultyWire } from '../../../test/faulty-wire.ts'
import type { EventStore, ParamValue, Sql } from '../../model/index.ts'
import { columnsOf, eventKindNames, rowsOf } from '../../model/index.ts'
import { loadQueries } from './sql-file.ts'

/** What an adapter brings to the suite: a fresh store, and a directory for chunk files. */
export type EventStoreFixture = {
  readonly store: EventStore
  readonly directory: string
  /** The way to a store that is elsewhere. */
  readonly wire?: FaultyWire
  cleanUp(): Promise<void>
}

const sql = (text: string): Sql => ({ name: 'contract', text })

/** A value that a parameter of the type can have. */
function exampleOf(type: string): ParamValue {
  if (type.startsWith('Array')) return []
  if (type.includes('DateTime')) return new Date(0)
  return type === 'String' ? '' : 0
}

/**
 * What every event store owes, whatever carries it: embedded, one server, a cluster. Written against the port alone;
 * `system.columns` and `EXPLAIN` are the engine's and the same everywhere.
 */
export function eventStoreContract(adapter: string, open: () => Promise<EventStoreFixture>): void {
  describe(`an event store on ${adapter}`, () => {
    let fixture: EventStoreFixture
    let store: EventStore
    let firstMigration: readonly string[]

    beforeAll(async () => {
      fixture = await open()
      store = fixture.store
      firstMigration = await store.migrate()
    })
    afterAll(async () => {
      await store.close()
      await fixture.cleanUp()
    })

    const chunkOf = async (name: string, text: string) => {
      const path = join(fixture.directory, name)
      await writeFile(path, text)
      return await store.stageChunk(path)
    }
    const insert = (text: string) =>
      sql(`INSERT INTO malformed (evidence_id, record_number, excerpt) SELECT {id:String}, row, ${text} FROM {{chunk}}`)
    const stored = async (id: string) =>
      await rowsOf(
        store,
        sql('SELECT record_number, excerpt FROM malformed WHERE evidence_id = {id:String} ORDER BY record_number'),
        { params: { id } },
      )

    it('migrating again applies nothing', async () => {
      expect(firstMigration.length).toBeGreaterThan(0)
      expect(await store.migrate()).toEqual([])
      expect((await store.describe()).migrations).toEqual(firstMigration)
    })

    it('every kind of the dictionary has a table with exactly its columns and types', async () => {
      for (const kind of eventKindNames) {
        const rows = await rowsOf(
          store,
          sql(
            'SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {kind:String} ORDER BY position',
          ),
          { params: { kind } },
        )
        const expected = [...columnsOf(kind)].map(([name, { type }]) => ({ name, type }))
        expect(rows, kind).toEqual(expected)
      }
    })

    it('every shipped query is understood by the engine with its declared parameters', async () => {
      for (const query of loadQueries().values()) {
        const params = Object.fromEntries([...query.params].map(([name, type]) => [name, exampleOf(type)]))
        // Of an insertion what it selects, over a chunk of one empty line.
        const text = query.text
          .replace(/^INSERT INTO \w+ \([^)]*\)/, '')
          .replaceAll('{{chunk}}', "(SELECT '' AS line, toUInt64(0) AS row)")
        await expect(
          rowsOf(store, { name: query.name, text: `SELECT explain FROM (EXPLAIN ${text})` }, { params }),
          query.name,
        ).resolves.not.toEqual([])
      }
    })

    it('a chunk is inserted once under a token, however often it is repeated', async () => {
      for (let repetition = 0; repetition < 3; repetition += 1) {
        const chunk = await chunkOf('once', 'a\nb\nc\n')
        await store.insert(insert('line'), { chunk, token: 'once/0', params: { id: 'once' } })
        await chunk.release()
      }
      expect((await stored('once')).map(row => row.excerpt)).toEqual(['a', 'b', 'c'])
    })

    it('rows of a chunk that may live on different shards are inserted once', async () => {
      const lines = Array.from({ length: 1_000 }, (_, n) => `spread ${n}`)
      const spread = sql('INSERT INTO malformed (evidence_id, record_number) SELECT line, row FROM {{chunk}}')
      const chunk = await chunkOf('spread', `${lines.join('\n')}\n`)
      for (let repetition = 0; repetition < 3; repetition += 1) await store.insert(spread, { chunk, token: 'spread/0' })
      await chunk.release()
      const count = sql(
        "SELECT count() AS rows, uniqExact(evidence_id) AS ids FROM malformed WHERE startsWith(evidence_id, 'spread ')",
      )
      expect(await rowsOf(store, count)).toEqual([{ rows: 1_000, ids: 1_000 }])
    })

    it('another token inserts the same lines again', async () => {
      const chunk = await chunkOf('again', 'x\n')
      for (const token of ['again/0', 'again/1'])
        await store.insert(insert('line'), { chunk, token, params: { id: 'again' } })
      expect(await stored('again')).toHaveLength(2)
    })

    it('an insertion that fails at one row leaves nothing, and its token can be used again', async () => {
      const lines = `${Array.from({ length: 200_000 }, (_, n) => `line ${n}`).join('\n')}\n`
      const chunk = await chunkOf('fails', lines)
      const options = { chunk, token: 'fails/0', params: { id: 'fails' } }
      await expect(store.insert(insert('if(row = 199999, toString(throwIf(1)), line)'), options)).rejects.toMatchObject(
        { code: 'store/query-failed' },
      )
      expect(await stored('fails')).toEqual([])
      await store.insert(insert('line'), options)
      expect(await stored('fails')).toHaveLength(200_000)
    })

    it('lines reach the engine as they are: carriage returns, NUL, bytes that are no UTF-8, a last line without newline', async () => {
      const path = join(fixture.directory, 'odd')
      await writeFile(
        path,
        Buffer.concat([Buffer.from('a\r\n\nc\0d\n'), Buffer.from([0xff, 0xfe, 0x0a]), Buffer.from('last')]),
      )
      const chunk = await store.stageChunk(path)
      const rows = await rowsOf(store, sql('SELECT row, hex(line) AS bytes FROM {{chunk}} ORDER BY row'), { chunk })
      expect(rows.map(row => row.bytes)).toEqual(['610D', '', '630064', 'FFFE', '6C617374'])
      expect(rows.map(row => Number(row.row))).toEqual([0, 1, 2, 3, 4])
    })

    it('a chunk can be joined to a table, and a table asked for what a chunk lists', async () => {
      const rows = [0, 1, 2, 3].map(n => ({ evidence_id: `listed ${n}` }))
      await store.append('malformed', rows, 'listed')
      const chunk = await chunkOf('listed', 'listed 0\nlisted 3\nno such thing\n')
      const among = 'SELECT count() AS rows FROM malformed WHERE evidence_id IN (SELECT line FROM {{chunk}})'
      expect(await rowsOf(store, sql(among), { chunk })).toEqual([{ rows: 2 }])
      const joined = (tables: string) => `SELECT row FROM ${tables} ON listed.line = malformed.evidence_id ORDER BY row`
      for (const tables of [
        '{{chunk}} AS listed INNER JOIN malformed',
        'malformed GLOBAL INNER JOIN {{chunk}} AS listed',
      ])
        expect(await rowsOf(store, sql(joined(tables)), { chunk })).toEqual([{ row: 0 }, { row: 1 }])
      const others = 'SELECT line FROM {{chunk}} WHERE line NOT IN (SELECT evidence_id FROM malformed)'
      expect(await rowsOf(store, sql(others), { chunk })).toEqual([{ line: 'no such thing' }])
      await chunk.release()
    })

    it('row numbers follow the lines of a chunk of 64 MiB, also when many threads read it', async () => {
      const path = join(fixture.directory, 'large')
      let text = ''
      let lines = 0
      for (; text.length < (64 << 20) - 1_000; lines += 1) text += `${lines} ${'x'.repeat((lines * 7919) % 401)}\n`
      await writeFile(path, text)
      const chunk = await store.stageChunk(path)
      const astray = 'countIf(toUInt64OrZero(splitByChar(char(32), line)[1]) != row)'
      const query = `SELECT count() AS rows, uniqExact(row) AS numbers, ${astray} AS astray FROM {{chunk}}`
      const parallel =
        'SELECT rows, numbers, astray FROM (SELECT * FROM (SELECT 1)) AS one CROSS JOIN (' +
        `${query} SETTINGS max_threads = 8, input_format_parallel_parsing = 1) AS counted`
      for (const text of [query, parallel])
        expect(await rowsOf(store, sql(text), { chunk })).toEqual([{ rows: lines, numbers: lines, astray: 0 }])
      await chunk.release()
    })

    it('parameters come back as they were sent', async () => {
      const text = fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.constantFrom("'", '\\', '\t', '\n', '\0', '{x:String}', "\\'", "'); DROP TABLE evidence; --"),
      )
      await fc.assert(
        fc.asyncProperty(
          text,
          fc.array(text, { maxLength: 4 }),
          fc.option(text),
          fc.integer(),
          async (one, many, maybe, number) => {
            const query = sql(
              'SELECT {one:String} AS one, {many:Array(String)} AS many, {maybe:Nullable(String)} AS maybe, {number:Int64} AS number',
            )
            const rows = await rowsOf(store, query, { params: { one, many, maybe, number } })
            expect(rows).toEqual([{ one, many, maybe, number }])
          },
        ),
        { seed: 20261122, numRuns: 300 },
      )
    })

    it('parameters may be long: a hundred thousand texts, a text of 1 MiB', async () => {
      const many = Array.from({ length: 100_000 }, (_, n) => `it's value\t${n}`)
      const one = 'ä\\'.repeat(350_000)
      const query = sql(
        "SELECT length({many:Array(String)}) AS n, {many:Array(String)}[-1] AS last, {one:String} = repeat('ä\\\\', 350000) AS same",
      )
      expect(await rowsOf(store, query, { params: { many, one } })).toEqual([
        { n: 100_000, last: many.at(-1), same: 1 },
      ])
      const chunk = await chunkOf('long', 'a\n')
      const options = { chunk, token: 'long/0', params: { id: 'long', many } }
      await store.insert(insert('{many:Array(String)}[100000]'), options)
      expect(await stored('long')).toEqual([{ record_number: 0, excerpt: many.at(-1) }])
    })

    it('queries that run at once do not see each other’s parameters', async () => {
      const query = sql('SELECT {n:UInt64} AS n, sum(number) AS s FROM numbers({n:UInt64} * 10000)')
      const answers = await Promise.all(Array.from({ length: 24 }, (_, n) => rowsOf(store, query, { params: { n } })))
      expect(answers.map(([row]) => Number(row?.n))).toEqual(Array.from({ length: 24 }, (_, n) => n))
    })

    it('an abort stops the engine, not only the waiting', async () => {
      const abort = new AbortController()
      const endless = rowsOf(
        store,
        { name: 'endless', text: 'SELECT count() AS n FROM numbers(100000000000000) WHERE sipHash64(number) = 1' },
        { signal: abort.signal },
      )
      const running = sql("SELECT count() AS n FROM system.processes WHERE Settings['log_comment'] LIKE 'endless%'")
      const isRunning = async () => Number((await rowsOf(store, running))[0]?.n) > 0
      while (!(await isRunning()));
      abort.abort()
      await expect(endless).rejects.toMatchObject({ code: 'work/aborted' })
      expect(await isRunning()).toBe(false)
    })

    it('a signal that has fired before keeps the query from starting', async () => {
      await expect(rowsOf(store, sql('SELECT 1 AS n'), { signal: AbortSignal.abort() })).rejects.toMatchObject({
        code: 'work/aborted',
      })
    })

    it('rows come in the order of the query, and stopping early ends it', async () => {
      const seen: number[] = []
      for await (const row of store.query(sql('SELECT number AS n FROM numbers(10000000) ORDER BY n DESC'))) {
        seen.push(Number(row.n))
        if (seen.length === 3) break
      }
      expect(seen).toEqual([9_999_999, 9_999_998, 9_999_997])
      expect(await rowsOf(store, sql('SELECT 1 AS n'))).toEqual([{ n: 1 }])
    })

    it('an error in the middle of the rows is an error, after the rows before it', async () => {
      const text = 'SELECT number AS n, throwIf(number = 300000) AS t FROM numbers(400000) SETTINGS max_threads = 1'
      let rows = 0
      const reading = async () => {
        for await (const row of store.query(sql(text))) {
          if (row.n === rows) rows += 1
        }
      }
      await expect(reading()).rejects.toMatchObject({ code: 'store/query-failed' })
      expect(rows).toBeGreaterThan(0)
      expect(rows).toBeLessThanOrEqual(300_000)
    })

    it('rows of our own are added once under a token; no rows are no work', async () => {
      const row = {
        snapshot: 's',
        catalogue: 'c',
        entry: 'e',
        key: 'host',
        value: "it's\ta\\b",
        attributes: { a: 'ü' },
        source: 'test',
        verified: true,
        first_verified: '2026-01-02',
        last_verified: '2026-01-02',
        expires: '2027-01-02',
      }
      for (let repetition = 0; repetition < 2; repetition += 1)
        await store.append('intel_entry', [row], 'contract/intel')
      await store.append('intel_entry', [], 'contract/none')
      const rows = await rowsOf(
        store,
        sql("SELECT value, attributes['a'] AS a, toString(expires) AS expires FROM intel_entry WHERE snapshot = 's'"),
      )
      expect(rows).toEqual([{ value: "it's\ta\\b", a: 'ü', expires: '2027-01-02' }])
    })

    it('what rows of our own say is data, whatever it says', async () => {
      const hostile = [
        "'; DROP TABLE evidence; --",
        'a;\nINSERT INTO evidence SELECT 1;',
        '{"a":1}\n{"b":2}',
        '\\',
        '"',
        '\0',
        '\ud83d',
        '\u2028',
        '',
      ]
      const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...hostile))
      let appended = 0
      await fc.assert(
        fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 5 }), async texts => {
          appended += 1
          const evidence_id = `hostile ${appended}`
          const rows = texts.map((excerpt, record_number) => ({ evidence_id, record_number, excerpt }))
          await store.append('malformed', rows, evidence_id)
          expect((await stored(evidence_id)).map(row => row.excerpt)).toEqual(texts.map(one => one.toWellFormed()))
        }),
        { seed: 20261122, numRuns: 100 },
      )
    })

    it('a query the engine refuses is an error that names it and says what the engine said', async () => {
      const refused = rowsOf(store, { name: 'no-such-table', text: 'SELECT a FROM no_such_table' })
      await expect(refused).rejects.toMatchObject({
        code: 'store/query-failed',
        message: expect.stringMatching(/no-such-table.*no_such_table/s),
      })
    })

    it('an answer that is lost doubles nothing', async context => {
      const { wire } = fixture
      if (wire === undefined) return context.skip('there is no wire to an embedded engine')
      const on = ({ statement }: { readonly statement: string }) => statement.includes('INTO malformed')
      const chunk = await chunkOf('lost', 'a\nb\n')
      wire.fail({ kind: 'lose_response' }, { times: 2, on })
      await store.insert(insert('line'), { chunk, token: 'lost/0', params: { id: 'lost' } })
      expect(wire.pending).toBe(0)
      expect(await stored('lost')).toHaveLength(2)
      wire.fail({ kind: 'lose_response' }, { on })
      await store.append('malformed', [{ evidence_id: 'lost', record_number: 9, excerpt: 'own' }], 'lost/own')
      expect(wire.pending).toBe(0)
      expect(await stored('lost')).toHaveLength(3)
    })

    it('a body that is cut leaves nothing behind, and is sent again', async context => {
      const { wire } = fixture
      if (wire === undefined) return context.skip('there is no wire to an embedded engine')
      const lines = `${'a line of thirty-one characters\n'.repeat(100_000)}`
      wire.fail(
        { kind: 'cut_request', afterBytes: 32 * 50_000 },
        { on: ({ statement }) => statement.includes('LineAsString') },
      )
      const chunk = await chunkOf('cut', lines)
      expect(wire.pending).toBe(0)
      const count = sql('SELECT count() AS rows, max(row) AS last FROM {{chunk}}')
      expect(await rowsOf(store, count, { chunk })).toEqual([{ rows: 100_000, last: 99_999 }])
      await chunk.release()

      // Each row takes 60 bytes, so the cut falls between two of them, where nothing in the text betrays it.
      const rows = Array.from({ length: 50_000 }, (_, n) => ({
        evidence_id: 'cut own',
        record_number: 100_000 + n,
        excerpt: 'x',
      }))
      const bytes = JSON.stringify(rows[0]).length + 1
      wire.fail(
        { kind: 'cut_request', afterBytes: bytes * 20_000 },
        { on: ({ statement }) => statement.includes('INTO malformed') },
      )
      await store.append('malformed', rows, 'cut/own')
      expect(wire.pending).toBe(0)
      expect(await stored('cut own')).toHaveLength(50_000)
    })

    it('what was stored is there after an error and an abort', async () => {
      expect(await stored('once')).toHaveLength(3)
    })
  })
}
