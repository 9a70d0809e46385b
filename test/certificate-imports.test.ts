import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { App } from '../src/app.ts'
import { openApp } from '../src/app.ts'
import { configFrom } from '../src/config.ts'
import type { IngestLimits, OriginalRecord, Reading } from '../src/ingest/index.ts'
import { evidenceUnder, ingest, readRecord } from '../src/ingest/index.ts'
import type { EventStore, Row } from '../src/model/index.ts'
import { rowsOf } from '../src/model/index.ts'
import { makeZip } from './make-archives.ts'
import { engineInstalled, noEngine } from './run-cli.ts'

/**
 * Certificates out of CSV and JSON documents: what the engine reads is made of the evidence, so the way back to it, its
 * quarantine and its growing are held here. Everything is invented.
 */

/** So small that a file of some hundred records is large, and has several chunks. */
const smallChunks: Partial<IngestLimits> = { chunkBytes: 4 << 10, smallBytes: 1 << 10 }

const suite = () => {
  let directory: string
  let app: App
  let store: EventStore

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'counterseal-imports-'))
    app = openApp(configFrom({ data: join(directory, 'data') }))
    store = await app.events()
  })
  afterAll(async () => {
    await app.close()
    await rm(directory, { recursive: true, force: true })
  })

  const put = async (name: string, content: string | Uint8Array) => {
    const path = join(directory, name)
    await writeFile(path, content)
    return path
  }

  const read = async (path: string, limits: Partial<IngestLimits> = {}): Promise<Reading> => {
    const context = await app.ingestContext({})
    const evidence = evidenceUnder([path], [], { spool: context.spool })
    const readings: Reading[] = []
    const own = { ...context, limits: { ...context.limits, ...limits } }
    for await (const reading of ingest(own, evidence, [])) readings.push(reading)
    const [only] = readings
    if (only === undefined || readings.length > 1) throw new Error(`${readings.length} readings of ${path}`)
    return only
  }

  /** Stored rows in their order, with the names that tell them apart. */
  const stored = async ({ evidence_id }: Reading): Promise<readonly Row[]> => {
    const text =
      'SELECT lower(hex(event_uid)) AS uid, record_number, certificate_names AS names, certificate_serial AS serial, lower(hex(certificate_sha1)) AS sha1, destination_port AS port FROM certificate_sighting WHERE evidence_id = {id:String} ORDER BY record_number'
    return await rowsOf(store, { name: 'test', text }, { params: { id: evidence_id } })
  }

  const quarantined = async ({ evidence_id }: Reading): Promise<readonly Row[]> => {
    const text =
      'SELECT record_number, byte_offset, bytes, reason, field, source, excerpt FROM malformed WHERE evidence_id = {id:String} ORDER BY record_number'
    return await rowsOf(store, { name: 'test', text }, { params: { id: evidence_id } })
  }

  const recordOf = async ({ evidence_id }: Reading, row: Row | undefined): Promise<OriginalRecord | undefined> =>
    await readRecord(store, evidence_id, Number(row?.record_number), String(row?.uid), { sources: app.sources() })

  const counts = ({ format, records, stored: kept, malformed, ignored, known }: Reading) => ({
    format,
    records,
    stored: kept,
    malformed,
    ignored,
    known,
  })

  const columns = 'issuer_ca_id,name_value,id,not_before,serial_number\r\n'
  const line = (nth: number) => `7,"*.${nth}.example\n${nth}.example",${nth},2026-03-02T09:00:00,${nth}A\r\n`
  const element = (nth: number) =>
    `{"issuer_ca_id":7,"name_value":"${nth}.example","id":${nth},"not_before":"2026-03-02T09:00:00","serial_number":"${nth}A"}`
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, nth) => from + nth)

  for (const [size, limits] of Object.entries({ small: {}, large: smallChunks })) {
    it(`a ${size} CSV file is stored, its bad records are in quarantine, and every record leads back to its bytes`, async () => {
      const bad = ['7,x.example,5\r\n', '7,"x"y.example,6,2026-03-02,1\r\n', '7,x.example,7,some day,1\r\n']
      const text = `\ufeff${columns}${range(0, 200).map(line).join('')}${bad.join('')}\r\n${range(200, 400).map(line).join('')}`
      const reading = await read(await put(`${size}.csv`, text), limits)
      expect(counts(reading)).toEqual({ format: 'csv', records: 404, stored: 400, malformed: 3, ignored: 1, known: 0 })
      expect(reading.ignored_because).toEqual({ 'blank-line': 1 })
      const rows = await stored(reading)
      expect(rows).toHaveLength(400)
      expect(rows[399]).toMatchObject({ record_number: 403, names: ['*.399.example', '399.example'], serial: '399A' })
      const places = bad.map(one => {
        const byte_offset = Buffer.from(text.slice(0, text.indexOf(one))).length
        return { byte_offset, bytes: one.length - 2, excerpt: one.slice(0, -2) }
      })
      const [short, quoted, untimed] = places
      expect(await quarantined(reading)).toMatchObject([
        { record_number: 200, reason: 'record/column-count', source: 'crtsh-certificate', ...short },
        { record_number: 201, reason: 'csv/after-quote', byte_offset: quoted?.byte_offset },
        {
          record_number: 202,
          reason: 'field/required',
          field: 'entry_timestamp',
          byte_offset: untimed?.byte_offset,
          bytes: untimed?.bytes,
          excerpt: '{"issuer_ca_id":"7","name_value":"x.example","id":"7","not_before":"some day","serial_number":"1"}',
        },
      ])
      for (const nth of [0, 199, 200, 399]) {
        const found = await recordOf(reading, rows[nth])
        expect(found).toMatchObject({ intact: true, text: line(nth).slice(0, -2) })
        expect(found?.byte_offset).toBe(Buffer.from(text.slice(0, text.indexOf(line(nth)))).length)
      }
      expect(counts(await read(reading.path, limits))).toMatchObject({ stored: 400, malformed: 3, known: 404 })
      expect(await stored(reading)).toEqual(rows)
      expect(await quarantined(reading)).toHaveLength(3)
    })

    it(`a ${size} list in JSON is stored, its bad records are in quarantine, and every record leads back to its bytes`, async () => {
      const bad = ['17', '{"issuer_ca_id":7,"name_value":"cut o', '{"issuer_ca_id":7,"name_value":"x.example","id":8}']
      const elements = [...range(0, 200).map(element), ...bad, ...range(200, 400).map(element)]
      const text = `[\n${elements.join(',\n')}\n]\n`
      const reading = await read(await put(`${size}.json`, text), limits)
      expect(counts(reading)).toEqual({
        ...{ format: 'json-document', records: 403, stored: 400, malformed: 3, ignored: 0, known: 0 },
      })
      const rows = await stored(reading)
      expect(rows[399]).toMatchObject({ record_number: 402, names: ['399.example'] })
      const offsetOf = (one: string) => text.indexOf(`\n${one}`) + 1
      expect(await quarantined(reading)).toMatchObject([
        { record_number: 200, reason: 'json/not-an-object', byte_offset: offsetOf('17'), bytes: 2, excerpt: '17' },
        { record_number: 201, reason: 'json/invalid', byte_offset: offsetOf(bad[1] ?? '') },
        { record_number: 202, reason: 'field/required', byte_offset: offsetOf(bad[2] ?? ''), bytes: bad[2]?.length },
      ])
      for (const nth of [0, 199, 200, 399])
        expect(await recordOf(reading, rows[nth])).toMatchObject({
          intact: true,
          text: element(nth),
          byte_offset: offsetOf(element(nth)),
        })
      expect(counts(await read(reading.path, limits))).toMatchObject({ stored: 400, malformed: 3, known: 403 })
      expect(await stored(reading)).toEqual(rows)
    })

    it(`a ${size} CSV file that grows is read on, and gives what one reading of the whole gives`, async () => {
      const grown = `${columns}${range(1000, 1500).map(line).join('')}`
      const steps = [
        grown.indexOf(line(1000)) + 5,
        grown.indexOf(line(1003)),
        grown.indexOf(line(1300)) + 9,
        grown.length - 2,
      ]
      const path = await put(`${size}-grows.csv`, grown.slice(0, steps[0]))
      let at = steps[0] ?? 0
      const left: number[] = []
      for (const step of [...steps.slice(1), grown.length]) {
        const reading = await read(path, limits)
        left.push(reading.ignored_because['unterminated-line'] ?? 0)
        await appendFile(path, grown.slice(at, step))
        at = step
      }
      const reading = await read(path, limits)
      expect(left).toEqual([1, 0, 1, 1])
      expect(counts(reading)).toMatchObject({ records: 500, stored: 500, malformed: 0, ignored: 0 })
      expect(reading.known).toBeGreaterThan(0)
      expect(await stored(reading)).toHaveLength(500)
      const rows = await stored(reading)
      expect(rows.map(({ names }) => names)).toEqual(
        range(1000, 1500).map(nth => [`*.${nth}.example`, `${nth}.example`]),
      )
      expect(await recordOf(reading, rows[499])).toMatchObject({ intact: true })
    })

    it(`a ${size} list in JSON that was written anew with more in it doubles nothing`, async () => {
      const path = await put(`${size}-again.json`, `[${range(2000, 2300).map(element).join(',\n')}]\n`)
      const before = await read(path, limits)
      await writeFile(path, `[${range(2000, 2400).map(element).join(',\n')}]\n`)
      const after = await read(path, limits)
      expect(after.evidence_id).toBe(before.evidence_id)
      expect(counts(after)).toMatchObject({ records: 400, stored: 400, malformed: 0 })
      expect(await stored(after)).toHaveLength(400)
    })
  }

  it('the same export plain, compressed and in an archive is one piece of evidence', async () => {
    const text = `${columns}${range(3000, 3010).map(line).join('')}`
    const plain = await read(await put('export.csv', text))
    const packed = await read(await put('export.csv.gz', gzipSync(text)))
    const zipped = await read(await put('export.zip', makeZip([{ name: 'a/export.csv', content: text }])))
    expect([packed.evidence_id, zipped.evidence_id]).toEqual([plain.evidence_id, plain.evidence_id])
    expect(await stored(plain)).toHaveLength(10)
    const other = await read(await put('other.csv', `${columns}${range(3001, 3010).map(line).join('')}`))
    expect(other.evidence_id).not.toBe(plain.evidence_id)
  })

  it('a host of Censys becomes one event for each of its services, and each of them leads to the host', async () => {
    const sha256 = (digit: string) => digit.repeat(64)
    const host = `{"ip":"203.0.113.7","last_updated_at":"2026-03-02T09:00:00Z","services":[\n{"port":443,"certificate":"${sha256('a')}"},{"port":80},{"port":8443,"certificate":"${sha256('b')}"}]}`
    const reading = await read(
      await put(
        'hosts.json',
        `{"result":{"hits":[${host},{"ip":"203.0.113.8","last_updated_at":"2026-03-02T09:00:00Z","services":[{"port":1,"certificate":"none"}]}]}}`,
      ),
    )
    expect(counts(reading)).toMatchObject({ records: 4, stored: 2, ignored: 1, malformed: 1 })
    const rows = await stored(reading)
    expect(rows.map(({ port, record_number }) => [port, record_number])).toEqual([
      [443, 0],
      [8443, 2],
    ])
    for (const row of rows) expect(await recordOf(reading, row)).toMatchObject({ intact: true, text: host })
  })

  it('a record that was changed afterwards is shown, and said to be changed', async () => {
    const path = await put('changed.json', `[${range(4000, 4003).map(element).join(',')}]`)
    const reading = await read(path)
    const rows = await stored(reading)
    await writeFile(path, (await readFile(path, 'utf8')).replace('"4002.example"', '"4003.example"'))
    expect(await recordOf(reading, rows[1])).toMatchObject({ intact: true })
    expect(await recordOf(reading, rows[2])).toMatchObject({ intact: false, text: expect.stringContaining('4003') })
  })

  it('a list that is cut off is told, and what is whole of it is stored', async () => {
    const text = `[${element(5000)},${element(5001)},{"issuer_ca_id":`
    const reading = await read(await put('cut-off.json.gz', gzipSync(text)))
    expect(counts(reading)).toMatchObject({ records: 3, stored: 2, malformed: 1 })
    expect(await quarantined(reading)).toMatchObject([{ reason: 'record/unterminated', record_number: 2 }])
    const plain = await read(await put('cut-off.json', text))
    expect(plain.problems).toMatchObject([{ code: 'record/unterminated' }])
  })

  it('files that only look like it are not taken: CSV of nobody, documents of nobody', async () => {
    for (const [name, text, unknown] of [
      ['nobody.csv', 'ip,port\n203.0.113.7,443\n', 'text in no format that is read'],
      ['nobody.json', '[{"a":1}]', 'a JSON document with records of no source'],
      ['hosts.csv', `203.0.113.7,${'ab12'.repeat(10)}\n`, 'text in no format that is read'],
    ] as const)
      expect((await read(await put(name, text))).unknown).toContain(unknown)
  })

  it('CSV without names is told by how its values look', async () => {
    const sha1 = 'ab12'.repeat(10)
    const reading = await read(
      await put('sonar.csv', `2026-03-02,203.0.113.7,443,${sha1}\n2026-03-02,2001:db8::7,443,${sha1}\n`),
    )
    expect(reading.sources).toEqual(['rapid7-hosts'])
    expect((await stored(reading)).map(row => row.sha1)).toEqual([sha1, sha1])
  })
}

if (engineInstalled) describe('an import', suite)
else describe('an import', () => it('is read', context => context.skip(noEngine)))
