import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { W3cHeader, ZeekHeader } from '../../src/formats/index.ts'
import { readW3cHeaderLine, readZeekHeaderLine, w3cDefaults, zeekDefaults } from '../../src/formats/index.ts'
import { possibleSources } from '../../src/ingest/possible.ts'
import { recognise, w3cCandidates } from '../../src/ingest/recognise.ts'
import { isCut, recordReader } from '../../src/ingest/record-readers.ts'
import type { MappedSource, Segment, Source } from '../../src/mapping/index.ts'
import {
  censusStatement,
  claims,
  insertStatement,
  inTextOrder,
  isMapped,
  loadSource,
  loadSources,
  mappedColumns,
  quarantineStatement,
  readTextLine,
  wholeList,
} from '../../src/mapping/index.ts'
import type { EventKind, EventStore, Row } from '../../src/model/index.ts'
import { columnsOf, eventKinds, rowsOf } from '../../src/model/index.ts'
import { openChdbEventStore } from '../../src/store/clickhouse/index.ts'

/**
 * One suite over every folder in sources/. A source has beside its `source.yaml` and `mapping.sql`:
 *
 *     sample.log        for the format zeek-tsv: a whole log with its header, one segment
 *     sample.ndjson     for json-lines; for `certificates`, the lines that our own reader makes
 *     sample.json       for json-document: a file as it is met, read as the lines that our own reader makes of it
 *     sample.csv        for csv: the same
 *     sample.txt        for text-lines: times without a year are of 2026, those without a zone in UTC
 *     sample.w3c        for w3c: a whole log with its header, one segment
 *     expected.ndjson   what becomes of every line of the samples, in their order; nothing about header lines
 *
 * A line of expected.ndjson names its sample and its line (from 1; of a document and of CSV, its record) and has either `row`, the columns that are not empty
 * (hashes in hexadecimal, a DER in base64), or `reason`, as the census says it, with `field` where a field is to blame.
 * `UPDATE=1 npx vitest run test/doors` writes it anew; read the diff as carefully as code.
 *
 * The first record of every sample is told in full. Where the same event can arrive in several shapes, the first
 * records of their samples tell the same event: all samples of one source, and all windows-*.
 */
const folder = fileURLToPath(new URL('../../sources', import.meta.url))
const ids = (await readdir(folder, { withFileTypes: true }))
  .filter(entry => entry.isDirectory())
  .map(({ name }) => name)
const installed = await import('chdb').then(
  () => true,
  () => false,
)
const samples = [
  { file: 'sample.log', formats: ['zeek-tsv'] },
  { file: 'sample.ndjson', formats: ['json-lines', 'certificates'] },
  { file: 'sample.json', formats: ['json-document'] },
  { file: 'sample.csv', formats: ['csv'] },
  { file: 'sample.txt', formats: ['text-lines'] },
  { file: 'sample.w3c', formats: ['w3c'] },
] as const

/** Documentation addresses of the samples count as local, so that directions show. */
const localRanges = [['::ffff:192.0.2.0', '::ffff:192.0.2.255']] as const

describe('a source', () => {
  it.each(ids)('%s loads', id => {
    expect(loadSource(join(folder, id)).id).toBe(id)
  })

  it.each(ids)('%s says in its mapping what log it reads and from where that is known', id => {
    const source = loadSource(join(folder, id))
    if (!isMapped(source)) return
    const header = /^(--.*\n)+/.exec(readFileSync(join(folder, id, 'mapping.sql'), 'utf8'))?.[0] ?? ''
    expect(header.length).toBeGreaterThan(100)
  })

  it.each(ids)('%s gives only fields of its kind, an identity, and helpers that it uses', id => {
    const source = loadSource(join(folder, id))
    if (!isMapped(source)) return
    const names = aliasesOf(source)
    expect(names).toContain('identity')
    expect(names).toContain('event_time')
    const fields: readonly string[] = eventKinds[source.kind].fields
    const helpers = names.filter(name => !fields.includes(name) && name !== 'identity' && name !== 'extra')
    const unused = helpers.filter(name => (wholeList(source).match(new RegExp(`\\b${name}\\b`, 'g')) ?? []).length < 2)
    expect(unused, 'neither in the dictionary nor used again').toEqual([])
    expect(mappedColumns(source)).toEqual(names.filter(name => fields.includes(name)))
    expect(new Set(names).size).toBe(names.length)
  })

  it('of Windows events fills the columns as all others do', () => {
    const mapped = ids.map(id => loadSource(join(folder, id))).filter(isMapped)
    const endings = mapped.filter(({ kind }) => kind === 'windows_event').map(({ ending }) => ending?.name)
    expect(endings.length).toBeGreaterThan(1)
    expect(new Set(endings)).toEqual(new Set(['windows-event']))
  })

  it('is found for every Suricata type it names, and for that alone', () => {
    const sources = loadSources([folder])
    const types = sources.flatMap(source => source.match.flatMap(rule => [rule.equals.event_type ?? []].flat()))
    expect(new Set(types).size).toBe(types.length)
  })
})

