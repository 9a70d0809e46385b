import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { appendFile, copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openApp } from '../src/app.ts'
import { configFrom } from '../src/config.ts'
import { rowsOf } from '../src/model/index.ts'
import { counterseal, engineInstalled, noEngine, root } from './run-cli.ts'

const commands = [
  'hunt',
  'ingest',
  'events',
  'evidence',
  'pivot',
  'cert',
  'coverage',
  'evtx',
  'quarantine',
  'sources',
  'detections',
  'store',
  'doctor',
]

describe('the command line', () => {
  it('every command explains itself with examples', () => {
    for (const command of commands) {
      const { stdout, status } = counterseal([command, '--help'])
      expect(stdout, command).toMatch(/^Usage: counterseal \S+[\s\S]+Examples:\n {2}\$ /)
      expect(status).toBe(0)
    }
  })

  it('wrong usage ends with 2 and one sentence, never with a stack trace', () => {
    const wrong = [
      [],
      ['hunt'],
      ['hunt', '--nonsense'],
      ['nonsense'],
      ['events'],
      ['events', '--kind', 'nonsense'],
      ['hunt', 'examples', '--fail-on', 'never'],
      ['ingest', 'examples', '--data', 'package.json/below'],
      ['ingest', 'examples', '--data', 'package.json'],
      ['ingest', 'examples', '--data', '/proc/no-such-place'],
      ['hunt', 'examples', '--local-network', '10.0.0.0/99'],
      ['events', '--kind', 'dns_query', '--limit', '-1'],
    ]
    for (const args of wrong) {
      const { status, stderr, stdout } = counterseal(args)
      expect(status, args.join(' ')).toBe(2)
      expect(stderr + stdout, args.join(' ')).not.toMatch(/\n\s+at |Error:/)
      expect(stderr, args.join(' ')).not.toBe('')
    }
  })

  it('a path that is not there ends with 3, and is named with the reason', test => {
    if (!engineInstalled) test.skip(noEngine)
    const { status, stderr } = counterseal(['hunt', '/no/such/path'])
    expect(status).toBe(3)
    expect(stderr).toContain('/no/such/path: it does not exist')
  })

  it('sources and detections list what a hunt uses', () => {
    expect(counterseal(['sources', '--json']).records.map(record => record.id)).toContain('zeek-ssl')
    expect(counterseal(['detections', '--json']).records.length).toBeGreaterThan(4)
  })

  it('a definition of the user’s own that is wrong is named with its fault', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'counterseal-own-'))
    await writeFile(join(directory, 'not-a-folder'), '')
    const { status, stderr } = counterseal(['sources', '--sources', join(directory, 'missing')])
    expect(status).toBe(2)
    expect(stderr).toMatch(/missing could not be read as a definition: ENOENT/)
    await rm(directory, { recursive: true })
  })
})

