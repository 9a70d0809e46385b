import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Session } from 'chdb'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { dictionaryStatement } from '../mapping/index.ts'
import type { EventStore } from '../model/index.ts'
import { rowsOf } from '../model/index.ts'
import { openChdbEventStore } from '../store/clickhouse/index.ts'
import type { Baseline } from './definition.ts'
import { rateExceedances } from './exceedances.ts'
import { refreshBaselines } from './refresh.ts'
import { baselineStates, describeState } from './state.ts'

const installed = await import('chdb').then(
  () => true,
  () => false,
)
const range = 'ingest_sequence >= {from_sequence:UInt64} AND ingest_sequence < {to_sequence:UInt64}'

/** Questions to DNS: each name counts once an hour. */
const asked: Baseline = {
  id: 'test/asked',
  directory: '',
  sha256: 'a',
  title: 'Names asked for',
  analytic: 'T1596.003',
  description: 'Names.',
  references: ['this test'],
  intel: [],
  budget: { false_alarms_per_day: 1, because: 'As everywhere.' },
  learning_days: 7,
  categories: { name: { unit: 'names', floor: 5, because: 'Enough for a test.' } },
  sees: [{ kind: 'dns_query', where: {}, shows: 'names', without: 'names', remedy: 'read dns.log' }],
  activity: `SELECT 'name' AS category, source_address AS entity, event_time AS at, dns_question_name AS member, event_uid, evidence_id, record_number FROM dns_query WHERE startsWith(dns_question_name, 'crt') AND ${range}`,
  presence: `SELECT source_address AS entity, event_time AS at FROM dns_query WHERE ${range}`,
}
const now = new Date('2026-03-01T00:00:00Z')
const options = { intelSnapshot: 'none', now }

