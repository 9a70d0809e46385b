import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { randomFrom } from '../bench/generate/random.ts'
import { possibleSources } from '../src/ingest/possible.ts'
import { recognise } from '../src/ingest/recognise.ts'
import type { Source } from '../src/mapping/index.ts'
import { censusStatement, claims, loadSources, readTextLine } from '../src/mapping/index.ts'
import type { EventStore } from '../src/model/index.ts'
import { rowsOf } from '../src/model/index.ts'
import { openChdbEventStore } from '../src/store/clickhouse/index.ts'
import type { OpenIngest } from './open-ingest.ts'
import { openIngest } from './open-ingest.ts'

const folder = fileURLToPath(new URL('../sources', import.meta.url))
const engineInstalled = await import('chdb').then(
  () => true,
  () => false,
)
const sources = loadSources([folder]).filter(({ formats }) => formats.includes('text-lines'))
const lines = (await readdir(folder))
  .map(id => join(folder, id, 'sample.txt'))
  .filter(existsSync)
  .flatMap(path => readFileSync(path, 'utf8').split('\n'))
  .filter(line => line !== '')

/** By our own reading: the source whose line it is, or an empty text. */
function claimedBy(line: string, candidates: readonly Source[]): string {
  for (const source of candidates) {
    const record = readTextLine(source, line)
    if (record !== undefined && claims(source, record)) return source.id
  }
  return ''
}

function suite() {
  let home: string
  let store: EventStore & { close(): Promise<void> }
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'counterseal-text-'))
    store = await openChdbEventStore(join(home, 'events'))
  })
  afterAll(async () => {
    await store.close()
    await rm(home, { recursive: true, force: true })
  })

  /** Line by line what the engine says of it. */
  async function claimedInEngine(text: readonly string[]): Promise<readonly string[]> {
    const path = join(home, 'chunk')
    await writeFile(path, text.map(line => `${line}\n`).join(''))
    const chunk = await store.stageChunk(path)
    const place = { evidence_id: 'e', first_record: 0, sequence: 0, byte_offset: 0 }
    const segment = { format: 'text-lines', zone: 'UTC', until: '2026-12-31' } as const
    const { sql, params } = censusStatement(sources, segment, place)
    const each = {
      name: 'test/claims',
      text: `SELECT row, claim FROM ${sql.text.slice(sql.text.indexOf('FROM ') + 5, sql.text.lastIndexOf(' GROUP BY'))} ORDER BY row`,
    }
    const rows = await rowsOf(store, each, { params, chunk })
    await chunk.release()
    return rows.map(({ claim }) => String(claim))
  }

  it('of every sample are claimed by the same source here and in the engine', async () => {
    const here = lines.map(line => claimedBy(line, sources))
    expect(here.filter(id => id !== '').length).toBeGreaterThan(lines.length / 2)
    expect(await claimedInEngine(lines)).toEqual(here)
  })

  it('are claimed alike when somebody has had them', async () => {
    const random = randomFrom(20261123)
    const marks: [string, ...string[]] = [
      '"',
      '\\"',
      ' ',
      ',',
      '=',
      '|',
      ': ',
      '[',
      ']',
      '-',
      '%',
      '\t',
      '<134>',
      'Oct 10 13:55:36 h p[1]: ',
      'é',
    ]
    const had = Array.from({ length: 1500 }, () => {
      const line = random.pick(lines as [string, ...string[]])
      const at = random.whole(0, line.length)
      const mark = random.pick(marks)
      return random.chance(0.3) ? line.slice(0, at) : line.slice(0, at) + mark + line.slice(at + random.whole(0, 2))
    })
    const here = had.map(line => claimedBy(line, sources))
    const there = await claimedInEngine(had)
    const apart = had.flatMap((line, nth) => (here[nth] === there[nth] ? [] : [[line, here[nth], there[nth]]]))
    expect(apart).toEqual([])
  })

  it('are tried by few sources, among them whoever claims one', async () => {
    const random = randomFrom(20261124)
    const place = { evidence_id: 'e', first_record: 0, sequence: 0, byte_offset: 0 }
    const segment = { format: 'text-lines', zone: 'UTC', until: '2026-12-31' } as const
    const tried: number[] = []
    for (let nth = 0; nth < 12; nth += 1) {
      const some = Array.from({ length: 3 }, () => random.pick(lines as [string, ...string[]]))
      const path = join(home, 'chunk')
      await writeFile(path, some.map(line => `${line}\n`).join(''))
      const chunk = await store.stageChunk(path)
      const possible = await possibleSources(store, sources, segment, place, { chunk })
      await chunk.release()
      tried.push(possible.length)
      expect(some.map(line => claimedBy(line, possible))).toEqual(some.map(line => claimedBy(line, sources)))
    }
    expect(Math.max(...tried)).toBeLessThan(sources.length / 2)
  })

  it('that a document of JSON quotes are no log', () => {
    const line = 'Oct 10 13:55:36 gate kernel: IN=eth0 OUT= SRC=192.0.2.1 DST=192.0.2.2 LEN=40 PROTO=TCP SPT=1 DPT=2'
    const recognised = (text: string) => recognise(Buffer.from(text), sources)
    expect(recognised(`${line}\n`)).toMatchObject({ format: 'text-lines' })
    const document = JSON.stringify({ input: { message: line } }, undefined, 2)
    expect(recognised(document)).toHaveProperty('unknown')
    expect(recognised(`${document.replace('\n', '\r\n')}\n`)).toHaveProperty('unknown')
  })

  it('cost time in proportion to their length, whatever stands in them', async () => {
    const long = [' ', '"', '\\', 'a=', 'a="', '|', ',', ': ', '[', '<1>', '1.2.3.4 '].map(part => part.repeat(50_000))
    expect(await claimedInEngine(long)).toHaveLength(long.length)
  })
}