if (installed) {
  describe('the mapping of a source', () => {
    let bench: Bench
    beforeAll(async () => {
      bench = await openBench()
    })
    afterAll(() => bench.close())

    it.each(ids)('%s maps its sample exactly to expected.ndjson', async id => {
      const told = await bench.tell(id)
      const path = join(folder, id, 'expected.ndjson')
      const text = told.map(line => `${JSON.stringify(line)}\n`).join('')
      if (process.env.UPDATE !== undefined && process.env.UPDATE !== '') await writeFile(path, text)
      expect(text).toBe(await readFile(path, 'utf8'))
    })

    it.each(ids)('%s has a sample that is refused as well as one that is taken', async id => {
      const told = await bench.tell(id)
      const reasons = new Set(told.map(({ reason }) => reason ?? 'stored'))
      const source = loadSource(join(folder, id))
      if (isMapped(source)) expect([...reasons]).toEqual(expect.arrayContaining(['stored', 'field/required']))
      else expect([...reasons]).toContain(`ignored/${id}`)
      expect([...reasons].some(reason => /^(json|record|source)\//.test(reason))).toBe(true)
    })

    it.each(ids.filter(id => samplesOf(id).length > 1))(
      '%s gives one event one record key in both formats',
      async id => {
        const [first, second] = firstRows(await bench.tell(id))
        expect(first?.record_key).toBeDefined()
        expect(second?.record_key).toBe(first?.record_key)
        expect(withoutExtra(second)).toEqual(withoutExtra(first))
      },
    )

    it('gives a Windows event one record key whoever collected it', async () => {
      const shapes = ids.filter(id => /^windows-(?!dns-)/.test(id))
      const rows: Row[] = []
      for (const id of shapes) rows.push(...firstRows(await bench.tell(id)))
      expect(rows).toHaveLength(shapes.length)
      expect(new Set(rows.map(row => row.record_key)).size).toBe(1)
      const common = rows.map(({ source, message, fields, extra, ...row }) => row)
      for (const row of common) expect(row).toEqual(common[0])
      const data = rows.map(({ fields }) => Object.entries(fields ?? {}).sort())
      for (const fields of data) expect(fields).toEqual(data[0])
    })

    it.each(ids)('%s never fails on what is hostile, and accounts for every line', { timeout: 300_000 }, async id => {
      for (const file of samplesOf(id)) {
        const { text } = await sampleOf(id, file)
        const random = randomOf(`${id}/${file}`)
        const lines = Array.from({ length: mutationsPerSample }, () => mutated(text, random))
        const body = Buffer.concat(lines.flatMap(line => [line, Buffer.from('\n')]))
        const reading = await bench.read(id, file, text, body)
        const { stored, malformed, ignored } = reading
        expect({ lines: stored + malformed + ignored, quarantined: reading.quarantined }).toEqual({
          lines: reading.lines,
          quarantined: malformed,
        })
        expect(reading.inserted).toBe(stored)
      }
    })
  })
} else {
  describe('the mapping of a source', () => {
    it('maps its sample', context => {
      context.skip('the optional package chdb is not installed on this platform')
    })
  })
}

// ——— Telling ————————————————————————————————————————————————————————————————————————————————————————————————————————

type Told = {
  readonly sample: string
  readonly line: number
  readonly row?: Row
  readonly reason?: string
  readonly field?: string
}

type Reading = {
  readonly lines: number
  readonly stored: number
  readonly malformed: number
  readonly ignored: number
  /** Rows that are in the store for this reading: events, and lines in quarantine. */
  readonly inserted: number
  readonly quarantined: number
}

type Bench = {
  tell(id: string): Promise<readonly Told[]>
  /** Lines read as those of the sample are. */
  read(id: string, file: string, sample: string, body: Buffer): Promise<Reading>
  close(): Promise<void>
}

/** An event store with everything that a sample needs to be read as `ingest` reads evidence. */
async function openBench(): Promise<Bench> {
  const root = await mkdtemp(join(tmpdir(), 'counterseal-sources-'))
  const store = await openChdbEventStore(join(root, 'events'))
  await store.migrate()
  const sources = allSources()
  const telling = new Map<string, readonly Told[]>()
  let readings = 0

  /** Inserts a chunk and takes its census. Rows of one reading have an evidence id of their own. */
  const insert = async (id: string, file: string, sample: string, body: Buffer) => {
    const reading = ++readings
    const path = join(root, 'chunk')
    await writeFile(path, body)
    const chunk = await store.stageChunk(path)
    const segment = segmentOf(file, id, sample)
    const evidence_id = `reading-${reading}`
    const place = { evidence_id, first_record: 0, sequence: reading * 1_000_000, byte_offset: 0 }
    const all = (await sampleOf(id, file)).candidates ?? candidatesOf(sources, id, segment, sample)
    const candidates = await possibleSources(store, all, segment, place, { chunk })
    const census = censusStatement(candidates, segment, place)
    const counted = await rowsOf(store, census.sql, { params: census.params, chunk })
    const quarantine = quarantineStatement(candidates, segment, place)
    await store.insert(quarantine.sql, { params: quarantine.params, chunk, token: `${evidence_id}/malformed` })
    const kinds = new Set<EventKind>()
    const claimed = new Set(counted.map(({ claim }) => String(claim))) // as `ingest` does, which inserts for no other
    for (const source of candidates.filter(isMapped).filter(({ id }) => claimed.has(id))) {
      const statement = insertStatement(source, candidates, segment, place, localRanges)
      await store.insert(statement.sql, { params: statement.params, chunk, token: `${evidence_id}/${source.id}` })
      kinds.add(source.kind)
    }
    await chunk.release()
    return { evidence_id, counted, kinds }
  }

  return {
    async tell(id) {
      const known = telling.get(id)
      if (known !== undefined) return known
      const told: Told[] = []
      for (const file of samplesOf(id)) {
        const { text, unreadable } = await sampleOf(id, file)
        const { evidence_id, kinds } = await insert(id, file, text, Buffer.from(text))
        told.push(...(await tellReading(store, file, text, unreadable, evidence_id, kinds)))
      }
      telling.set(id, told)
      return told
    },

    async read(id, file, sample, body) {
      const { evidence_id, counted, kinds } = await insert(id, file, sample, body)
      const sum = (test: (reason: string) => boolean) =>
        counted.filter(row => test(String(row.reason))).reduce((total, row) => total + Number(row.records), 0)
      const ignored = sum(reason => reason.startsWith('ignored/'))
      const stored = sum(reason => reason === '')
      const total = sum(() => true)
      let inserted = 0
      for (const kind of kinds) inserted += await countOf(store, kind, evidence_id)
      return {
        lines: linesOf(body),
        stored,
        ignored,
        malformed: total - stored - ignored,
        inserted,
        quarantined: await countOf(store, 'malformed', evidence_id),
      }
    },

    async close() {
      await store.close()
      await rm(root, { recursive: true, force: true })
    },
  }
}

/** Every line of a sample with what became of it, in the order of the sample. */
async function tellReading(
  store: EventStore,
  sample: string,
  text: string,
  unreadable: ReadonlyMap<number, string>,
  evidence_id: string,
  kinds: ReadonlySet<EventKind>,
): Promise<readonly Told[]> {
  const told = new Map<number, Told>()
  for (const [nth, reason] of unreadable) told.set(nth, { sample, line: nth + 1, reason })
  for (const kind of kinds) {
    for (const { record_number, ...row } of await rowsOf(store, rowsAsText(kind), { params: { evidence_id } }))
      told.set(Number(record_number), { sample, line: Number(record_number) + 1, row: notEmpty(row) })
  }
  const malformed = {
    name: 'test/malformed',
    text: 'SELECT record_number, reason, field FROM malformed WHERE evidence_id = {evidence_id:String}',
  }
  for (const { record_number, reason, field } of await rowsOf(store, malformed, { params: { evidence_id } }))
    told.set(Number(record_number), {
      sample,
      line: Number(record_number) + 1,
      reason: String(reason),
      ...(field === '' ? {} : { field: String(field) }),
    })
  const lines = text.split('\n').slice(0, -1)
  return lines.flatMap((line, index) => {
    const entry = told.get(index)
    if (entry !== undefined) return [entry]
    if (line.startsWith('#')) return []
    const source = sample === 'sample.log' || sample === 'sample.w3c' ? undefined : ignoringSource(line)
    return [{ sample, line: index + 1, reason: source === undefined ? 'nothing became of it' : `ignored/${source.id}` }]
  })
}

function ignoringSource(line: string): Source | undefined {
  const ignoring = allSources().filter(source => !isMapped(source))
  const texts = ignoring.filter(({ formats }) => formats.includes('text-lines'))
  if (!line.startsWith('{'))
    return inTextOrder(texts).find(source => {
      const record = readTextLine(source, line)
      return record !== undefined && claims(source, record)
    })
  const record = JSON.parse(line) as Record<string, unknown> // the engine has parsed it already
  return ignoring.filter(source => !texts.includes(source)).find(source => claims(source, record))
}

/** A kind's rows of one reading as JSON can hold them, in the order of the dictionary. */
function rowsAsText(kind: EventKind): { readonly name: string; readonly text: string } {
  const ours = ['event_uid', 'evidence_id', 'record_number', 'ingest_sequence', 'source']
  const columns = [...columnsOf(kind)].filter(([name]) => !ours.includes(name))
  const shown = columns.map(([name, { type }]) => {
    if (type.includes('FixedString')) return `lower(hex(t.${name})) AS ${name}`
    return name === 'certificate_der' ? `base64Encode(t.${name}) AS ${name}` : `t.${name} AS ${name}`
  })
  const text = `SELECT t.record_number AS record_number, t.source AS source, ${shown.join(', ')} FROM ${kind} AS t WHERE t.evidence_id = {evidence_id:String} ORDER BY t.record_number`
  return { name: `test/rows-${kind}`, text }
}

function notEmpty(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => !isEmpty(value)))
}

