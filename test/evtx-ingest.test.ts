import { existsSync } from 'node:fs'
import { appendFile, writeFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { corpusLogs } from '../bench/evtx/corpus-logs.ts'
import type { EventDescription, EventRecord } from '../src/evtx/index.ts'
import { element, eventWriter, toXml, writeLog } from '../src/evtx/index.ts'
import { EventXmlReader } from '../src/formats/index.ts'
import { lineOfRecord, lineOfXmlEvent } from '../src/ingest/event-line.ts'
import type { Reading } from '../src/ingest/index.ts'
import { evidenceInStream, ingest, ingestFile, readRecord } from '../src/ingest/index.ts'
import type { Row } from '../src/model/index.ts'
import { rowsOf } from '../src/model/index.ts'
import { nine, plainLog, readLog, recordAt, registryEvent } from './evtx-logs.ts'
import { makeTar, makeZip } from './make-archives.ts'
import { type OpenIngest, openIngest } from './open-ingest.ts'
import { engineInstalled, noEngine } from './run-cli.ts'

/** Event logs and Event XML on their way into the store: one event gives one row, whichever of the two told it. */

const corpus = process.env.COUNTERSEAL_CORPUS ?? ''

/** Events of all shapes that the writer has, each in words of its own. */
const shapes: Readonly<Record<string, Partial<EventDescription>>> = {
  'of a registry value': {},
  'of a process, with hexadecimal numbers': {
    provider_name: 'Microsoft-Windows-Security-Auditing',
    channel: 'Security',
    event_id: 4688,
    keywords: 0x8020000000000000n,
    data: [
      ['SubjectUserSid', { type: 'sid', value: 'S-1-5-18' }],
      ['SubjectUserName', 'alice'],
      ['SubjectDomainName', 'NORRFELL'],
      ['SubjectLogonId', { type: 'hex64', value: 0x3e7n }],
      ['NewProcessId', { type: 'hex64', value: 0x10e1n }],
      ['NewProcessName', 'C:\\Windows\\System32\\cmd.exe'],
      ['CommandLine', 'cmd.exe /c "type <a> & \'b\'"\tx\r\n\u00e9\u{1f600}'],
    ],
  },
  'with names twice, without names, with spaces, and with arrays': {
    data: [
      ['', 'first'],
      ['Name With Spaces', 'a'],
      ['', ''],
      ['Twice', 'one'],
      ['Twice', 'two'],
      ['List', { type: 'string', items: ['x', 'y', 'z'] }],
      ['Numbers', { type: 'uint16', items: [1, 2] }],
      ['Yes', { type: 'boolean', value: true }],
      ['Octets', { type: 'binary', value: Uint8Array.of(0, 255) }],
      ['When', { type: 'filetime', value: nine }],
      ['Nothing', { type: 'null', value: null }],
    ],
  },
  'with UserData, in a template': { data: [], user_data: chain() },
  'with UserData, without a template': { data: [], user_data: chain(), without_template: true },
  'with all of System': {
    qualifiers: 49152,
    level: 2,
    opcode: 1,
    activity_id: '{33333333-2222-3333-4444-555555555555}',
    related_activity_id: '{44444444-2222-3333-4444-555555555555}',
    time_created: nine + 1_234_567n,
  },
  'without a payload': { provider_name: 'Example "quoted"', channel: 'system', event_id: 6005 },
}

function chain() {
  const certificate = (name: string) => element('ChainElement', {}, element('Certificate', { subjectName: name }, name))
  return element(
    'CertGetCertificateChain',
    { version: '2' },
    element('Certificate', { fileRef: 'A.cer', subjectName: 'shop.example' }),
    element('CertificateChain', {}, certificate('shop.example'), certificate('Example Root')),
    element('Result', { value: '800B0109' }, 'Not trusted.'),
  )
}

function logOf(changes: Partial<EventDescription>, id = 1n): Uint8Array {
  const { data, ...event } = registryEvent(changes)
  const isBare = Object.keys(changes).length > 0 && changes.data === undefined && changes.event_id === 6005
  const shown = changes.user_data !== undefined || isBare || data === undefined ? event : { ...event, data }
  return writeLog([eventWriter().record(shown, id)])
}

function linesOfXml(xml: string): readonly string[] {
  const reader = new EventXmlReader()
  const cut = [...reader.add(Buffer.from(xml)), ...reader.end(false).events]
  return cut.map(({ event, problem }) => (event === undefined ? JSON.stringify(problem) : lineOfXmlEvent(event)))
}

/** The line of a record without what only a log knows of it. */
function lineAsXml(record: EventRecord): unknown {
  const { other = {}, ...line } = JSON.parse(lineOfRecord(record)) as Record<string, Record<string, string>> // our own line
  const { record_id, recovered, problems, ...rest } = other
  return { ...line, windows_event: 'xml', ...(Object.keys(rest).length === 0 ? {} : { other: rest }) }
}

describe('the line of an event', () => {
  it.each(Object.entries(shapes))('%s is the same from a log and from its XML', (_, changes) => {
    const [record] = readLog(logOf(changes)).records
    if (record === undefined) throw new Error('the log has a record')
    expect(linesOfXml(toXml(record)).map(line => JSON.parse(line))).toEqual([lineAsXml(record)])
  })

  it('is the same for every event of the corpus that is whole', context => {
    if (corpus === '') return context.skip('COUNTERSEAL_CORPUS is not set')
    let compared = 0
    const different: unknown[] = []
    for (const { name, bytes } of corpusLogs(corpus)) {
      const records = readLog(bytes).records.filter(
        ({ problems, system }) => problems.length === 0 && system !== undefined,
      )
      const lines = linesOfXml(records.map(toXml).join('\n'))
      expect(lines.length, name).toBe(records.length)
      for (const [nth, record] of records.entries()) {
        compared += 1
        const [one, other] = [lineAsXml(record), JSON.parse(lines[nth] ?? '{}')].map(shown)
        if (one !== other && different.length < 5) different.push([name, one, other])
      }
    }
    expect(different).toEqual([])
    expect(compared).toBeGreaterThan(21_000)
  }, 300_000)
})

/**
 * What XML cannot hold is U+FFFD there, and it knows neither an empty text in System nor the log's own time. A time that
 * stands in a log as text may have nine digits, of which values keep seven.
 */
function shown(line: unknown): string {
  const text = JSON.stringify(line, (key, value) => (key === 'written' || value === '' ? undefined : value))
  return text
    .replace(/(\.\d{7})00Z"/g, '$1Z"')
    .replace(/\\u(?:00[01][0-9a-f]|d[89a-f][0-9a-f]{2}|fff[ef])|[\ufffe\uffff]/g, one =>
      /\\u00(?:09|0a|0d)/.test(one) ? one : '\ufffd',
    )
}

const suite = () => {
  let opened: OpenIngest
  beforeAll(async () => {
    opened = await openIngest()
  })
  afterAll(async () => await opened.close())

  const query = async (text: string, { evidence_id: id }: Reading): Promise<readonly Row[]> =>
    await rowsOf(opened.store, { name: 'test', text }, { params: { id } })
  const rowsIn = async (reading: Reading): Promise<readonly Row[]> =>
    await query('SELECT * FROM windows_event WHERE evidence_id = {id:String} ORDER BY record_number', reading)
  const quarantined = async (reading: Reading): Promise<readonly Row[]> =>
    await query(
      'SELECT record_number, byte_offset, bytes, source, reason FROM malformed WHERE evidence_id = {id:String} ORDER BY record_number',
      reading,
    )

  it.each(Object.entries(shapes))(
    'an event %s is one row, from a log, from XML and from XML in UTF-16',
    async (name, changes) => {
      const id = BigInt(1000 + Object.keys(shapes).indexOf(name))
      const log = logOf(changes, id)
      const [record] = readLog(log).records
      if (record === undefined) throw new Error('the log has a record')
      const xml = toXml(record)
      const texts = [log, `<Events>\n${xml}\n</Events>\n`, Buffer.from(`\ufeff${xml}\r\n`, 'utf16le')]
      const rows: Row[] = []
      for (const text of texts) {
        const reading = await opened.read(text)
        expect(reading).toMatchObject({ records: 1, stored: 1, sources: ['windows-evtx'], problems: [] })
        const [{ event_uid, evidence_id, ingest_sequence, ...row } = {}] = await rowsIn(reading)
        rows.push(row)
      }
      expect(rows[0]).toMatchObject({ record_id: Number(id), host_name: 'ws-1042.norrfell.example' })
      expect(rows[1]).toEqual(rows[0])
      expect(rows[2]).toEqual(rows[0])
    },
  )

  it('names that stand twice are all there, and the first of them is in its column', async () => {
    const data = [
      ['Image', 'C:\\first.exe'],
      ['Image', 'C:\\second.exe'],
    ] as const
    const [row] = await rowsIn(await opened.read(logOf({ data }, 7001n)))
    expect(row).toMatchObject({
      process_executable: 'C:\\first.exe',
      fields: { Image: '["C:\\\\first.exe","C:\\\\second.exe"]' },
    })
  })

  it('a log is found in a compressed file, in archives and in a stream, and is the same evidence', async () => {
    const log = plainLog(30, { first_record_id: 1n })
    const tar = makeTar([{ name: 'logs/a.evtx', content: log }])
    const packed = [log, gzipSync(log), makeZip([{ name: 'a.evtx', content: log }]), gzipSync(tar)]
    const readings: Reading[] = []
    for (const content of packed) readings.push(await opened.read(content))
    async function* stream() {
      yield log
    }
    for await (const reading of ingest(opened.context, evidenceInStream(stream(), '-', []), [])) readings.push(reading)
    expect(new Set(readings.map(({ evidence_id }) => evidence_id)).size).toBe(1)
    expect(readings.map(({ known, stored }) => [known, stored])).toEqual([
      [0, 30],
      [30, 30],
      [30, 30],
      [30, 30],
      [30, 30],
    ])
  })

  it('of a log that has grown only what is new is stored', async () => {
    const path = opened.fileOf(plainLog(40, { most_records_in_chunk: 25, first_record_id: 5n }))
    const counts: unknown[] = []
    for (const count of [40, 40, 45, 120]) {
      await writeFile(path, plainLog(count, { most_records_in_chunk: 25, first_record_id: 5n, is_dirty: count === 45 }))
      const { known, stored, problems } = await ingestFile(opened.context, path)
      counts.push([known, stored, problems.map(({ code }) => code)])
    }
    expect(counts).toEqual([
      [0, 40, []],
      [40, 40, []],
      [40, 45, ['evtx/file-dirty']],
      [45, 120, []],
    ])
    const [row] = await query(
      'SELECT count() AS rows, uniqExact(event_uid) AS uids FROM windows_event WHERE evidence_id = {id:String}',
      await ingestFile(opened.context, path),
    )
    expect([Number(row?.rows), Number(row?.uids)]).toEqual([120, 120])
  })

  it('what is no event is in quarantine with its place; what is wrong beside is told; both stay marked', async () => {
    const log = Buffer.from(
      writeLog(
        Array.from({ length: 9 }, (_, n) =>
          eventWriter().record(registryEvent({ computer: 'quarantine' }), BigInt(n + 1)),
        ),
      ),
    )
    const [third, fourth, seventh] = [recordAt(log, 3), recordAt(log, 4), recordAt(log, 7)]
    log.writeUInt32LE(0, third)
    log.writeUInt32LE(1, seventh - 4)
    const reading = await opened.read(log)
    expect(reading).toMatchObject({ records: 9, stored: 8, malformed: 1, ignored: 0 })
    expect(await quarantined(reading)).toEqual([
      {
        record_number: 3,
        byte_offset: third,
        bytes: fourth - third,
        source: 'windows-evtx',
        reason: 'evtx/record-magic',
      },
    ])
    expect(reading.problems.map(({ code, where }) => `${code} ${where?.replace(/^.*?, /, '')}`)).toEqual([
      'evtx/chunk-records-crc chunk 0 at byte 4148',
      `evtx/record-id chunk 0 at byte ${fourth}`,
      `evtx/record-magic chunk 0 at byte ${third}`,
      `evtx/record-size-copy chunk 0 at byte ${seventh - 4}`,
    ])
    const marks = (await rowsIn(reading)).map(({ extra }) => (extra as Record<string, string>).recovered) // a map of texts
    expect(marks).toEqual([undefined, undefined, undefined, undefined, undefined, 'true', undefined, undefined])
  })

  it('a record is found again in its file: of a log and of XML, also behind many chunks', async () => {
    const log = plainLog(300, { most_records_in_chunk: 40, first_record_id: 9n })
    const xml = readLog(log).records.map(toXml).join('\n')
    for (const content of [log, xml]) {
      const reading = await opened.read(content)
      const rows = await query(
        'SELECT lower(hex(event_uid)) AS uid, record_number FROM windows_event WHERE evidence_id = {id:String} AND record_number IN (0, 137, 299)',
        reading,
      )
      expect(rows).toHaveLength(3)
      for (const { uid, record_number } of rows) {
        const found = await readRecord(opened.store, reading.evidence_id, Number(record_number), String(uid), {
          sources: opened.context.sources,
        })
        expect(found).toMatchObject({ intact: true, path: reading.path, text: expect.stringContaining('SetValue') })
        if (content !== log) continue
        const [record] = readLog(log).records.slice(Number(record_number))
        expect(found?.byte_offset).toBe(record?.offset)
        expect(JSON.parse(found?.text ?? '')).toHaveProperty('Event')
      }
    }
  })

  it('XML that is still written is read up to its last whole event', async () => {
    const [one, two] = readLog(plainLog(2, { first_record_id: 3n })).records.map(toXml)
    const path = opened.fileOf(`${one}\n${two?.slice(0, 200)}`)
    expect(await ingestFile(opened.context, path)).toMatchObject({ records: 2, stored: 1, ignored: 1 })
    await appendFile(path, `${two?.slice(200)}\n`)
    expect(await ingestFile(opened.context, path)).toMatchObject({ records: 2, stored: 2, known: 1, ignored: 0 })
  })

  it('a log without events is read: that there are none is worth knowing', async () => {
    const empty = Buffer.concat([writeLog([]), Buffer.alloc(65_536)])
    expect(await opened.read(empty)).toMatchObject({ format: 'evtx', records: 0, stored: 0 })
    expect((await opened.read(empty.subarray(0, 300))).unknown).toContain('EVTX')
    expect((await opened.read('<html><Event>party</Event></html>')).unknown).toContain('XML or HTML')
    const quoted = JSON.stringify({
      RawXml: toXml(readLog(plainLog(1)).records[0] ?? expect.fail('the log has a record')),
    })
    expect((await opened.read(`${quoted}\n`)).unknown).toContain('JSON lines that no source claims')
  })
}

describe('in the store', () => {
  if (engineInstalled) suite()
  else it('holds', context => context.skip(noEngine))
  it('has a corpus, where one is named', context => {
    if (corpus === '') return context.skip('COUNTERSEAL_CORPUS is not set')
    expect(existsSync(corpus)).toBe(true)
  })
})
