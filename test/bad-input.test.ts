import { spawnSync } from 'node:child_process'
import { chmod, mkdir, open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Problem } from '../src/base/index.ts'
import { CountersealError } from '../src/base/index.ts'
import type { Reading } from '../src/ingest/index.ts'
import { ingest, ingestFile } from '../src/ingest/index.ts'
import type { Row } from '../src/model/index.ts'
import { rowsOf } from '../src/model/index.ts'
import { type OpenIngest, openIngest } from './open-ingest.ts'
import { engineInstalled, noEngine } from './run-cli.ts'

/**
 * Evidence that is broken, on purpose or not: one bad record costs one record, one bad file costs what is bad in it, and
 * the message says which file and where.
 */

const suite = () => {
  let opened: OpenIngest
  beforeAll(async () => {
    opened = await openIngest()
  })
  afterAll(async () => await opened.close())

  const quarantined = async (reading: Reading): Promise<readonly Row[]> =>
    await rowsOf(
      opened.store,
      {
        name: 'test',
        text: 'SELECT record_number, byte_offset, bytes, reason, field FROM malformed WHERE evidence_id = {id:String} ORDER BY record_number',
      },
      { params: { id: reading.evidence_id } },
    )
  const queries = async (reading: Reading): Promise<readonly unknown[]> =>
    (
      await rowsOf(
        opened.store,
        {
          name: 'test',
          text: 'SELECT dns_question_name AS name FROM dns_query WHERE evidence_id = {id:String} ORDER BY record_number',
        },
        { params: { id: reading.evidence_id } },
      )
    ).map(row => row.name)
  const accounted = (reading: Reading) =>
    expect(reading.stored + reading.malformed + reading.ignored).toBe(reading.records)

  let uid = 0
  const dns = (name: string, extra = '') => {
    uid += 1
    return `{"_path":"dns","ts":1791900000.${uid},"uid":"C${uid}","id.orig_h":"10.20.0.1","id.orig_p":5353,"id.resp_h":"192.0.2.53","id.resp_p":53,"proto":"udp","query":"${name}"${extra}}`
  }

  it('a truncated gzip gives what stands before the cut, and says where it ends', async () => {
    const lines = Array.from({ length: 5000 }, (_, n) => dns(`n${n}.example`)).join('\n')
    const whole = gzipSync(lines)
    const reading = await opened.read(whole.subarray(0, whole.length - 500))
    expect(reading.stored).toBeGreaterThan(4500)
    expect(reading.problems).toMatchObject([
      { code: 'gzip/damaged', where: expect.stringMatching(/evidence-\d+ after \d+ decompressed bytes/) },
    ])
    accounted(reading)
  })

  it('an empty file is named as empty', async () => {
    expect(await opened.read('')).toMatchObject({ records: 0, unknown: 'it is empty' })
  })

  it('a line of two gigabytes costs that line', async () => {
    const path = join(opened.home, 'two-gigabytes.log')
    const file = await open(path, 'w')
    const before = `${dns('before.example')}\n`
    const after = `\n${dns('after.example')}\n`
    const gap = 2 ** 31 + 5
    await file.write(before, 0)
    await file.write(after, before.length + gap) // the gap is a hole: two gigabytes of NUL that take no room
    await file.close()
    const reading = await ingestFile(opened.context, path)
    expect(reading).toMatchObject({ records: 3, stored: 2, malformed: 1 })
    expect(reading.problems).toMatchObject([
      { code: 'record/too-long', where: `${path}, byte ${before.length}`, found: `${gap} bytes` },
    ])
    expect(await quarantined(reading)).toEqual([
      { record_number: 1, byte_offset: before.length, bytes: gap, reason: 'record/too-long', field: '' },
    ])
    expect(await queries(reading)).toEqual(['before.example', 'after.example'])
    accounted(reading)
  })

  it('a disk that fails in the middle of a file costs what lies behind, and the next file is read', async () => {
    async function* failing() {
      yield Buffer.from(Array.from({ length: 40_000 }, (_, n) => `${dns(`early${n}.example`)}\n`).join(''))
      throw new CountersealError('input/unreadable', { message: 'the disk could not read beyond byte 8,000,000' })
    }
    async function* evidence() {
      const base = { size: undefined, mayGrow: false }
      yield { ...base, path: 'bad-disk.log', open: async () => ({ bytes: failing(), problems: [], compressed: false }) }
      const good = async function* () {
        yield Buffer.from(`${dns('after-the-failure.example')}\n`)
      }
      yield { ...base, path: 'next.log', open: async () => ({ bytes: good(), problems: [], compressed: false }) }
    }
    const problems: Problem[] = []
    const readings: Reading[] = []
    const limits = { ...opened.context.limits, smallBytes: 1 << 20, chunkBytes: 1 << 20 }
    for await (const reading of ingest({ ...opened.context, limits }, evidence(), problems)) readings.push(reading)
    expect(readings).toMatchObject([{ path: 'next.log', stored: 1 }])
    expect(problems).toMatchObject([{ code: 'input/unreadable', where: 'bad-disk.log' }])
  })

  it('bytes that are no UTF-8 cost the JSON record they stand in', async () => {
    const first = `${dns('a.example')}\n`
    const bad = Buffer.concat([Buffer.from('{"_path":"dns","query":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}\n')])
    const reading = await opened.read(Buffer.concat([Buffer.from(first), bad, Buffer.from(`${dns('b.example')}\n`)]))
    expect(reading).toMatchObject({ records: 3, stored: 2, malformed: 1 })
    expect(await quarantined(reading)).toMatchObject([
      { record_number: 1, byte_offset: first.length, reason: 'json/invalid' },
    ])
  })

  it('a Zeek log whose #fields change in the middle is read by the fields of each part', async () => {
    const head = (fields: string) =>
      `#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tdns\n#fields\t${fields}\n`
    const one = `${head('ts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tquery')}1791900001.5\tCx1\t10.20.0.1\t1\t192.0.2.53\t53\tudp\tone.example\n`
    const two = `${head('uid\tts\tquery\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tnew_column')}Cx2\t1791900002.5\ttwo.example\t10.20.0.1\t1\t192.0.2.53\t53\tudp\tnews\n`
    const bad = 'Cx3\t1791900003.5\tthree.example\n'
    const reading = await opened.read(one + two + bad)
    expect(await queries(reading)).toEqual(['one.example', 'two.example'])
    expect(reading).toMatchObject({ stored: 2, malformed: 1, ignored: 12, ignored_because: { 'zeek-header': 12 } })
    expect(await quarantined(reading)).toMatchObject([
      { record_number: 14, byte_offset: one.length + two.length, reason: 'record/column-count' },
    ])
    const [row] = await rowsOf(opened.store, {
      name: 'test',
      text: "SELECT extra['new_column'] AS news FROM dns_query WHERE dns_question_name = 'two.example'",
    })
    expect(row?.news).toBe('news')
  })

  it('a clock in 1601 does not hide a record: it is kept, and reported with its place', async () => {
    const odd = dns('old.example').replace(/"ts":[\d.]+/, '"ts":"1601-01-01T00:00:00Z"')
    const reading = await opened.read(`${dns('new.example')}\n${odd}\n`)
    expect(reading).toMatchObject({ stored: 2, malformed: 0 })
    expect(reading.problems).toMatchObject([
      {
        code: 'time/implausible',
        where: expect.stringMatching(/evidence-\d+, record 1 /),
        found: expect.stringContaining('1601-01-01'),
      },
    ])
  })

  it('a repeated JSON key keeps both values: the first in its field, the second in extra', async () => {
    const reading = await opened.read(`${dns('first.example', ',"query":"second.example"')}\n`)
    expect(await queries(reading)).toEqual(['first.example'])
    const [row] = await rowsOf(opened.store, {
      name: 'test',
      text: "SELECT extra['query'] AS second FROM dns_query WHERE dns_question_name = 'first.example'",
    })
    expect(row?.second).toBe('second.example')
  })

  it('a number, a text, a list and an unfinished object as lines cost themselves', async () => {
    const reading = await opened.read(
      `${dns('c.example')}\n12345\n"text"\n[1,2]\n{"_path":"dns","ts":17\n\n${dns('d.example')}`,
    )
    expect((await quarantined(reading)).map(row => row.reason)).toEqual([
      'json/not-an-object',
      'json/not-an-object',
      'json/not-an-object',
      'json/invalid',
    ])
    expect(reading).toMatchObject({
      records: 7,
      stored: 2,
      malformed: 4,
      ignored: 1,
      ignored_because: { 'blank-line': 1 },
    })
  })

  it('a list whose elements would fit a record’s fields in their order is no record', async () => {
    const elements = '["dns",1791900000.5,"Clist","10.20.0.1",5353,"192.0.2.53",53,"udp","list.example"]'
    const reading = await opened.read(
      `${dns('o.example')}\n${elements}\n [${dns('p.example')}]\n ${dns('q.example')}\n`,
    )
    expect(await queries(reading)).toEqual(['o.example', 'q.example'])
    expect((await quarantined(reading)).map(row => row.reason)).toEqual(['json/not-an-object', 'json/not-an-object'])
  })

  it('a missing or ill-typed required value is malformed with the name of its field', async () => {
    const reading = await opened.read(
      `${dns('e.example')}\n${dns('f.example').replace('"10.20.0.1"', '"10.20.0.999"')}\n${dns('g.example').replace(/"ts":[\d.]+,/, '')}\n`,
    )
    expect((await quarantined(reading)).map(row => [row.reason, row.field])).toEqual([
      ['field/required', 'id.orig_h'],
      ['field/required', 'ts'],
    ])
  })

  it('an unknown format is named with what it looks like', async () => {
    expect((await opened.read('dear diary\n')).unknown).toContain(
      'text in no format that is read; it begins with "dear diary"',
    )
    expect((await opened.read('{"some":"json","of":"mine"}\n')).unknown).toBe(
      'JSON lines that no source claims; the first record has some, of',
    )
    expect((await opened.read(Buffer.from('ElfFile\0rest'))).unknown).toContain('EVTX')
    expect((await opened.read('#separator \\x09\n#path\tmystery\n#fields\ta\n1\n')).unknown).toContain('"mystery"')
  })

  it('the same bytes again change nothing, under the same name or another', async () => {
    const text = `${dns('h.example')}\n${dns('i.example')}\n`
    const [first, second] = [await opened.read(text), await opened.read(text)]
    expect(second).toMatchObject({ known: 2, stored: 2, evidence_id: first.evidence_id })
    expect(await queries(first)).toHaveLength(2)
  })

  it('of a log that has grown only the tail is stored', async () => {
    const [one, two] = [`${dns('j.example')}\n`, `${dns('k.example')}\n`]
    const before = await opened.read(one)
    const after = await opened.read(one + two)
    expect(after).toMatchObject({ evidence_id: before.evidence_id, records: 2, known: 1, stored: 2 })
    expect(await queries(after)).toEqual(['j.example', 'k.example'])
  })

  it('a file that fails while it is read is an error that names it and the byte', async () => {
    await expect(ingestFile(opened.context, '/proc/self/mem')).rejects.toMatchObject({
      code: 'input/unreadable',
      message: expect.stringMatching(/^\/proc\/self\/mem could not be (read beyond byte \d+|opened): /),
    })
  })

  const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url))
  const hunt = (path: string, options: { uid?: number; data?: string } = {}) => {
    const args = [
      '--import',
      'tsx',
      main,
      'hunt',
      path,
      '--json',
      ...(options.data === undefined ? [] : ['--data', options.data]),
    ]
    return spawnSync(process.execPath, args, {
      encoding: 'utf8',
      ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
    })
  }

  it('a file without permission costs that file, and is named with the reason', async test => {
    const nobody = process.getuid?.() === 0 ? 65534 : undefined
    if (
      nobody !== undefined &&
      spawnSync(process.execPath, ['--import', 'tsx', '-e', '1'], { uid: nobody, gid: nobody }).status !== 0
    )
      test.skip('this checkout is not readable for another user, so the test cannot give up its rights')
    const folder = join(opened.home, 'rights')
    await mkdir(folder)
    await chmod(opened.home, 0o755)
    await writeFile(join(folder, 'open.log'), `${dns('l.example')}\n`)
    await writeFile(join(folder, 'secret.log'), `${dns('m.example')}\n`)
    await chmod(join(folder, 'secret.log'), 0)
    const { stdout, status } = hunt(folder, nobody === undefined ? {} : { uid: nobody })
    const records = stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(records.find(record => record.type === 'problem')).toMatchObject({
      where: join(folder, 'secret.log'),
      found: expect.stringContaining('no permission to read it'),
    })
    expect(records.find(record => record.type === 'reading')).toMatchObject({ stored: 1 })
    expect(status).toBe(0)
  })

  it('a full disk ends the work with a sentence, and the same command finishes it once there is room', async test => {
    const disk = join(opened.home, 'disk')
    await mkdir(disk)
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=96m', 'tmpfs', disk])
    if (mounted.status !== 0) test.skip('this user may not mount a small disk')
    try {
      const path = join(opened.home, 'large.log')
      const random = (n: number) => `${(n * 2654435761) % 4294967296}`.repeat(12)
      await writeFile(
        path,
        Array.from({ length: 200_000 }, (_, n) =>
          dns(`${random(n).slice(0, 60)}.${random(n * 7).slice(0, 60)}.example`, `,"x":"${random(n * 13)}"`),
        ).join('\n'),
      )
      const full = hunt(path, { data: disk })
      expect(full.stderr).toMatch(/no space is left on the disk/i)
      expect(full.stderr).not.toMatch(/\n\s+at /)
      expect(full.status).toBe(3)
      expect(spawnSync('mount', ['-o', 'remount,size=2g', disk]).status).toBe(0)
      const again = hunt(path, { data: disk })
      const reading = again.stdout
        .split('\n')
        .map(line => (line === '' ? {} : JSON.parse(line)))
        .find(record => record.type === 'reading')
      expect(reading).toMatchObject({ records: 200_000, stored: 200_000, malformed: 0 })
    } finally {
      spawnSync('umount', [disk])
    }
  })
}

if (engineInstalled) describe('bad input', suite)
else
  describe('bad input', () => {
    it('costs only itself', test => test.skip(noEngine))
  })
