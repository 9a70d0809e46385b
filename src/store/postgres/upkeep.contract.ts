import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ExportedRow, Finding, Hunt, KeptCaseStore } from '../../model/index.ts'
import { inventedFinding, inventedHunt, inventedId } from './invented.contract.ts'

/** An empty, migrated store. The caller closes it. */
export type OpenStore = () => Promise<KeptCaseStore>

const hostile = [
  'bank.example\u0000.evil.example',
  'low \udc00, high \ud800, the wrong way round \udc00\ud800',
  '\u0001\u0010\u001b[31m\u007f\u0085 \u00100000 \u0010 \\u0000 "quoted" \\',
  '\ufeff\ufffe\uffff e\u0301 \u00e9 \u2028\u2029 \r\n\t',
  "'; drop table finding; --",
  'Größe 🛰️ \u202egnp.exe שלום',
]

const collect = async <T>(from: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = []
  for await (const one of from) all.push(one)
  return all
}

async function* streamOf(rows: readonly ExportedRow[]): AsyncGenerator<ExportedRow> {
  yield* rows
}

async function fill(store: KeptCaseStore): Promise<readonly Hunt[]> {
  const again = inventedFinding()
  const contents: readonly (readonly [Partial<Hunt>, readonly Finding[]])[] = [
    [{}, []],
    [{ paths: [], started_at: new Date('1970-01-01T00:00:00.001Z') }, [inventedFinding({ score: 0.1 + 0.2 }), again]],
    [
      { paths: hostile },
      hostile.map(text => inventedFinding({ title: text, entities: [{ kind: text, value: text }] })),
    ],
    [
      { version: hostile[0] ?? '' },
      Array.from({ length: 1_300 }, (_, n) =>
        inventedFinding({
          first_seen: `2026-05-01T08:00:00.${String(n).padStart(6, '0')}Z`,
          last_seen: `9999-12-31T23:59:59.${String(999_999 - n)}Z`,
          score: n / 13,
        }),
      ),
    ],
    [{}, [again, ...[1, 2, 3].map(n => inventedFinding({ summary: `${n}`.repeat(5_000_000) }))]],
  ]
  const hunts = contents.map(([change]) => inventedHunt(change))
  for (const [place, hunt] of hunts.entries()) await store.recordHunt(hunt, contents[place]?.[1] ?? [])
  return hunts
}

async function everything(store: KeptCaseStore) {
  const hunts = await store.hunts()
  return Promise.all(hunts.map(async hunt => ({ hunt, findings: await store.findings(hunt.hunt_id) })))
}

/**
 * What the upkeep of every adapter keeps to. Copies go from the first to the second, so that two adapters are also held
 * against each other.
 */
