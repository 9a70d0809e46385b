import { readFileSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Session } from 'chdb'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Baseline } from '../../src/baseline/index.ts'
import { loadBaseline, loadBaselines, refreshBaselines } from '../../src/baseline/index.ts'
import { loadIntel, storeIntel } from '../../src/detect/index.ts'
import { dictionaryStatement } from '../../src/mapping/index.ts'
import type { EventKind, EventStore } from '../../src/model/index.ts'
import { isEventKind, rowsOf } from '../../src/model/index.ts'
import { openChdbEventStore, parseSqlFile } from '../../src/store/clickhouse/index.ts'

/**
 * One suite over every folder in baselines/. A baseline has `counts.ndjson` beside its SQL: a line is one event in the
 * words of the dictionary, with its `kind`, and `case`, a claim. All lines with the same claim stand in the store together.
 * The first line of a case says what it must `expect`:
 *
 *     activity   'category entity day hour' to the count, all of them
 *     present    'entity day' to the hours, those named; {} for nobody at all. The empty entity is telemetry alone.
 *
 * All of it is invented; no line comes from anywhere.
 */
const baselinesFolder = fileURLToPath(new URL('../../baselines', import.meta.url))
const baselines = loadBaselines([baselinesFolder])
const intel = loadIntel([fileURLToPath(new URL('../../intel', import.meta.url))])
const installed = await import('chdb').then(
  () => true,
  () => false,
)
const now = new Date('2026-06-01T00:00:00Z')

const expectation = z.strictObject({
  activity: z.record(z.string(), z.number()),
  present: z.record(z.string(), z.array(z.number())).optional(),
})
const line = z.looseObject({
  case: z.string().min(10),
  kind: z.string().refine(isEventKind),
  event_time: z.iso.datetime(),
  expect: expectation.optional(),
})
type Case = {
  readonly name: string
  readonly kinds: readonly EventKind[]
  readonly content: string
  readonly expect: z.infer<typeof expectation>
}

function casesOf(baseline: Baseline): readonly Case[] {
  const cases = new Map<string, Case>()
  for (const text of readFileSync(join(baseline.directory, 'counts.ndjson'), 'utf8').split('\n')) {
    if (text === '') continue
    const { case: name, kind, expect: told = { activity: {} } } = line.parse(JSON.parse(text))
    const before = cases.get(name) ?? { name, kinds: [], content: '', expect: told }
    const kinds = [...new Set([...before.kinds, kind as EventKind])] // refined by the schema
    cases.set(name, { ...before, kinds, content: `${before.content}${text}\n` })
  }
  return [...cases.values()]
}

describe('the folder baselines/', () => {
  it('holds what is loaded, and nothing beside it', async () => {
    const names: string[] = []
    for (const family of await readdir(baselinesFolder))
      names.push(...(await readdir(join(baselinesFolder, family))).map(name => `${family}/${name}`))
    expect(baselines.map(({ id }) => id)).toEqual(names.sort())
  })

  it('gives every baseline a title of its own', () => {
    expect(new Set(baselines.map(({ title }) => title)).size).toBe(baselines.length)
  })

  it('a folder without its queries is refused by name', () => {
    expect(() => loadBaseline(join(baselinesFolder, 'no-family', 'no-baseline'))).toThrow(/no-baseline/)
  })
})

describe.each(baselines)('$id', baseline => {
  it('has queries whose headers are true', () => {
    for (const text of [baseline.activity, baseline.presence]) expect(parseSqlFile(baseline.id, text).what).not.toBe('')
    expect(parseSqlFile(baseline.id, baseline.activity).returns).toBe(
      'category, entity, at, member, event_uid, evidence_id, record_number',
    )
    expect(parseSqlFile(baseline.id, baseline.presence).returns).toBe('entity, at')
  })

  it('names catalogues that there are', () => {
    const known = intel.catalogues.map(({ catalogue }) => catalogue)
    expect(baseline.intel.filter(name => !known.includes(name))).toEqual([])
  })

  it('has more than one case, and every category in one of them unless a catalogue has no example', () => {
    const cases = casesOf(baseline)
    expect(cases.length).toBeGreaterThan(1)
    const met = new Set(cases.flatMap(one => Object.keys(one.expect.activity)).map(key => key.split(' ')[0]))
    expect([...met].filter(category => !Object.hasOwn(baseline.categories, category ?? ''))).toEqual([])
  })
})

