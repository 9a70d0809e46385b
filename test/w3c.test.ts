import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ingestFile } from '../src/ingest/index.ts'
import { loadSources } from '../src/mapping/index.ts'
import { rowsOf } from '../src/model/index.ts'
import type { OpenIngest } from './open-ingest.ts'
import { openIngest } from './open-ingest.ts'

const engineInstalled = await import('chdb').then(
  () => true,
  () => false,
)

const source = `title: Requests to a made-up server
producer: madeup
kind: http_request
formats: [w3c]
match:
  - equals: { _software: Made Up Server }
    present: [time, c-ip]
fields:
  _time: time!
  c-ip: address!
  cs-uri-stem: string
  cs(User-Agent): string
  sc-status: small
`

const mapping = `-- A server that nobody has.
SELECT
  ['madeup', toString(_time), toString("c-ip"), ifNull("cs-uri-stem", '')] AS identity,
  _time AS event_time,
  "c-ip" AS source_ip,
  replaceRegexpOne(IPv6NumToString("c-ip"), '^::ffff:', '') AS source_address,
  'inbound' AS network_direction,
  ifNull("cs-uri-stem", '') AS http_path,
  ifNull("cs(User-Agent)", '') AS http_user_agent,
  "sc-status" AS http_status
FROM record
`

const log = [
  '#Software: Made Up Server 3.1',
  '#Date: 2026-03-02 10:00:00',
  '#Fields: time c-ip cs-uri-stem sc-status',
  '10:00:01 192.0.2.1 /one 200',
  '10:00:02 192.0.2.1 /two',
  '#Software: Made Up Server 3.2',
  '#Fields: date time c-ip cs(User-Agent) cs-uri-stem s-port sc-status',
  '2026-03-03 10:00:03 192.0.2.2 "Mozilla/5.0 (""x"" y)" /three 443 404',
  '2026-03-03 soon 192.0.2.2 - /four 443 -',
  '#Fields: c-ip what',
  '192.0.2.3 else',
  '',
].join('\r\n')

function suite() {
  let bench: OpenIngest
  let folder: string
  beforeAll(async () => {
    bench = await openIngest()
    folder = mkdtempSync(join(tmpdir(), 'counterseal-w3c-'))
    mkdirSync(join(folder, 'madeup-access'))
    writeFileSync(join(folder, 'madeup-access', 'source.yaml'), source)
    writeFileSync(join(folder, 'madeup-access', 'mapping.sql'), mapping)
  })
  afterAll(async () => {
    await bench.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('is read by the columns of its last header, and every line is accounted for', async () => {
    const reading = await ingestFile({ ...bench.context, sources: loadSources([folder]) }, bench.fileOf(log))
    expect(reading).toMatchObject({ records: 11, stored: 2, malformed: 3, ignored: 6 })
    const text = `SELECT toString(event_time) AS time, source_address, http_path, http_user_agent, http_status, extra FROM http_request ORDER BY record_number`
    expect(await rowsOf(bench.store, { name: 'test/rows', text })).toEqual([
      {
        time: '2026-03-02 10:00:01.000000',
        source_address: '192.0.2.1',
        http_path: '/one',
        http_user_agent: '',
        http_status: 200,
        extra: {},
      },
      {
        time: '2026-03-03 10:00:03.000000',
        source_address: '192.0.2.2',
        http_path: '/three',
        http_user_agent: 'Mozilla/5.0 ("x" y)',
        http_status: 404,
        extra: { 's-port': '443' },
      },
    ])
  })
}

describe('a W3C log', () => {
  if (engineInstalled) suite()
  else it('is read', context => context.skip('the optional package chdb is not installed on this platform'))
})