export function upkeepContract(name: string, openFirst: OpenStore, openSecond: OpenStore): void {
  describe(name, () => {
    let full: KeptCaseStore
    let hunts: readonly Hunt[]
    let rows: readonly ExportedRow[]
    const opened: KeptCaseStore[] = []
    const keep = async (opening: Promise<KeptCaseStore>): Promise<KeptCaseStore> => {
      const store = await opening
      opened.push(store)
      return store
    }
    let empty: KeptCaseStore
    beforeAll(async () => {
      full = await keep(openFirst())
      empty = await keep(openSecond())
      hunts = await fill(full)
      rows = await collect(full.upkeep.exportRows())
    })
    afterAll(async () => {
      for (const store of opened) await store.close()
    })

    test('rows are counted exactly, by table', async () => {
      expect((await full.upkeep.sizes()).filter(one => one.rows > 0)).toEqual([
        { table: 'finding', rows: 2 + 6 + 1_300 + 4, bytes: expect.any(Number), parts: 0 },
        { table: 'hunt', rows: 5, bytes: expect.any(Number), parts: 0 },
      ])
      expect((await empty.upkeep.sizes()).filter(one => one.rows > 0)).toEqual([])
      for (const { bytes } of await full.upkeep.sizes()) expect(bytes).toBeGreaterThan(8_191)
    })

    test('a copy of an empty store is empty', async () => {
      expect(await collect(empty.upkeep.exportRows())).toEqual([])
      expect(await collect(empty.upkeep.citedEvents())).toEqual([])
      await empty.upkeep.importRows(streamOf([]))
      expect(await empty.hunts()).toEqual([])
    })

    const changed = (row: ExportedRow | undefined, change: (fields: Record<string, unknown>) => void): ExportedRow => {
      const fields = JSON.parse(row?.row ?? '')
      change(fields)
      return { table: row?.table ?? '', row: JSON.stringify(fields) }
    }
    test.each<
      [
        string,
        (hunt: ExportedRow | undefined, finding: ExportedRow | undefined) => readonly (ExportedRow | undefined)[],
      ]
    >([
      ['a table we do not have', () => [{ table: 'user_secret', row: '{}' }]],
      ['a table whose name is not one', () => [{ table: 'hunt; drop table hunt', row: '{}' }]],
      ['the register of migrations', () => [{ table: 'schema_migration', row: '{"name":"9","sha256":"0"}' }]],
      ['what is not JSON', hunt => [hunt, { table: 'hunt', row: `${hunt?.row}}` }]],
      ['JSON that is no object', () => [{ table: 'hunt', row: '[1]' }]],
      ['half a row', hunt => [{ table: 'hunt', row: hunt?.row.slice(0, 40) ?? '' }]],
      ['NUL', hunt => [{ table: 'hunt', row: hunt?.row.replace('0.1.0', '\u0000') ?? '' }]],
      ['an escaped NUL', hunt => [{ table: 'hunt', row: hunt?.row.replace('0.1.0', '\\u0000') ?? '' }]],
      ['a row of two lines', hunt => [{ table: 'hunt', row: hunt?.row.replace(',', ',\n') ?? '' }]],
      ['a missing field', hunt => [changed(hunt, fields => delete fields.paths)]],
      ['a field too many', hunt => [changed(hunt, fields => Object.assign(fields, { verdict: 'refuted' }))]],
      ['a number where text belongs', hunt => [changed(hunt, fields => Object.assign(fields, { version: 1 }))]],
      [
        'more digits than the column keeps',
        hunt => [changed(hunt, fields => Object.assign(fields, { started_at: '2026-05-01T08:00:00.0001+00:00' }))],
      ],
      ['a time out of range', hunt => [changed(hunt, fields => Object.assign(fields, { started_at: '999999-01-01' }))]],
      ['the same row twice', hunt => [hunt, hunt]],
      ['a finding of no hunt', (_, finding) => [finding]],
      ['a row larger than any', hunt => [{ table: 'hunt', row: `"${'x'.repeat(48 * 1024 * 1024)}"` }, hunt]],
    ])('a copy with %s is refused, and nothing of it is put back', async (_, spoil) => {
      const bad = spoil(
        rows.find(row => row.table === 'hunt' && row.row.includes('0.1.0')),
        rows.find(row => row.table === 'finding'),
      )
      const refused = empty.upkeep.importRows(streamOf(bad.filter(one => one !== undefined)))
      await expect(refused).rejects.toMatchObject({ code: 'backup/damaged' })
      expect(await empty.hunts()).toEqual([])
    })

    test('an import whose source fails in the middle fails with what the source said, and leaves nothing', async () => {
      async function* failing(): AsyncGenerator<ExportedRow> {
        yield* rows.slice(0, 1_000)
        throw new Error('ENOENT: the copy ends here')
      }
      await expect(empty.upkeep.importRows(failing())).rejects.toThrow('ENOENT: the copy ends here')
      expect((await empty.upkeep.sizes()).filter(one => one.rows > 0)).toEqual([])
    })

    test('what is copied out of one store and put back into another is the same store', async () => {
      const copy = await keep(openSecond())
      await copy.upkeep.importRows(full.upkeep.exportRows())
      expect(await everything(copy)).toEqual(await everything(full))
      expect(await collect(copy.upkeep.exportRows())).toEqual(rows)
      // And it is a store like any other.
      const hunt = inventedHunt()
      await copy.recordHunt(hunt, [inventedFinding()])
      expect((await copy.hunts()).some(one => one.hunt_id === hunt.hunt_id)).toBe(true)
    })

    test('a store that holds something is not put back into, and stays as it is', async () => {
      const before = await everything(full)
      await expect(full.upkeep.importRows(full.upkeep.exportRows())).rejects.toMatchObject({ code: 'store/not-empty' })
      expect(await everything(full)).toEqual(before)
    })

    test('a copy is of one moment, though a hunt is recorded in the middle of it', async () => {
      const store = await keep(openFirst())
      const [before, during] = [inventedHunt(), inventedHunt()]
      await store.recordHunt(
        before,
        Array.from({ length: 1_200 }, () => inventedFinding()),
      )
      const copied: ExportedRow[] = []
      for await (const row of store.upkeep.exportRows()) {
        if (copied.push(row) === 600) await store.recordHunt(during, [inventedFinding()])
      }
      expect(copied.length).toBe(1 + 1_200)
      expect(copied.some(row => row.row.includes(during.hunt_id))).toBe(false)
      expect((await store.hunts()).length).toBe(2)
      expect((await collect(store.upkeep.exportRows())).length).toBe(2 + 1_201)
    })

    test('every event that a finding stands on is named once, and no other', async () => {
      const store = await keep(openFirst())
      const reference = () => ({ event_uid: inventedId(), file: 'x', record_number: 0 })
      const shared = reference()
      const findings = Array.from({ length: 700 }, () =>
        inventedFinding({ evidence: [shared, ...Array.from({ length: 19 }, reference)] }),
      )
      await store.recordHunt(inventedHunt(), findings)
      await store.recordHunt(inventedHunt(), findings.slice(0, 10))
      const pages = await collect(store.upkeep.citedEvents())
      const expected = new Set(findings.flatMap(one => one.evidence.map(each => each.event_uid)))
      expect(pages.length).toBeGreaterThan(1)
      expect(pages.flat().length).toBe(expected.size)
      expect(new Set(pages.flat())).toEqual(expected)
    })

    test('a copy that is left in the middle leaves nothing behind', async () => {
      for (let round = 0; round < 6; round++) {
        for await (const row of full.upkeep.exportRows()) {
          expect(row.table).toBe('hunt')
          break
        }
        for await (const page of full.upkeep.citedEvents()) {
          expect(page.length).toBeGreaterThan(0)
          break
        }
      }
      expect((await full.hunts()).length).toBe(hunts.length)
    })

    test('a copy stops when it is told to', async () => {
      const abort = new AbortController()
      let copied = 0
      const copying = async () => {
        for await (const _ of full.upkeep.exportRows(abort.signal)) if (++copied === 3) abort.abort()
      }
      await expect(copying()).rejects.toMatchObject({ code: 'work/aborted' })
      expect(copied).toBeLessThan(1_000)
      await expect(collect(full.upkeep.exportRows(abort.signal))).rejects.toMatchObject({ code: 'work/aborted' })
    })

    test('closing does not wait for a copy that nobody reads on, and the copy then says why it ends', async () => {
      const store = await openFirst()
      await store.recordHunt(
        inventedHunt(),
        Array.from({ length: 2_000 }, () => inventedFinding()),
      )
      const copy = store.upkeep.exportRows()[Symbol.asyncIterator]()
      await copy.next()
      await store.close()
      const rest = async () => {
        for (let step = await copy.next(); step.done !== true; step = await copy.next());
      }
      await expect(rest()).rejects.toThrow('closed')
      await expect(store.upkeep.sizes()).rejects.toThrow('closed')
      await expect(collect(store.upkeep.exportRows())).rejects.toThrow('closed')
      await expect(collect(store.upkeep.citedEvents())).rejects.toThrow('closed')
      await expect(store.upkeep.importRows(streamOf([]))).rejects.toThrow('closed')
    })
  })
}
