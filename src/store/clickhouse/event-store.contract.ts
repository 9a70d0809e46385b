import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventStore, Sql } from '../../model/index.ts'
import { columnsOf, eventKindNames, rowsOf } from '../../model/index.ts'
import { loadQueries } from './sql-file.ts'

/** What an adapter brings to the suite: a fresh store, and a directory for chunk files. */
export type EventStoreFixture = { readonly store: EventStore; readonly directory: string; cleanUp(): Promise<void> }

const sql = (text: string): Sql => ({ name: 'contract', text })

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
        const params = Object.fromEntries(
          [...query.params].map(([name, type]) => [name, type.startsWith('Array') ? [] : type === 'String' ? '' : 0]),
        )
        await expect(
          rowsOf(store, { name: query.name, text: `SELECT explain FROM (EXPLAIN ${query.text})` }, { params }),
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

    it('what was stored is there after an error and an abort', async () => {
      expect(await stored('once')).toHaveLength(3)
    })
  })
}
