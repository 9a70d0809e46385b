import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Problem } from '../src/base/index.ts'
import type { LogContext } from '../src/ingest/index.ts'
import { layOutSavedLogs, readSavedAnswers } from '../src/ingest/index.ts'
import { tilePath, tilesOf } from '../src/merkle/index.ts'
import type { OpenLogContext } from './ct/log-context.ts'
import { openLogContext, wholeOf } from './ct/log-context.ts'
import type { MadeLog } from './ct/made-log.ts'
import { makeLog } from './ct/made-log.ts'
import { makeTar } from './make-archives.ts'
import { counterseal, engineInstalled, noEngine } from './run-cli.ts'

type Page = { readonly entries: readonly { readonly leaf_input: string; readonly extra_data: string }[] }

async function textOf(made: MadeLog, path: string): Promise<string> {
  return Buffer.from((await made.answer(path)) ?? []).toString('utf8')
}

/** Answers of get-entries from `first` on, as somebody saved them, by the names that wget gives. */
async function pagesOf(made: MadeLog, first: number): Promise<{ name: string; content: string }[]> {
  const pages: { name: string; content: string }[] = []
  for (let start = first; start < made.entries.length; start += 256) {
    const name = `get-entries?start=${start}&end=${start + 255}`
    pages.push({ name, content: await textOf(made, `ct/v1/${name}`) })
  }
  return pages
}

/** The same as lines of entries, each with its index. */
async function linesOf(made: MadeLog, first: number, log_id: string | undefined): Promise<string> {
  let text = ''
  for (const { name, content } of await pagesOf(made, first)) {
    const start = Number(/\d+/.exec(name)?.[0])
    const { entries } = JSON.parse(content) as Page
    for (const [nth, entry] of entries.entries())
      text += `${JSON.stringify({ log_id, index: start + nth, ...entry })}\n`
  }
  return text
}