describe('lines of text', () => {
  if (engineInstalled) suite()
  else it('are read', context => context.skip('the optional package chdb is not installed on this platform'))
})

function times() {
  let bench: OpenIngest
  beforeAll(async () => {
    bench = await openIngest()
  })
  afterAll(() => bench.close())

  const native = '1772445600.277   3387 192.0.2.1 TCP_TUNNEL/200 19131 CONNECT crt.sh:443 - HIER_DIRECT/203.0.113.9 -'
  const common = (time: string) =>
    `192.0.2.3 - - [${time}] "GET http://www.example/a HTTP/1.1" 200 39 TCP_MISS:HIER_DIRECT`

  it.each([
    ['02/Mar/2026:11:00:05 +0100', 'UTC', '2026-03-02 10:00:05.000000'],
    ['02/Mar/2026:11:00:05', 'Europe/Berlin', '2026-03-02 10:00:05.000000'],
    ['2026-03-02 10:00:05.250', 'UTC', '2026-03-02 10:00:05.250000'],
    ['6/5/2013 10:00:32 AM', 'UTC', '2013-06-05 10:00:32.000000'],
    ['12/31/2013 10:00:32 PM', 'UTC', '2013-12-31 22:00:32.000000'],
    ['23.05.2019 11:28:06', 'UTC', '2019-05-23 11:28:06.000000'],
    ['2019/08/20 11:48:27', 'UTC', '2019-08-20 11:48:27.000000'],
    ['19-Oct-2022 05:34:02.425', 'UTC', '2022-10-19 05:34:02.425000'],
    ['Sun Dec 04 04:47:44.5 2005', 'UTC', '2005-12-04 04:47:44.500000'],
    ['1772445600.5', 'Asia/Tokyo', '2026-03-02 10:00:00.500000'],
    ['Oct 10 13:55:36', 'UTC', '2025-10-10 13:55:36.000000'],
    ['Mar  2 13:55:36', 'UTC', '2026-03-02 13:55:36.000000'],
    ['Feb 29 13:55:36', 'UTC', '2024-02-29 13:55:36.000000'],
  ])('%s, in %s, is %s', async (time, logZone, expected) => {
    const path = bench.fileOf(`${common(time)}\n${native}\n`)
    const { ingestFile } = await import('../src/ingest/index.ts')
    await ingestFile({ ...bench.context, logZone, logUntil: '2026-04-01' }, path)
    const sql = {
      name: 'test/times',
      text: `SELECT toString(event_time) AS time FROM http_request WHERE source_ip = toIPv6('192.0.2.3') ORDER BY ingest_sequence DESC LIMIT 1`,
    }
    expect((await rowsOf(bench.store, sql))[0]?.time).toBe(expected)
  })
}

describe('times of logs', () => {
  if (engineInstalled) times()
  else it('are read', context => context.skip('the optional package chdb is not installed on this platform'))
})