describe('baselines', () => {
  let directory = ''
  let store: EventStore
  let control: Session | undefined
  let files = 0

  beforeAll(async () => {
    if (!installed) return
    directory = await mkdtemp(join(tmpdir(), 'counterseal-baseline-'))
    store = await openChdbEventStore(join(directory, 'events'))
    await store.migrate()
    control = new (await import('chdb')).Session(join(directory, 'events'))
  })
  afterEach(() => {
    for (const table of [
      'dns_query',
      'evidence_chunk',
      'activity',
      'activity_presence',
      'activity_taken',
      'rate_exceedance',
      'intel_entry',
    ])
      control?.query(`TRUNCATE TABLE ${table}`)
  })
  afterAll(async () => {
    control?.close()
    await store?.close()
    if (directory !== '') await rm(directory, { recursive: true, force: true })
  })

  type Question = readonly [time: string, source: string, name: string]

  const written = (evidence: string, sequence: number, records: number, state: 'intended' | 'done') =>
    store.append(
      'evidence_chunk',
      [{ evidence_id: evidence, byte_offset: sequence, byte_end: sequence + 1, records, sequence, state }],
      `${evidence}/${sequence}/${state}/${files}`,
    )
  const arrived = async (evidence: string, sequence: number, questions: readonly Question[]) => {
    files += 1
    const path = join(directory, String(files))
    const lines = questions.map(([event_time, source_address, dns_question_name]) =>
      JSON.stringify({ kind: 'dns_query', event_time, source_address, dns_question_name }),
    )
    await writeFile(path, lines.map(line => `${line}\n`).join(''))
    const chunk = await store.stageChunk(path)
    const place = { evidence_id: evidence, first_record: sequence, sequence, byte_offset: 0 }
    const { sql, params } = dictionaryStatement('dns_query', place)
    await store.insert(sql, { params, chunk, token: `${evidence}/${files}` })
    await chunk.release()
  }
  const read = async (evidence: string, sequence: number, questions: readonly Question[]) => {
    await arrived(evidence, sequence, questions)
    await written(evidence, sequence, questions.length, 'done')
  }
  const taken = async () => (await refreshBaselines(store, [asked], options))[0]?.taken
  const counts = async () => {
    const text =
      'SELECT entity, toString(hour) AS hour, uniqExactArray(members) AS count FROM activity GROUP BY entity, hour ORDER BY entity, hour'
    const rows = await rowsOf(store, { name: 'test', text })
    return rows.map(row => `${row.entity} ${row.hour} ${row.count}`)
  }
  const missing = (context: { skip(note?: string): void }) => {
    if (!installed) context.skip('the optional package chdb is not installed on this platform')
  }

  it('what is new is taken once, and counts together with what was taken before', async context => {
    missing(context)
    await read('one', 0, [
      ['2026-01-05T10:00:00Z', '10.0.0.7', 'crt.one'],
      ['2026-01-05T10:59:00Z', '10.0.0.7', 'crt.two'],
    ])
    expect(await taken()).toBe(2)
    expect(await taken()).toBe(0)
    await read('two', 2, [
      ['2026-01-05T10:30:00Z', '10.0.0.7', 'crt.two'],
      ['2026-01-05T10:31:00Z', '10.0.0.7', 'crt.three'],
    ])
    expect(await taken()).toBe(2)
    expect(await counts()).toEqual(['10.0.0.7 2026-01-05 10:00:00 3'])
  })

  it('an hour names the earliest record that showed it, whichever came first', async context => {
    missing(context)
    await read('late', 0, [['2026-01-05T10:30:00.000001Z', '10.0.0.7', 'crt.one']])
    await taken()
    await read('early', 300, [
      ['2026-01-05T10:30:00Z', '10.0.0.7', 'crt.two'],
      ['2026-01-05T10:45:00Z', '10.0.0.7', 'crt.one'],
    ])
    await taken()
    const text = `SELECT toString(min(first).1) AS at, min(first).3 AS evidence, min(first).4 AS record,
  (SELECT count() FROM dns_query WHERE event_uid = (SELECT min(first).2 FROM activity)) AS events FROM activity`
    expect(await rowsOf(store, { name: 'test', text })).toEqual([
      { at: '2026-01-05 10:30:00.000000', evidence: 'early', record: 300, events: 1 },
    ])
  })

  it('a chunk under way counts with what has arrived of it, and wholly when it is done', async context => {
    missing(context)
    await written('slow', 0, 2, 'intended')
    await read('fast', 2, [['2026-01-05T10:00:00Z', '10.0.0.8', 'crt.one']])
    expect(await taken()).toBe(3)
    expect(await counts()).toEqual(['10.0.0.8 2026-01-05 10:00:00 1'])
    await read('slow', 0, [
      ['2026-01-05T10:00:00Z', '10.0.0.7', 'crt.one'],
      ['2026-01-05T11:00:00Z', '10.0.0.7', 'crt.one'],
    ])
    expect(await taken()).toBe(3)
    expect(await taken()).toBe(0)
    expect(await counts()).toEqual([
      '10.0.0.7 2026-01-05 10:00:00 1',
      '10.0.0.7 2026-01-05 11:00:00 1',
      '10.0.0.8 2026-01-05 10:00:00 1',
    ])
  })

  it('a store that was put back and has read other evidence under the same numbers is read from its beginning', async context => {
    missing(context)
    await read('kept', 0, [['2026-01-05T10:00:00Z', '10.0.0.7', 'crt.one']])
    await read('lost', 1, [['2026-01-05T10:00:00Z', '10.0.0.8', 'crt.one']])
    expect(await taken()).toBe(2)
    control?.query('TRUNCATE TABLE evidence_chunk')
    await written('kept', 0, 1, 'done')
    await read('other', 1, [['2026-01-05T10:00:00Z', '10.0.0.9', 'crt.one']])
    expect(await taken()).toBe(2)
    expect(await counts()).toContain('10.0.0.9 2026-01-05 10:00:00 1')
  })

  it('is counted anew when the reference data it reads has changed, and not when other data has', async context => {
    missing(context)
    const reading: Baseline = { ...asked, intel: ['services'], activity: `${asked.activity} AND {intel:String} != ''` }
    const entry = (snapshot: string, catalogue: string, value: string) =>
      store.append(
        'intel_entry',
        [{ snapshot, catalogue, entry: 'e', key: 'host', value, attributes: {} }],
        `${snapshot}/${value}`,
      )
    await entry('first', 'services', 'crt.sh')
    await entry('second', 'services', 'crt.sh')
    await entry('second', 'others', 'x.example')
    await entry('third', 'services', 'crt.example')
    const revisions = []
    for (const intelSnapshot of ['first', 'second', 'third'])
      revisions.push((await refreshBaselines(store, [reading], { ...options, intelSnapshot }))[0]?.revision)
    expect(revisions[1]).toBe(revisions[0])
    expect(revisions[2]).not.toBe(revisions[0])
  })

  it('takes nothing while a shard is away, and says so', async context => {
    missing(context)
    await read('one', 0, [['2026-01-05T10:00:00Z', '10.0.0.7', 'crt.one']])
    const described = await store.describe()
    const torn = { ...store, describe: async () => ({ ...described, shards: [{ location: 'here', answers: false }] }) }
    const [refreshed] = await refreshBaselines(torn, [asked], options)
    expect(refreshed).toMatchObject({ taken: 0, behind: true })
    expect(await rateExceedances(torn, [asked], options)).toBe('')
    expect(await taken()).toBe(1)
  })

  /** One question in each hour of the day, of everybody else. */
  const quietDay = (day: number): readonly Question[] =>
    Array.from({ length: 24 }, (_, hour) => [at(day, hour), '10.0.0.2', 'www.example'] as const)
  const at = (day: number, hour: number, minute = 0) => new Date(Date.UTC(2026, 0, 5 + day, hour, minute)).toISOString()
  const burst = (day: number): readonly Question[] =>
    Array.from({ length: 5 }, (_, n) => [at(day, 10, n), '10.0.0.7', `crt.${n}`] as const)
  const days = async (count: number) => {
    for (let day = 0; day < count; day += 1) await read(`day ${day}`, day * 100, quietDay(day))
  }
  const found = async () => {
    const snapshot = await rateExceedances(store, [asked], options)
    const text =
      'SELECT entity, toString(day) AS day, hours.count AS counts FROM rate_exceedance WHERE snapshot = {snapshot:String}'
    return await rowsOf(store, { name: 'test', text }, { params: { snapshot } })
  }
  const stateOf = async () => (await baselineStates(store, [asked], options.intelSnapshot))[0]

  it('a burst on the eighth day is found, and the state says that the day could be judged', async context => {
    missing(context)
    await days(7)
    await read('burst', 700, [...quietDay(7), ...burst(7)])
    await taken()
    expect(await found()).toEqual([{ entity: '10.0.0.7', day: '2026-01-12', counts: [5] }])
    expect(await stateOf()).toMatchObject({ state: 'evaluable', days: 8, hours: 192, entities: 2, evaluable_days: 1 })
  })

  it('on the seventh day it is not judged, and the state says that its silence means nothing yet', async context => {
    missing(context)
    await days(6)
    await read('burst', 700, [...quietDay(6), ...burst(6)])
    await taken()
    expect(await found()).toEqual([])
    const state = await stateOf()
    expect(state).toMatchObject({ state: 'learning', days: 7, evaluable_days: 0, remaining_days: 1 })
    expect(state === undefined ? '' : describeState(state)).toContain('1 more day to go')
  })

  it('a week of history that lies a month back teaches nothing about today', async context => {
    missing(context)
    await days(7)
    await read('burst', 700, [...quietDay(45), ...burst(45)])
    await taken()
    expect(await found()).toEqual([])
    expect(await stateOf()).toMatchObject({ state: 'learning', evaluable_days: 0, remaining_days: 7 })
  })

  it('an empty store has no telemetry, and what was read and not counted is told apart from it', async context => {
    missing(context)
    expect((await stateOf())?.state).toBe('no telemetry')
    await read('one', 0, [['2026-01-05T10:00:00Z', '10.0.0.7', 'crt.one']])
    expect((await stateOf())?.state).toBe('not taken')
    await taken()
    expect((await stateOf())?.state).toBe('learning')
  })
})
