import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { element, eventWriter, fileHeaderSize, toJson, toXml, writeLog } from '../src/evtx/index.ts'
import { EventXmlReader } from '../src/formats/index.ts'
import { patched, plainLog, readLog, recordAt, registryEvent } from './evtx-logs.ts'
import { makeZip } from './make-archives.ts'
import { counterseal, engineInstalled, noEngine } from './run-cli.ts'

/** `counterseal evtx dump`, as it is called. */

const corpus = process.env.COUNTERSEAL_CORPUS ?? ''
let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'counterseal-dump-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(directory, name)
  writeFileSync(path, content)
  return path
}
const dump = (...args: readonly string[]) => counterseal(['evtx', 'dump', ...args])
const lines = (text: string) => text.split('\n').filter(line => line !== '')

/** A log whose second record is none, and whose fourth is torn; behind the fifth three were deleted. */
function damagedLog(): Uint8Array {
  const whole = plainLog(8)
  const torn = patched(patched(whole, recordAt(whole, 1), 0, 0), recordAt(whole, 4) - 4, 1)
  const free = Buffer.alloc(4)
  free.writeUInt32LE(recordAt(whole, 5) - fileHeaderSize)
  return patched(torn, fileHeaderSize + 48, ...free)
}

describe('evtx dump', () => {
  it('prints each event as JSON on a line, and says what it read on standard error', () => {
    const log = plainLog(3)
    const { status, stdout, stderr } = dump(file('a.evtx', log))
    expect(status).toBe(0)
    expect(lines(stdout)).toEqual(readLog(log).records.map(toJson))
    expect(stderr).toBe('3 records in 1 log, 0 problems\n')
    expect(dump(file('a.evtx', log), '--json').stdout).toBe(stdout)
  })

  it('prints one document of XML, which is read again', () => {
    const log = plainLog(3)
    const { status, stdout } = dump(file('a.evtx', log), '--xml')
    expect(status).toBe(0)
    expect(stdout).toBe(
      `<?xml version="1.0" encoding="utf-8"?>\n<Events>\n${readLog(log).records.map(toXml).join('\n')}\n</Events>\n`,
    )
    const reader = new EventXmlReader()
    expect([...reader.add(Buffer.from(stdout)), ...reader.end(false).events].map(({ problem }) => problem)).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  it('reads files, directories, archives and standard input in their order', () => {
    const folder = join(directory, 'logs')
    mkdirSync(folder, { recursive: true })
    file('logs/1.evtx', plainLog(2))
    file('logs/2.evtx.gz', gzipSync(plainLog(3)))
    file('logs/3.zip', makeZip([{ name: 'in/4.evtx', content: plainLog(4) }]))
    file('logs/readme.txt', 'no log')
    const { status, stdout, stderr } = dump(file('0.evtx', plainLog(1)), folder)
    expect([status, lines(stdout).length]).toEqual([0, 10])
    expect(stderr).toBe('10 records in 4 logs, 0 problems; passed over 1 file without an event log\n')
    for (const input of [plainLog(5), gzipSync(plainLog(5))]) {
      const piped = counterseal(['evtx', 'dump', '-'], { input })
      expect([piped.status, lines(piped.stdout).length, piped.stderr]).toEqual([
        0,
        5,
        '5 records in 1 log, 0 problems\n',
      ])
    }
  })

  it('tells problems with their file and place, as text or as JSON, and marks what the log does not answer for', () => {
    const path = file('damaged.evtx', damagedLog())
    const told = dump(path)
    expect(told.status).toBe(0)
    const events = lines(told.stdout).map(line => JSON.parse(line))
    expect(events.map(({ recovered }) => recovered)).toEqual([undefined, undefined, true, undefined])
    expect(told.stderr).toContain(`problem  evtx/record-magic at ${path}, chunk 0 at byte ${recordAt(plainLog(8), 1)}`)
    const { stdout, stderr } = dump(path, '--problems')
    expect(stdout).toBe(told.stdout)
    const records = lines(stderr).map(line => JSON.parse(line))
    expect(records.at(-1)).toMatchObject({
      type: 'summary',
      logs: 1,
      records: 4,
      problems: records.length - 1,
      passed_over: 0,
    })
    expect(records[0]).toMatchObject({
      type: 'problem',
      code: expect.stringMatching(/^evtx\//),
      where: expect.any(String),
    })
  })

  it('with --recover prints what was deleted too, marked in both forms', () => {
    const path = file('damaged.evtx', damagedLog())
    const marks = lines(dump(path, '--recover').stdout).map(line => JSON.parse(line).recovered)
    expect(marks).toEqual([undefined, undefined, true, undefined, true, true, true])
    expect(dump(path, '--recover', '--xml').stdout.match(/<!-- recovered -->\n<Event /g)).toHaveLength(4)
  })

  it('lets no text of an event reach a terminal as control characters', () => {
    const text = 'a\u0000\u001b[2J\u0007\u009b31m\u007f\u202egnp.exe\ufeff\nb'
    const written = eventWriter().record(
      registryEvent({ data: [['Text', text]], user_data: element('A', {}, text) }),
      1n,
    )
    const data = eventWriter().record(registryEvent({ data: [['Text', text]] }), 2n)
    const path = file('hostile.evtx', writeLog([written, data]))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    const hostile = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/
    const [json, xml] = [dump(path).stdout, dump(path, '--xml').stdout]
    expect(json).not.toMatch(hostile)
    expect(xml).not.toMatch(hostile)
    expect(JSON.parse(lines(json)[1] ?? '').Event.EventData.Text).toBe(text)
    expect(xml).toContain('a\ufffd\ufffd[2J\ufffd&#155;31m&#127;&#8238;gnp.exe&#65279;\nb')
  })

  it('ends quietly when nobody reads any more', async () => {
    const path = file('long.evtx', plainLog(20_000))
    const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url))
    for (const form of ['--json', '--xml']) {
      const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), main, 'evtx', 'dump', form, path])
      let said = ''
      child.stderr.on('data', (piece: Buffer) => {
        said += piece.toString()
      })
      child.stdout.once('data', () => child.stdout.destroy())
      const status = await new Promise(resolve => child.on('close', resolve))
      expect([status, said]).toEqual([0, ''])
    }
  })

  it('refuses what holds no event log, and two forms at once', () => {
    const path = file('notes.txt', 'dear diary')
    const none = dump(path, join(directory, 'missing'))
    expect(none.status).toBe(3)
    expect(none.stdout).toBe('')
    expect(none.stderr).toContain(`problem  evtx/file-magic at ${path}`)
    expect(none.stderr).toContain('There is no event log under')
    expect(dump(path, '--xml', '--json').status).toBe(2)
    expect(dump().status).toBe(2)
  })
})