function isEmpty(value: unknown): boolean {
  if (value === '' || value === null || value === undefined) return true
  return typeof value === 'object' && Object.keys(value).length === 0
}

async function countOf(store: EventStore, table: string, evidence_id: string): Promise<number> {
  const text = `SELECT count() AS rows FROM ${table} WHERE evidence_id = {evidence_id:String}`
  const [row] = await rowsOf(store, { name: 'test/count', text }, { params: { evidence_id } })
  return Number(row?.rows)
}

function firstRows(told: readonly Told[]): readonly Row[] {
  const first = new Map<string, Row>()
  for (const { sample, row } of told) if (row !== undefined && !first.has(sample)) first.set(sample, row)
  return [...first.values()]
}

/** Zeek's two writers name and write some columns that we do not read differently. */
function withoutExtra(row: Row | undefined): Row {
  const { extra, ...rest } = row ?? {}
  return rest
}

// ——— Reading ————————————————————————————————————————————————————————————————————————————————————————————————————————

function aliasesOf(source: MappedSource): readonly string[] {
  return [...wholeList(source).matchAll(/\bAS\s+([a-z][a-z0-9_]*)\s*(?:,|\)|$)/gim)].map(([, name]) => name ?? '')
}

let loaded: readonly Source[] | undefined

/** Once: compiling the patterns of all of them takes a while. */
function allSources(): readonly Source[] {
  loaded ??= loadSources([folder])
  return loaded
}