describe('on the embedded engine', () => {
  let directory = ''
  let store: EventStore | undefined
  let control: Session | undefined
  let chunks = 0
  const filled = new Set<string>()

  beforeAll(async () => {
    if (!installed) return
    directory = await mkdtemp(join(tmpdir(), 'counterseal-baselines-'))
    store = await openChdbEventStore(join(directory, 'events'))
    await store.migrate()
    await storeIntel(store, intel)
    const chdb = await import('chdb')
    control = new chdb.Session(join(directory, 'events'))
  })

  afterEach(() => {
    for (const table of filled) control?.query(`TRUNCATE TABLE ${table}`)
    filled.clear()
  })

  afterAll(async () => {
    control?.close()
    await store?.close()
    if (directory !== '') await rm(directory, { recursive: true, force: true })
  })

  async function fill(events: EventStore, { kinds, content }: Case): Promise<void> {
    for (const table of ['activity', 'activity_presence', 'activity_taken', 'evidence_chunk']) filled.add(table)
    for (const kind of kinds) {
      filled.add(kind)
      chunks += 1
      const path = join(directory, `${chunks}.ndjson`)
      await writeFile(path, content)
      const chunk = await events.stageChunk(path)
      const evidence_id = 'c'.repeat(64)
      const place = { evidence_id, first_record: 0, sequence: chunks * 1000, byte_offset: 0 }
      const { sql, params } = dictionaryStatement(kind, place)
      await events.insert(sql, { params, chunk, token: `case/${chunks}` })
      await chunk.release()
      const ledger = { evidence_id, byte_offset: chunks * 1000, byte_end: chunks * 1000 + 999, records: 1000 }
      await events.append('evidence_chunk', [{ ...ledger, sequence: chunks * 1000, state: 'done' }], `ledger/${chunks}`)
    }
  }

  for (const baseline of baselines)
    describe(baseline.id, () => {
      for (const one of casesOf(baseline))
        it(`counts: ${one.name}`, async context => {
          if (store === undefined) return context.skip('the optional package chdb is not installed on this platform')
          await fill(store, one)
          const options = { intelSnapshot: intel.snapshot, now }
          const told = async (events: EventStore) => ({
            activity: await rowsOf(events, { name: 'test', text: activityQuery }),
            present: await rowsOf(events, { name: 'test', text: presenceQuery }),
          })
          const [first] = await refreshBaselines(store, [baseline], options)
          expect(first?.taken).toBeGreaterThan(0)
          const { activity, present } = await told(store)
          expect(Object.fromEntries(activity.map(row => [row.key, row.count]))).toEqual(one.expect.activity)
          const there = Object.fromEntries(present.map(row => [row.key, row.hours]))
          if (one.expect.present !== undefined)
            expect(Object.keys(one.expect.present).length > 0 ? there : present).toEqual(
              Object.keys(one.expect.present).length > 0 ? expect.objectContaining(one.expect.present) : [],
            )
          // Nothing is new, so nothing is taken; and taking all of it again changes nothing.
          expect((await refreshBaselines(store, [baseline], options))[0]?.taken).toBe(0)
          control?.query('TRUNCATE TABLE activity_taken')
          expect((await refreshBaselines(store, [baseline], options))[0]?.taken).toBeGreaterThan(0)
          expect(await told(store)).toEqual({ activity, present })
        })
    })
})

const activityQuery = `SELECT concat(toString(category), ' ', entity, ' ', toString(toDate(hour, 'UTC')), ' ', leftPad(toString(toHour(hour, 'UTC')), 2, '0')) AS key,
  uniqExactArray(members) AS count, toString(min(first)) AS earliest
FROM activity GROUP BY key ORDER BY key`

const presenceQuery = `SELECT concat(entity, ' ', toString(day)) AS key, arrayFilter(n -> bitTest(groupBitOr(hours), n), range(24)) AS hours
FROM activity_presence GROUP BY entity, day ORDER BY key`
