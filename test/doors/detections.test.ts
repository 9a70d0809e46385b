import { readFileSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Session } from 'chdb'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { z } from 'zod'
import { loadBaselines, rateExceedances, refreshBaselines } from '../../src/baseline/index.ts'
import type { Answer, Detection, Rates } from '../../src/detect/index.ts'
import {
  casesOf as correlatedCases,
  loadCorrelations,
  loadDetection,
  loadDetections,
  loadIntel,
  runDetections,
  storeIntel,
} from '../../src/detect/index.ts'
import { dictionaryStatement } from '../../src/mapping/index.ts'
import type { EventKind, EventStore, Finding } from '../../src/model/index.ts'
import { fields, isEventKind, rowsOf, scoreOf, verdict } from '../../src/model/index.ts'
import { openChdbEventStore, parseSqlFile } from '../../src/store/clickhouse/index.ts'

/**
 * One suite over every folder in detections/. A detection has beside its `detection.yaml` and `query.sql`:
 *
 *     fires.ndjson   cases that must make at least one finding
 *     quiet.ndjson   the near misses: cases that must make none
 *
 * A line is one event in the words of the dictionary, with its `kind`, and `case`, a claim: all lines with the same
 * claim stand in the store together, and nothing else does. `record_key`, where given, names the event it is. The first
 * line of a case in fires.ndjson may say what it `expect`s. All of it is invented; no line comes from anywhere.
 */
const detectionsFolder = fileURLToPath(new URL('../../detections', import.meta.url))
const intelFolder = fileURLToPath(new URL('../../intel', import.meta.url))
const analyticsFolder = fileURLToPath(new URL('../../analytics', import.meta.url))

const detections = loadDetections([detectionsFolder])
const baselines = loadBaselines([fileURLToPath(new URL('../../baselines', import.meta.url))])
const correlations = loadCorrelations(analyticsFolder, detections)
const intel = loadIntel([intelFolder])
const installed = await import('chdb').then(
  () => true,
  () => false,
)

function techniqueName(id: string): string | undefined {
  const known = intel.catalogues.find(({ catalogue }) => catalogue === 'attack-techniques')
  return known?.entries.find(entry => entry.id === id)?.attributes.name
}

/** What a case may say of its findings beside that there are some. */
const expectation = z.strictObject({
  findings: z.number().int().positive().optional(),
  /** Of a detection that observes: rows of its query. */
  observations: z.number().int().positive().optional(),
  /** Verdict of the most urgent finding. */
  verdict: verdict.optional(),
  /** event_count of the first finding. */
  events: z.number().int().positive().optional(),
  /** Among those of the first finding. */
  signals: z.array(z.string()).optional(),
  entities: z.record(z.string(), z.string()).optional(),
})
const line = z.looseObject({
  case: z.string().min(10),
  kind: z.string().refine(isEventKind),
  event_time: z.iso.datetime(),
  record_key: z.string().optional(),
  expect: expectation.optional(),
})
type Case = {
  readonly name: string
  readonly kinds: readonly EventKind[]
  readonly content: string
  readonly expect: z.infer<typeof expectation>
}

function casesOf(detection: Detection, file: 'fires.ndjson' | 'quiet.ndjson'): readonly Case[] {
  const cases = new Map<string, Case>()
  for (const text of readFileSync(join(detection.directory, file), 'utf8').split('\n')) {
    if (text === '') continue
    const { case: name, kind, expect = {} } = line.parse(JSON.parse(text))
    const before = cases.get(name) ?? { name, kinds: [], content: '', expect }
    cases.set(name, {
      ...before,
      kinds: [...new Set([...before.kinds, kind as EventKind])], // refined by the schema
      content: `${before.content}${text}\n`,
    })
  }
  return [...cases.values()]
}