function samplesOf(id: string): readonly string[] {
  return samples.map(({ file }) => file).filter(file => existsSync(join(folder, id, file)))
}

type Sample = {
  /** What the engine reads: the sample itself, or the lines made of its records. */
  readonly text: string
  /** Records that the reader itself could not read, by number; an empty line stands for each. */
  readonly unreadable: ReadonlyMap<number, string>
  /** Who may claim its records, where the file itself tells. */
  readonly candidates: readonly Source[] | undefined
}

async function sampleOf(id: string, file: string): Promise<Sample> {
  const content = await readFile(join(folder, id, file))
  if (file === 'sample.txt') {
    const recognition = recognise(content, allSources())
    if ('unknown' in recognition || recognition.format !== 'text-lines')
      throw new Error(`${id}/${file} is not recognised as lines of text`)
    return { text: content.toString('utf8'), unreadable: new Map(), candidates: recognition.candidates }
  }
  if (file !== 'sample.csv' && file !== 'sample.json')
    return { text: content.toString('utf8'), unreadable: new Map(), candidates: undefined }
  const recognition = recognise(content, allSources())
  if ('unknown' in recognition || !isCut(recognition.format))
    throw new Error(`${id}/${file} is not recognised as a document or CSV`)
  const { format, candidates } = recognition
  const reader = recordReader(format, content, candidates)
  const records = [...reader.add(content), ...reader.end(false).records]
  const unreadable = new Map<number, string>()
  const lines: string[] = []
  for (const { lines: made, problem } of records) {
    if (problem !== undefined) unreadable.set(lines.length, problem.code)
    lines.push(...(problem === undefined ? made.map(line => Buffer.from(line).toString('utf8')) : ['']))
  }
  return { text: lines.map(line => `${line}\n`).join(''), unreadable, candidates }
}