describe('the event logs of the corpus', () => {
  it('give evtx dump and hunt the same records and problems', context => {
    if (corpus === '') return context.skip('COUNTERSEAL_CORPUS is not set')
    if (!engineInstalled) return context.skip(noEngine)
    const logs = join(corpus, 'windows/evtx')
    const dumped = lines(dump(logs, '--problems').stderr).map(line => JSON.parse(line))
    const summary = dumped.at(-1)
    expect(summary).toMatchObject({ type: 'summary', logs: 74, records: 21_909 })
    const hunted = counterseal(['hunt', logs, '--json'])
    expect(hunted.status, hunted.stderr.slice(-2000)).toBe(0)
    const readings = hunted.records.filter(({ type, unknown }) => type === 'reading' && unknown === undefined)
    const sum = (name: string) => readings.reduce((total, reading) => total + Number(reading[name]), 0)
    expect(readings).toHaveLength(74)
    expect(sum('records')).toBe(sum('stored') + sum('malformed') + sum('ignored'))
    // Quarantine has what is no record too: pieces of chunks, and chunks.
    const pieces = dumped.filter(({ code }) => code === 'evtx/chunk-magic' || code === 'evtx/record-magic')
    expect(sum('ignored')).toBe(0)
    expect(sum('stored')).toBeGreaterThan(21_900)
    expect(sum('malformed')).toBeLessThanOrEqual(pieces.length + 9)
    const told = readings.flatMap(({ problems }) => problems as { code: string; found?: string }[]) // of our own output
    const counts = (problems: readonly { code: string; found?: string }[]) => {
      const byCode: Record<string, number> = {}
      for (const { code, found = '' } of problems)
        byCode[code] = (byCode[code] ?? 0) + Number(/^(\d+) more$/.exec(found)?.[1] ?? 1)
      return byCode
    }
    const { 'evtx/file-dirty': dirty = 0, ...rest } = counts(dumped.filter(({ type }) => type === 'problem'))
    const { 'evtx/file-dirty': dirtyToo, 'time/implausible': _, ...restToo } = counts(told)
    expect(restToo).toEqual(rest)
    // One of the logs is there twice: of a copy no problems are told.
    expect(dirtyToo).toBe(dirty - 1)
  }, 300_000)
})