describe('the folder detections/', () => {
  it('holds what is loaded, and nothing beside it', async () => {
    const folders = await readdir(detectionsFolder, { withFileTypes: true })
    const names: string[] = []
    for (const family of folders)
      names.push(...(await readdir(join(detectionsFolder, family.name))).map(name => `${family.name}/${name}`))
    expect(detections.map(({ id }) => id)).toEqual(names.sort())
  })

  it('gives every detection a uuid and a title of its own', () => {
    expect(new Set(detections.map(({ uuid }) => uuid)).size).toBe(detections.length)
    expect(new Set(detections.map(({ title }) => title)).size).toBe(detections.length)
  })

  it('has a detection for every analytic', () => {
    expect(new Set(detections.map(({ analytic }) => analytic))).toEqual(new Set(['AN1246', 'AN1972', 'T1596.003']))
  })
})

describe('reference data', () => {
  it('names an entry and a value of a key only once in a catalogue', () => {
    for (const { catalogue, entries } of intel.catalogues) {
      const ids = entries.map(({ id }) => id)
      expect(new Set(ids).size, catalogue).toBe(ids.length)
      const values = entries.flatMap(({ keys }) => Object.entries(keys).flatMap(([key, all]) => all.map(v => key + v)))
      expect(new Set(values).size, catalogue).toBe(values.length)
    }
  })

  it('is matched in lower case, so its values are written so', () => {
    for (const { catalogue, entries } of intel.catalogues.filter(one => one.catalogue !== 'attack-techniques'))
      for (const { keys } of entries)
        for (const value of Object.values(keys).flat()) expect(value, catalogue).toBe(value.toLowerCase())
  })

  it('expires after it was verified', () => {
    for (const { entries } of intel.catalogues)
      for (const entry of entries) {
        expect(entry.first_verified <= entry.last_verified, entry.id).toBe(true)
        expect(entry.last_verified < entry.expires, entry.id).toBe(true)
      }
  })

  it('calls no OCSP, CRL or ACME service a lookup', () => {
    const services = intel.catalogues.find(({ catalogue }) => catalogue === 'certificate-lookup-services')
    const hosts = services?.entries.flatMap(({ keys }) => keys.host ?? []) ?? []
    expect(hosts).not.toEqual([])
    expect(hosts.filter(host => /ocsp|\bcrl|acme/.test(host))).toEqual([])
  })

  it('lets a shared host count only by a path', () => {
    const services = intel.catalogues.find(({ catalogue }) => catalogue === 'certificate-lookup-services')
    const open = services?.entries.filter(({ attributes }) => attributes.path !== undefined) ?? []
    expect(open.filter(({ attributes }) => attributes.shared_host !== 'true').map(({ id }) => id)).toEqual([])
  })
})

describe.each(detections)('$id', detection => {
  it('names ATT&CK techniques by the names they have there', () => {
    for (const { id, name } of detection.techniques) expect(techniqueName(id), id).toBe(name)
  })

  it('has a query whose header is true', () => {
    expect(parseSqlFile(detection.id, detection.query.text).what).not.toBe('')
  })

  it('takes the parameters that its header declares, and no others', () => {
    const given = [
      ...(detection.query.text.includes('{intel:') ? ['intel'] : []),
      ...(detection.baselines.length > 0 ? ['rates'] : []),
      ...Object.keys(detection.settings),
      ...Object.keys(detection.except).map(n => `except_${n}`),
    ]
    const declared = [...parseSqlFile(detection.id, detection.query.text).params.keys()]
    expect(declared.sort()).toEqual(given.sort())
  })

  it('reaches each of its verdicts with the points it gives', () => {
    const points = Object.values(detection.signals).map(signal => signal.points)
    const most = Math.min(
      100,
      points.filter(one => one > 0).reduce((sum, one) => sum + one, 0),
    )
    for (const { from } of detection.verdicts) expect(from).toBeLessThanOrEqual(most)
  })

  it('has more than one case for each side, and claims each once', () => {
    const [fires, quiet] = [casesOf(detection, 'fires.ndjson'), casesOf(detection, 'quiet.ndjson')]
    expect(fires.length).toBeGreaterThan(1)
    expect(quiet.length).toBeGreaterThan(1)
    const names = [...fires, ...quiet].map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  })
})