function headerOf(text: string): ZeekHeader {
  let header = zeekDefaults
  for (const line of text.split('\n')) {
    if (!line.startsWith('#')) break
    header = readZeekHeaderLine(header, line).header
  }
  return header
}

function w3cHeaderOf(text: string): W3cHeader {
  const lines = text.split('\n').filter(line => line.startsWith('#'))
  return lines.reduce((header, line) => readW3cHeaderLine(header, line).header, w3cDefaults)
}

function segmentOf(file: string, id: string, sample: string): Segment {
  if (file === 'sample.txt') return { format: 'text-lines', zone: 'UTC', until: '2026-12-31' }
  if (file === 'sample.w3c') return { format: 'w3c', ...w3cHeaderOf(sample) }
  if (file === 'sample.log') {
    const { separator, setSeparator, emptyField, unsetField, columns } = headerOf(sample)
    return { format: 'zeek-tsv', separator, setSeparator, emptyField, unsetField, columns }
  }
  if (file === 'sample.csv') return { format: 'csv' }
  if (file === 'sample.json') return { format: 'json-document' }
  return { format: loadSource(join(folder, id)).formats.includes('certificates') ? 'certificates' : 'json-lines' }
}

/** As `ingest` chooses them: below a Zeek header its one source, otherwise every source of the producer. */
function candidatesOf(sources: readonly Source[], id: string, segment: Segment, sample: string): readonly Source[] {
  const able = sources.filter(source => source.formats.includes(segment.format))
  if (segment.format === 'w3c') return w3cCandidates(w3cHeaderOf(sample), able)
  const header = headerOf(sample)
  if (segment.format === 'zeek-tsv') {
    const columns = Object.fromEntries(header.columns.map(name => [name, 'present']))
    return able.filter(source => claims(source, { ...columns, _path: header.path })).slice(0, 1)
  }
  const { producer } = loadSource(join(folder, id))
  return able.filter(source => source.producer === producer)
}

function linesOf(body: Buffer): number {
  return body.filter(byte => byte === 0x0a).length
}

// ——— Hostility ——————————————————————————————————————————————————————————————————————————————————————————————————————

const mutationsPerSample = 400

