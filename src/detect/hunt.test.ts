import { expect, it } from 'vitest'
import type { EventStore, Row, Sql, StoreDescription } from '../model/index.ts'
import type { Detection } from './detection.ts'
import type { Answer } from './hunt.ts'
import { runDetections } from './hunt.ts'

const sees = (kind: 'tls_session' | 'dns_query') => ({
  kind,
  where: {},
  shows: 'a',
  context: kind === 'dns_query',
  without: `no ${kind}`,
  remedy: 'r',
})
const detection: Detection = {
  uuid: '7d0a1f62-3a55-4d3a-9c7b-1f8f0f1d2c3b',
  version: 3,
  title: 'Something happened',
  analytic: 'AN1972',
  description: 'Something happened.',
  techniques: [],
  references: ['here'],
  sees: [sees('tls_session'), sees('dns_query')],
  signals: {
    seen: { points: 30, because: 'seen' },
    twice: { points: 20, because: 'twice' },
    known: { points: -45, because: 'known' },
  },
  verdicts: [
    { from: 0, verdict: 'informational' },
    { from: 30, verdict: 'lead' },
    { from: 50, verdict: 'review' },
  ],
  except: { ours: { values: ['10.0.0.1'], because: 'it is ours' } },
  settings: { window: { default: 60, unit: 'seconds', because: 'a minute' } },
  baselines: [],
  would_change: ['Lower: it was us.'],
  id: 'family/name',
  directory: '/nowhere',
  query: { name: 'detections/family/name', text: 'SELECT 1' },
}
const found = (signals: readonly string[], key = 'k', first_seen = '2026-01-01 00:00:00.000000'): Row => ({
  key,
  summary: 'it happened',
  entities: [['source_address', '10.0.0.7']],
  signals,
  events: [['0'.repeat(32), 'e', 4]],
  event_count: 1,
  first_seen,
  last_seen: '2026-01-02 00:00:00.000000',
})

/** A store that has so many events of a kind and these rows for the detection's query. */
function storeWith(
  counts: Readonly<Record<string, number>>,
  rows: readonly Row[],
  shards: StoreDescription['shards'] = [{ location: 'here', answers: true }],
) {
  const params: unknown[] = []
  const store: Pick<EventStore, 'query' | 'rows' | 'describe'> = {
    async rows(sql, options) {
      const all: Row[] = []
      for await (const row of store.query(sql, options)) all.push(row)
      return all
    },
    describe: async () => ({ engine: 'test', version: '1', location: 'here', migrations: [], shards }),
    async *query(sql: Sql | string, options) {
      const name = typeof sql === 'string' ? sql : sql.name
      if (name.startsWith('coverage/')) {
        const events = counts[name.slice('coverage/'.length)] ?? 0
        yield { events, first_seen: '2026-01-01 00:00:00.000000', last_seen: '2026-01-03 00:00:00.000000' }
      } else if (name === 'readings-of-evidence') yield { path: 'logs/ssl.log' }
      else {
        params.push(options?.params)
        yield* rows
      }
    },
  }
  return { store: store as EventStore, params } // a hunt only asks
}

async function answerOf(store: EventStore): Promise<Answer | undefined> {
  const answers: Answer[] = []
  for await (const answer of runDetections(store, [detection], { intelSnapshot: '0123456789abcdef' }))
    answers.push(answer)
  return answers[0]
}

it('without telemetry the answer is unknown, and the query is not asked', async () => {
  const { store, params } = storeWith({}, [found(['seen'])])
  expect(await answerOf(store)).toMatchObject({ answer: 'unknown', findings: [] })
  expect(params).toEqual([])
})

it('while a shard does not answer, silence is unknown, and a finding says what was not looked at', async () => {
  const shards = [
    { location: 'one:8123', answers: true },
    { location: 'two:8123', answers: false },
  ]
  const silent = await answerOf(storeWith({ tls_session: 3 }, [], shards).store)
  expect(silent).toMatchObject({ answer: 'unknown', absent: ['two:8123'] })
  const telling = await answerOf(storeWith({ tls_session: 3, dns_query: 1 }, [found(['seen'])], shards).store)
  expect(telling).toMatchObject({ answer: 'found', findings: [{ blind: [{ what: 'what the shard two:8123 holds' }] }] })
})

it('telemetry that only adds to a finding can not answer alone', async () => {
  const { store, params } = storeWith({ dns_query: 12 }, [found(['seen'])])
  expect(await answerOf(store)).toMatchObject({ answer: 'unknown', findings: [] })
  expect(params).toEqual([])
})

it('with telemetry and no rows the answer is quiet, with how much there was to look at', async () => {
  const answer = await answerOf(storeWith({ tls_session: 12 }, []).store)
  expect(answer?.answer).toBe('quiet')
  expect(answer?.coverage.map(({ events, first_seen }) => [events, first_seen])).toEqual([
    [12, '2026-01-01T00:00:00.000000Z'],
    [0, undefined],
  ])
})

it('points are added, and the sum decides the verdict', async () => {
  const rows = [found(['seen'], 'a'), found(['seen', 'twice'], 'b'), found(['seen', 'twice', 'known'], 'c')]
  const findings = (await answerOf(storeWith({ tls_session: 1 }, rows).store))?.findings
  expect(findings?.map(({ score, verdict }) => [score, verdict])).toEqual([
    [50, 'review'],
    [30, 'lead'],
    [5, 'informational'],
  ])
})

it('a score never falls below 0', async () => {
  const answer = await answerOf(storeWith({ tls_session: 1 }, [found(['known'])]).store)
  expect(answer?.findings[0]).toMatchObject({ score: 0, verdict: 'informational' })
})

it('the same key has the same finding id in every hunt, another key another', async () => {
  const rows = [found(['seen'], 'a'), found(['seen'], 'b', '2026-01-01 12:00:00.000000')]
  const ids = async () =>
    (await answerOf(storeWith({ tls_session: 1 }, rows).store))?.findings.map(one => one.finding_id)
  const [first, again] = [await ids(), await ids()]
  expect(first).toEqual(again)
  expect(new Set(first).size).toBe(2)
})

it('a finding names its records, and the telemetry that was not there', async () => {
  const answer = await answerOf(storeWith({ tls_session: 1 }, [found(['seen'])]).store)
  const [finding] = answer?.findings ?? []
  expect(finding?.evidence).toEqual([{ event_uid: '0'.repeat(32), file: 'logs/ssl.log', record_number: 4 }])
  expect(finding?.blind).toEqual([{ what: 'no dns_query', why: 'no dns_query event was read', remedy: 'r' }])
  expect(finding?.detection_version).toBe(3)
})

it('settings and exceptions reach the query by their names', async () => {
  const { store, params } = storeWith({ tls_session: 1 }, [])
  await answerOf(store)
  expect(params).toEqual([{ intel: '0123456789abcdef', except_ours: ['10.0.0.1'], window: 60 }])
})

it('a signal that the definition does not weigh is a defect of ours, not a finding', async () => {
  await expect(answerOf(storeWith({ tls_session: 1 }, [found(['felt'])]).store)).rejects.toThrow(/felt/)
})