function suite() {
  let opened: OpenLogContext
  let context: LogContext
  beforeAll(async () => {
    opened = await openLogContext()
    context = opened.context
  })
  afterAll(() => opened.close())

  let laidOut = 0
  async function read(made: MadeLog, path: string) {
    const problems: Problem[] = []
    laidOut += 1
    const directory = join(opened.directory, `laid-out-${laidOut}`)
    mkdirSync(directory)
    const saved = await layOutSavedLogs(path, directory, problems)
    return { problems, ...(await wholeOf(readSavedAnswers(context, made.about, saved))) }
  }

  function save(name: string, files: Readonly<Record<string, string | Uint8Array>>): string {
    const directory = join(opened.directory, name)
    mkdirSync(directory, { recursive: true })
    for (const [file, content] of Object.entries(files)) writeFileSync(join(directory, file), content)
    return directory
  }

  it('answers of get-entries with a head are verified as a whole, and those that come later go on from there', async () => {
    const made = makeLog('rfc6962', { name: 'saved' })
    made.grow(700)
    const files = Object.fromEntries((await pagesOf(made, 0)).map(({ name, content }) => [name, content]))
    const first = save('week-1', { ...files, 'get-sth': await textOf(made, 'ct/v1/get-sth') })
    expect(await read(made, first)).toMatchObject({
      problems: [],
      last: { size: 700 },
      result: { head: { size: 700 }, faults: [], behind: 0, reading: { stored: 700, malformed: 0 } },
    })
    expect(await opened.stored(made.about.log_id)).toMatchObject({ rows: 700, verified: 700, indexes: 700 })
    // The next bundle is one file of lines, packed, and begins where the first ended. Some entries have no head yet.
    made.grow(9000)
    const head = await textOf(made, 'ct/v1/get-sth')
    made.grow(40)
    const second = save('week-2', {
      'entries.ndjson.gz': gzipSync(await linesOf(made, 700, made.about.log_id)),
      'sth.json': head,
    })
    expect(await read(made, second)).toMatchObject({
      problems: [],
      result: { head: { size: 9700 }, faults: [], behind: 40, reading: { stored: 9000 } },
    })
    expect(await opened.stored(made.about.log_id)).toMatchObject({ rows: 9700, verified: 9700 })
    expect((await read(made, second)).result).toMatchObject({ reading: { records: 0 }, behind: 40 })
  })

  it('entries that are not those of the head are not verified, and the log is at fault', async () => {
    const made = makeLog('rfc6962', { name: 'saved-wrong' })
    made.grow(300)
    const good = await textOf(made, 'ct/v1/get-sth')
    made.grow(100)
    const lines = (await linesOf(made, 0, undefined)).split('\n')
    lines[350] = (lines[350] ?? '').replace(/"leaf_input":"AAAA/, '"leaf_input":"AAAB')
    const other = JSON.parse(lines[351] ?? '') as Record<string, unknown>
    lines[350] = JSON.stringify({ ...other, index: 350 })
    const path = save('wrong', {
      'entries.ndjson': lines.join('\n'),
      'sth-1': good,
      'sth-2': await textOf(made, 'ct/v1/get-sth'),
    })
    const { last, result } = await read(made, path)
    expect([last?.fault?.code, result.head?.size]).toEqual(['ct/root', 300])
    expect(await opened.stored(made.about.log_id)).toMatchObject({ rows: 400, verified: 300 })
    const faults = (await context.ledger.ctFaults()).filter(({ log_id }) => log_id === made.about.log_id)
    expect(faults.map(({ code }) => code)).toEqual(['ct/root'])
  })

  it('entries without a head, or without what is before them, are stored as not verified', async () => {
    const made = makeLog('rfc6962', { name: 'saved-bare' })
    made.grow(300)
    const lines = await linesOf(made, 0, undefined)
    const bare = await read(made, save('bare', { 'entries.ndjson': lines }))
    expect(bare.result.because).toContain('no head')
    const other = makeLog('rfc6962', { name: 'saved-middle' })
    other.grow(300)
    const middle = save('middle', {
      'entries-256.json': (await pagesOf(other, 256))[0]?.content ?? '',
      sth: await textOf(other, 'ct/v1/get-sth'),
    })
    expect((await read(other, middle)).result.because).toContain('begin at 256')
    expect(await opened.stored(made.about.log_id)).toMatchObject({ rows: 300, verified: 0 })
    expect(await opened.stored(other.about.log_id)).toMatchObject({ rows: 44, verified: 0 })
  })

  it('what is no answer of a log is passed over, and told', async () => {
    const made = makeLog('rfc6962', { name: 'saved-odd' })
    made.grow(5)
    const [page] = await pagesOf(made, 0)
    const path = save('odd', {
      'entries-0.json': page?.content ?? '',
      'entries.json': page?.content ?? '', // no index
      'readme.txt': 'a note\nof somebody',
      'half-1.ndjson': `${(await linesOf(made, 0, undefined)).split('\n', 1)[0]}\nnothing\n`,
      sth: await textOf(made, 'ct/v1/get-sth'),
    })
    const { problems, result } = await read(made, path)
    expect(problems.map(({ where }) => where?.slice(path.length + 1)).sort()).toEqual([
      'entries.json',
      'half-1.ndjson',
      'readme.txt',
    ])
    expect(result).toMatchObject({ head: { size: 5 }, reading: { stored: 5 } })
  })

  it('of an archive only files of logs are taken, by their whole names, and none leads out of our directory', async () => {
    const made = makeLog('static-ct-api', { name: 'tar' })
    made.grow(300)
    const entries: { name: string; content: Uint8Array | string }[] = []
    for (const prefix of ['copy/', '/../../etc/', ''])
      for (const path of [
        'checkpoint',
        ...tilesOf(300).map(({ index, width }) => `tile/${tilePath('data', index, width)}`),
        ...[0, 1].flatMap(level =>
          tilesOf(300, level).map(at => `tile/${tilePath(String(level), at.index, at.width)}`),
        ),
      ])
        entries.push({ name: `${prefix}${path}`, content: (await made.answer(path)) ?? '' })
    entries.push({ name: 'tile/data/../../../outside', content: 'x' }, { name: 'mytile/data/000', content: 'x' })
    const archive = join(opened.directory, 'log.tar.gz')
    writeFileSync(archive, gzipSync(makeTar(entries)))
    const directory = join(opened.directory, 'laid-out-tar')
    mkdirSync(directory)
    const problems: Problem[] = []
    const { tiles } = await layOutSavedLogs(archive, directory, problems)
    expect(tiles).toEqual([0, 1, 2].map(nth => join(directory, `log-${nth}`)))
    expect(problems.map(({ code }) => code)).toEqual(['ct/saved', 'ct/saved'])
    const key = join(opened.directory, 'log.pem')
    writeFileSync(key, made.about.key)
    const ran = counterseal(['ct', 'import', archive, '--key', key, '--data', join(opened.directory, 'cli'), '--json'])
    expect(ran.records, ran.stderr.slice(-1000)).toMatchObject([
      { type: 'ct_reading', stored: 300, verified: true, tree_size: 300 },
      { type: 'ct_reading', entries: 0, verified: true },
      { type: 'ct_reading', entries: 0, verified: true },
    ])
  })
}

describe('what was saved of logs', () => {
  if (engineInstalled) suite()
  else it('is read', context => context.skip(noEngine))
})