const suite = () => {
  let directory: string
  let data: string

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'counterseal-cli-'))
    data = join(directory, 'data')
    await copyFile(join(root, 'examples/zeek/ssl.log'), join(directory, 'ssl.log'))
    const { status } = counterseal(['ingest', join(directory, 'ssl.log'), '--data', data])
    expect(status).toBe(0)
  })
  afterAll(() => rm(directory, { recursive: true, force: true }))

  it('--fail-on exits 1 when a finding is that urgent, and 0 when none is', () => {
    expect(counterseal(['hunt', 'examples/zeek', '--fail-on', 'review']).status).toBe(1)
    expect(counterseal(['hunt', 'examples/zeek', '--fail-on', 'incident']).status).toBe(0)
  })

  it('--json writes one object a line and nothing else on stdout', () => {
    const { stdout, records } = counterseal(['hunt', 'examples/zeek', '--json'])
    expect(records).toHaveLength(stdout.trim().split('\n').length)
    expect(new Set(records.map(record => record.type))).toEqual(
      new Set(['reading', 'finding', 'answer', 'correlation']),
    )
  })

  it('what was not looked at is answered with unknown, and what would show it', () => {
    const { records } = counterseal(['hunt', 'examples/zeek', '--json'])
    const answers = records.filter(record => record.type === 'answer' && record.analytic === 'AN1246')
    expect(answers.length).toBeGreaterThan(0)
    for (const answer of answers) expect(answer.answer).toBe('unknown')
  })

  it('standard input is read like a file', async () => {
    const input = await readFile(join(root, 'examples/zeek/http.log'))
    const readings = counterseal(['hunt', '-', '--json'], { input }).records.filter(record => record.type === 'reading')
    expect(readings).toMatchObject([{ sources: ['zeek-http'], stored: 64, malformed: 0 }])
  })

  it('a hunt through kept data finds what the first one found, and reads nothing twice', () => {
    const kept = join(directory, 'kept')
    const ids = (records: readonly Record<string, unknown>[]) =>
      records.filter(record => record.type === 'finding').map(record => [record.finding_id, record.score])
    const first = counterseal(['hunt', 'examples/', '--data', kept, '--json'])
    const again = counterseal(['hunt', '--data', kept, '--json'])
    const reread = counterseal(['hunt', 'examples/', '--data', kept, '--json'])
    expect(ids(first.records).length).toBeGreaterThan(0)
    expect(ids(again.records)).toEqual(ids(first.records))
    expect(ids(reread.records)).toEqual(ids(first.records))
    for (const reading of reread.records.filter(record => record.type === 'reading' && record.unknown === undefined))
      expect(reading.known).toBe(reading.records)
    expect(
      counterseal(['doctor', '--data', kept, '--json']).records.find(check => check.name === 'case store'),
    ).toMatchObject({ ok: true, says: expect.stringContaining('3 hunts') })
  })

  it('evidence shows the record as it stands in the file, from wherever one stands, and proves it unchanged', async () => {
    const [event] = counterseal(['events', '--kind', 'tls_session', '--data', data, '--limit', '1', '--json']).records
    const shown = counterseal(['evidence', String(event?.event_uid), '--data', data, '--json'], {
      cwd: directory,
    }).records
    const lines = (await readFile(join(directory, 'ssl.log'), 'latin1')).split('\n')
    expect(shown).toMatchObject([
      { kind: 'tls_session', source: 'zeek-ssl', intact: true, path: join(directory, 'ssl.log') },
    ])
    expect(shown[0]?.text).toBe(lines[Number(shown[0]?.record_number)])
  })

  it('evidence says when a record is not what was read any more, or nowhere to be found', async () => {
    const changing = join(directory, 'changing.log')
    await copyFile(join(root, 'examples/zeek/http.log'), changing)
    counterseal(['ingest', changing, '--data', data])
    const [event] = counterseal(['events', '--kind', 'http_request', '--data', data, '--limit', '1', '--json']).records
    const text = await readFile(changing, 'utf8')
    await writeFile(changing, text.replaceAll('GET', 'PUT'))
    expect(counterseal(['evidence', String(event?.event_uid), '--data', data, '--json']).records).toMatchObject([
      { intact: false },
    ])
    await rm(changing)
    const gone = counterseal(['evidence', String(event?.event_uid), '--data', data])
    expect(gone.status).toBe(3)
    expect(gone.stderr).toContain('no longer where it was read')
  })

  it('an event that does not exist, and what is no event id, are said to be so', () => {
    expect(counterseal(['evidence', 'f'.repeat(32), '--data', data])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('No event ffff'),
    })
    expect(counterseal(['evidence', 'xyz', '--data', data])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('is no event_uid'),
    })
  })

  it('quarantine lists what could not be read with file, place, reason and bytes', async () => {
    const path = join(directory, 'broken.log')
    await copyFile(join(root, 'examples/zeek/http.log'), path)
    await appendFile(path, '{"ts": broken\n')
    counterseal(['ingest', path, '--data', data])
    const rows = counterseal(['quarantine', '--data', data, '--json']).records
    expect(rows).toContainEqual(
      expect.objectContaining({ path, record_number: 64, reason: 'json/invalid', excerpt: '{"ts": broken' }),
    )
  })

  it('text of an attacker cannot steer the terminal', async () => {
    const path = join(directory, 'steering.log')
    await writeFile(
      path,
      '{"_path":"dns","ts":1791900000.5,"uid":"Cst","id.orig_h":"10.20.0.1","id.orig_p":1,"id.resp_h":"192.0.2.53","id.resp_p":53,"query":"a\\u001b[2J\\u202eb.example"}\n',
    )
    counterseal(['ingest', path, '--data', data])
    const { stdout } = counterseal(['events', '--kind', 'dns_query', '--data', data])
    for (const unsafe of ['\u001b', '\u202e']) expect(stdout).not.toContain(unsafe)
    expect(stdout).toContain('\\u001b')
  })

  it('Ctrl-C ends the work with a sentence, and the same command finishes it', async () => {
    const path = join(directory, 'long.log')
    const record = (n: number) =>
      `{"_path":"dns","ts":1791900000.5,"uid":"C${n}","id.orig_h":"10.20.0.1","id.orig_p":1,"id.resp_h":"192.0.2.53","id.resp_p":53,"query":"n${n}.example","padding":"${'x'.repeat(200)}"}`
    await writeFile(path, Array.from({ length: 400_000 }, (_, n) => record(n)).join('\n'))
    const args = ['--import', import.meta.resolve('tsx'), join(root, 'src/cli/main.ts'), 'ingest', path, '--data', data]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    child.stderr.on('data', piece => {
      said += String(piece)
    })
    const chunks = join(data, 'tmp')
    const isReading = () =>
      existsSync(chunks) && readdirSync(chunks, { recursive: true }).some(name => String(name).endsWith('.chunk'))
    while (child.exitCode === null && !isReading()) await nextTurn()
    child.kill('SIGINT')
    const [code] = await once(child, 'close')
    expect(said).toMatch(/was stopped/)
    expect(said).not.toMatch(/defect|\n\s+at /)
    expect(code).toBe(3)
    const [reading] = counterseal(['ingest', path, '--data', data, '--json']).records
    expect(reading).toMatchObject({ records: 400_000, stored: 400_000 })
    const app = openApp(configFrom({ data }))
    const text =
      "SELECT count() AS rows, uniqExact(event_uid) AS uids FROM dns_query WHERE startsWith(dns_question_name, 'n')"
    const rows = await rowsOf(await app.events(), { name: 'test', text })
    await app.close()
    expect(rows).toEqual([{ rows: 400_000, uids: 400_000 }])
  })

  it('colour is for terminals: a pipe gets none', () => {
    expect(counterseal(['hunt', 'examples/zeek'], { env: { FORCE_COLOR: '1' } }).stdout).not.toContain('\u001b')
  })

  it('doctor finds a sound installation sound', () => {
    const { status, records } = counterseal(['doctor', '--json'])
    expect(records.filter(check => check.ok === false)).toEqual([])
    expect(status).toBe(0)
  })
}

if (engineInstalled) describe('the command line on a store', suite)
else describe('the command line on a store', () => void it('works', test => test.skip(noEngine)))