describe.each(['an1246', 'an1972', 't1596-003'])('analytics/%s', folder => {
  const analytic = z
    .looseObject({
      id: z.string(),
      attack: z.looseObject({ techniques: z.array(z.looseObject({ id: z.string(), name: z.string() })) }),
    })
    .parse(parseYaml(readFileSync(join(analyticsFolder, folder, 'analytic.yaml'), 'utf8')))

  it('is the analytic of at least one detection', () => {
    expect(detections.map(one => one.analytic)).toContain(analytic.id)
  })

  it('names ATT&CK techniques by the names they have there', () => {
    for (const { id, name } of analytic.attack.techniques) expect(techniqueName(id), id).toBe(name)
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
    directory = await mkdtemp(join(tmpdir(), 'counterseal-detections-'))
    store = await openChdbEventStore(join(directory, 'events'))
    await store.migrate()
    await storeIntel(store, intel)
    const chdb = await import('chdb')
    control = new chdb.Session(join(directory, 'events'))
  })

  afterEach(() => {
    for (const kind of filled) control?.query(`TRUNCATE TABLE ${kind}`)
    filled.clear()
  })

  afterAll(async () => {
    control?.close()
    await store?.close()
    if (directory !== '') await rm(directory, { recursive: true, force: true })
  })

  /** Its findings; of a detection that observes, its observations and the cases that they make by themselves. */
  async function findingsOf(
    detection: Detection,
    { kinds, content }: Case,
    events: EventStore,
  ): Promise<{ readonly findings: readonly Finding[]; readonly observations: Answer['observations'] }> {
    for (const kind of kinds) {
      filled.add(kind)
      chunks += 1
      const path = join(directory, `${chunks}.ndjson`)
      await writeFile(path, content)
      const chunk = await events.stageChunk(path)
      const place = { evidence_id: 'c'.repeat(64), first_record: 0, sequence: chunks * 1000, byte_offset: 0 }
      const { sql, params } = dictionaryStatement(kind, place)
      await events.insert(sql, { params, chunk, token: `case/${chunks}` })
      await chunk.release()
      if (detection.baselines.length === 0) continue
      const span = { evidence_id: place.evidence_id, byte_offset: chunks * 1000, byte_end: chunks * 1000 + 999 }
      const ledger = { ...span, records: 1000, sequence: chunks * 1000, state: 'done' }
      await events.append('evidence_chunk', [ledger], `ledger/${chunks}`)
    }
    const answers: Answer[] = []
    const rates = detection.baselines.length === 0 ? {} : { rates: await ratesFor(detection, events) }
    for await (const answer of runDetections(events, [detection], { intelSnapshot: intel.snapshot, ...rates }))
      answers.push(answer)
    const [answer] = answers
    if (answer === undefined) throw new Error(`${detection.id} gave no answer`)
    const correlation = correlations.find(({ analytic }) => analytic === detection.analytic)
    if (detection.observes === undefined || correlation === undefined) return answer
    const options = { intelSnapshot: intel.snapshot, answersOf: async () => new Map() }
    const { findings } = await correlatedCases(events, correlation, answers, options)
    return { findings, observations: answer.observations }
  }

  async function ratesFor(detection: Detection, events: EventStore): Promise<Rates> {
    for (const table of ['activity', 'activity_presence', 'activity_taken', 'evidence_chunk', 'rate_exceedance'])
      filled.add(table)
    const own = baselines.filter(({ id }) => detection.baselines.includes(id))
    expect(own).toHaveLength(detection.baselines.length)
    const options = { intelSnapshot: intel.snapshot, now: new Date('2026-06-01T00:00:00Z') }
    await refreshBaselines(events, own, options)
    const snapshot = await rateExceedances(events, own, options)
    return { snapshot, states: new Map(own.map(({ id }) => [id, { evaluable: true, because: '' }])) }
  }

  for (const detection of detections) {
    describe(detection.id, () => {
      it('can be planned by the engine', async context => {
        if (store === undefined) return context.skip('the optional package chdb is not installed on this platform')
        const settings = Object.entries(detection.settings).map(([name, setting]) => [name, setting.default])
        const except = Object.entries(detection.except).map(([name, { values }]) => [`except_${name}`, values])
        const params = {
          intel: intel.snapshot,
          rates: '',
          ...Object.fromEntries(settings),
          ...Object.fromEntries(except),
        }
        const plan = { name: 'explain', text: `SELECT explain FROM (EXPLAIN ${detection.query.text})` }
        expect(await rowsOf(store, plan, { params })).not.toEqual([])
      })

      for (const year of ['1900', '2105', '2299'])
        it(`does not fail on events that claim to be of the year ${year}`, async context => {
          if (store === undefined) return context.skip('the optional package chdb is not installed on this platform')
          const cases = casesOf(detection, 'fires.ndjson')
          const content = cases
            .map(one => one.content.replace(/"event_time":"\d{4}/g, `"event_time":"${year}`))
            .join('')
          const kinds = [...new Set(cases.flatMap(one => one.kinds))]
          await expect(findingsOf(detection, { name: year, kinds, content, expect: {} }, store)).resolves.toBeDefined()
        })

      for (const one of casesOf(detection, 'fires.ndjson'))
        it(`fires: ${one.name}`, async context => {
          if (store === undefined) return context.skip('the optional package chdb is not installed on this platform')
          const { findings, observations } = await findingsOf(detection, one, store)
          const [first] = findings
          expect([...findings, ...observations]).not.toEqual([])
          // What needs company makes no finding by itself; its signals are those of what was observed.
          const said = first?.contributions ?? observations[0]?.signals ?? []
          for (const finding of findings) {
            expect(finding.score).toBe(scoreOf(finding.contributions))
            expect(finding.summary).not.toMatch(/::ffff:|undefined|\bNULL\b/)
            expect(finding.summary.length).toBeLessThan(1500)
            expect(finding.entities.map(({ kind }) => kind).filter(kind => !Object.hasOwn(fields, kind))).toEqual([])
            expect(finding.evidence.length).toBeLessThanOrEqual(Math.min(20, finding.event_count))
            expect(new Set(finding.evidence.map(({ event_uid }) => event_uid)).size).toBe(finding.evidence.length)
            expect(finding.first_seen <= finding.last_seen).toBe(true)
          }
          expect(new Set(findings.map(({ finding_id }) => finding_id)).size).toBe(findings.length)
          const { expect: told } = one
          if (told.findings !== undefined) expect(findings.map(({ summary }) => summary)).toHaveLength(told.findings)
          if (told.verdict !== undefined) expect(first?.verdict).toBe(told.verdict)
          if (told.events !== undefined) expect(first?.event_count).toBe(told.events)
          expect(said.map(({ signal }) => signal)).toEqual(expect.arrayContaining(told.signals ?? []))
          for (const [kind, value] of Object.entries(told.entities ?? {}))
            expect((first ?? observations[0])?.entities).toContainEqual({ kind, value })
          if (told.observations !== undefined) expect(observations).toHaveLength(told.observations)
        })

      for (const one of casesOf(detection, 'quiet.ndjson'))
        it(`stays quiet: ${one.name}`, async context => {
          if (store === undefined) return context.skip('the optional package chdb is not installed on this platform')
          const { findings, observations } = await findingsOf(detection, one, store)
          expect([...findings, ...observations].map(({ summary }) => summary)).toEqual([])
        })
    })
  }

  it('a folder without its query is refused by name', () => {
    expect(() => loadDetection(join(detectionsFolder, 'no-family', 'no-detection'))).toThrow(/no-detection/)
  })
})