/** A number from 0 up to a limit, the same ones for the same seed (mulberry32). */
type Random = (limit: number) => number

function randomOf(seed: string): Random {
  let state = [...seed].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0, 7)
  return limit => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit
  }
}

const oddTexts = [
  '',
  '-',
  '(empty)',
  '\\x',
  '\\xff\\x00',
  '%%%',
  '%zz',
  'T',
  'null',
  '0x',
  '0xffffffffffffffffff',
  '::ffff:1.2.3.4',
  '1.2.3.4.5',
  '99999999999999999999999999999999999999999999',
  '-9223372036854775809',
  '1e400',
  'NaN',
  'inf',
  '0.0000000000000000001',
  '253402300800',
  '-62135596800.5',
  '0000-00-00T00:00:00Z',
  '9999-12-31T23:59:59.999999999+14:00',
  '1601-01-01 00:00:00',
  '2026-02-30T25:61:61Z',
  '{"a":',
  '{"executable":{"b":[1]},"rrname":[],"hash":7}',
  '[[[[]]]]',
  '[{"rrname":null},1,"x",{"rdata":{}}]',
  '{"startup_parameters":{"optional_parameters":[1,null,{"database":{}}]}}',
  'a'.repeat(64),
  'SHA256=',
  `SHA256=${'0'.repeat(63)}`,
  '\u0000\u0001\u001f',
  '\ud83d\ude00\u202e',
  'x'.repeat(100 * 1024),
]

const oddValues: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e300,
  2 ** 64,
  1.5,
  [],
  {},
  [null],
  ['a', ['b'], { c: 1 }],
  { hash: [1], optional_parameters: 3, executable: null },
  { a: { b: { c: { d: {} } } } },
  ...oddTexts,
]

/** One line that was a record of the sample until somebody had it. Holds no newline. */
function mutated(text: string, random: Random): Buffer {
  const lines = text.split('\n').filter(line => line !== '' && !line.startsWith('#'))
  const pick = <T>(list: readonly T[], otherwise: T): T => list[random(list.length)] ?? otherwise
  const line = pick(lines, '')
  const change = pick([truncate, flip, exchangeCell, exchangeValue, exchangeValue, exchangeValue], truncate)
  const bytes = change(line, random)
  return Buffer.from(bytes.map(byte => (byte === 0x0a ? 0x20 : byte)))
}

function truncate(line: string, random: Random): Buffer {
  return Buffer.from(line).subarray(0, random(line.length + 1))
}

function flip(line: string, random: Random): Buffer {
  const bytes = Buffer.from(line)
  for (let flips = 1 + random(4); flips > 0 && bytes.length > 0; flips--) bytes[random(bytes.length)] = random(256)
  return bytes
}

/** In tab-separated lines a cell; in others whatever stands between two commas. */
function exchangeCell(line: string, random: Random): Buffer {
  const separator = ['\t', ',', ' '].find(one => line.includes(one)) ?? ','
  const cells = line.split(separator)
  cells[random(cells.length)] = oddTexts[random(oddTexts.length)] ?? ''
  return Buffer.from(cells.join(separator))
}

/** In JSON a value at any depth, or another key beside it; elsewhere a cell. */
function exchangeValue(line: string, random: Random): Buffer {
  let record: unknown
  try {
    record = JSON.parse(line)
  } catch {
    return exchangeCell(line, random)
  }
  return Buffer.from(JSON.stringify(exchanged(record, random)) ?? '')
}

function exchanged(value: unknown, random: Random): unknown {
  if (typeof value !== 'object' || value === null || random(8) === 0) return oddValues[random(oddValues.length)]
  const entries = Object.entries(value)
  if (entries.length === 0) return oddValues[random(oddValues.length)]
  const chosen = random(entries.length)
  const changed = entries.map(([key, inner], index) => [key, index === chosen ? exchanged(inner, random) : inner])
  if (Array.isArray(value)) return changed.map(([, inner]) => inner)
  return Object.fromEntries([...changed, ...(random(4) === 0 ? [[`odd key ${random(9)}`, inner(random)]] : [])])
}

function inner(random: Random): unknown {
  return oddValues[random(oddValues.length)]
}
