import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, open, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateRawSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Problem } from '../src/base/index.ts'
import type { ArchiveLimits } from '../src/ingest/archive/limits.ts'
import { defaultArchiveLimits } from '../src/ingest/archive/limits.ts'
import type { EvidenceOptions, Tally } from '../src/ingest/evidence-file.ts'
import { evidenceUnder } from '../src/ingest/evidence-file.ts'
import type { TarEntry, ZipEntry } from './make-archives.ts'
import { makeTar, makeZip, makeZstd, paxHeader, skippableFrame } from './make-archives.ts'
import { literalText, literalZstd, matchText, matchZstd } from './make-archives-zstd.ts'

/** Archives as evidence: what is in them, what is refused, and that one bad member costs one member. */

let directory: string
let spool: string
let files = 0

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'counterseal-archives-'))
  spool = join(directory, 'spool')
  await mkdir(spool)
})
afterAll(async () => {
  await rm(directory, { recursive: true, force: true })
})

type Piece = {
  path: string
  text: string
  bytes: number
  problems: readonly Problem[]
  mayGrow: boolean
  size?: number
}

/** Reads everything in a file; paths are shown from the name of the file on. Content is kept only when it is short. */
async function read(
  content: Uint8Array,
  options: EvidenceOptions = {},
): Promise<{ pieces: Piece[]; problems: Problem[] }> {
  files += 1
  const path = join(directory, `evidence-${files}`)
  await writeFile(path, content)
  return await readFileAt(path, options)
}

async function readFileAt(path: string, options: EvidenceOptions): Promise<{ pieces: Piece[]; problems: Problem[] }> {
  const found: Problem[] = []
  const pieces: Piece[] = []
  for await (const { path: label, size, mayGrow, open } of evidenceUnder([path], found, { spool, ...options })) {
    const { bytes, problems } = await open()
    let [length, text] = [0, '']
    for await (const piece of bytes) {
      length += piece.length
      if (length < 1 << 20) text += Buffer.from(piece).toString('latin1')
    }
    const shown = { path: label.slice(path.length), text, bytes: length, problems, mayGrow }
    pieces.push(size === undefined ? shown : { ...shown, size })
  }
  const where = (problem: Problem) => problem.where?.slice(path.length) ?? ''
  return { pieces, problems: found.map(problem => ({ ...problem, where: where(problem) })) }
}

const texts = (pieces: readonly Piece[]) => pieces.map(({ path, text }) => [path, text])
const codes = (problems: readonly Problem[]) => problems.map(({ code, where }) => [code, where])
const limits = (some: Partial<ArchiveLimits>): EvidenceOptions => ({ limits: { ...defaultArchiveLimits, ...some } })

const two: readonly (ZipEntry & TarEntry)[] = [
  { name: 'logs/a.log', content: 'a\n' },
  { name: 'logs/b.log', content: 'b\n' },
]
const both = [
  ['!logs/a.log', 'a\n'],
  ['!logs/b.log', 'b\n'],
]

describe('what is opened', () => {
  const kinds: Readonly<Record<string, Buffer>> = {
    'a ZIP archive': makeZip(two),
    'a ZIP archive of stored members': makeZip(two.map(entry => ({ ...entry, method: 0 }))),
    'a ZIP archive with ZIP64 records': makeZip(two, { zip64: true }),
    'a ZIP archive with a comment': makeZip(two, { comment: 'collected by hand' }),
    'a tar archive': makeTar(two),
    'a tar archive without a magic': makeTar(two.map(entry => ({ ...entry, magic: 'none' as const }))),
    'a compressed tar archive': gzipSync(makeTar(two)),
    'a tar archive compressed with Zstandard': makeZstd([{ raw: makeTar(two) }]),
  }
  for (const [name, content] of Object.entries(kinds))
    it(`${name} gives its members in their order`, async () => {
      const { pieces, problems } = await read(content)
      expect(texts(pieces)).toEqual(both)
      expect(problems).toEqual([])
      expect(pieces.flatMap(piece => piece.problems)).toEqual([])
    })

  it('a compressed file is one piece under its own name, and cannot grow; a plain one may', async () => {
    for (const content of [gzipSync('a\n'), makeZstd([{ raw: 'a\n' }])])
      expect((await read(content)).pieces).toEqual([{ path: '', text: 'a\n', bytes: 2, problems: [], mayGrow: false }])
    expect((await read(Buffer.from('a\n'))).pieces).toMatchObject([{ path: '', size: 2, mayGrow: true }])
  })

  it('archives in archives are opened, and labels say where a member lies', async () => {
    const inner = makeZip([{ name: 'c.log.gz', content: gzipSync('c\n') }, ...two])
    const tar = makeTar([
      { name: 'in.zip', content: inner },
      { name: 'd.zst', content: makeZstd([{ raw: 'd\n' }]) },
    ])
    const { pieces, problems } = await read(makeZip([{ name: 'out.tgz', content: gzipSync(tar) }]))
    expect(texts(pieces)).toEqual([
      ['!out.tgz!in.zip!c.log.gz', 'c\n'],
      ['!out.tgz!in.zip!logs/a.log', 'a\n'],
      ['!out.tgz!in.zip!logs/b.log', 'b\n'],
      ['!out.tgz!d.zst', 'd\n'],
    ])
    expect(problems).toEqual([])
    expect(pieces.every(({ mayGrow }) => !mayGrow)).toBe(true)
  })

  it('a large ZIP archive within another goes through the spool, and nothing stays there', async () => {
    const noise = Buffer.alloc(12 << 20, 'x')
    const inner = makeZip([{ name: 'a.log', content: noise, method: 0 }, ...two])
    const { pieces, problems } = await read(makeTar([{ name: 'in.zip', content: inner }]))
    expect(pieces.map(({ path, bytes }) => [path, bytes])).toEqual([
      ['!in.zip!a.log', noise.length],
      ['!in.zip!logs/a.log', 2],
      ['!in.zip!logs/b.log', 2],
    ])
    expect(problems).toEqual([])
    expect(await readdir(spool)).toEqual([])
  })

  it('several members may bear one name', async () => {
    const twice = [two[0], two[0], two[1]].flatMap(entry => entry ?? [])
    for (const content of [makeZip(twice), makeTar(twice)])
      expect(texts((await read(content)).pieces)).toEqual([both[0], both[0], both[1]])
  })

  it('a reader may stop early, or not open a member at all, and the next one is whole', async () => {
    const large = { name: 'large.log', content: Buffer.alloc(3 << 20, 'line\n') }
    for (const content of [makeTar([large, ...two]), gzipSync(makeTar([large, ...two])), makeZip([large, ...two])]) {
      files += 1
      const path = join(directory, `evidence-${files}`)
      await writeFile(path, content)
      const seen: string[] = []
      for await (const piece of evidenceUnder([path], [])) {
        const name = piece.path.slice(path.length)
        if (name.endsWith('a.log')) continue
        for await (const bytes of (await piece.open()).bytes) {
          seen.push(`${name} ${Buffer.from(bytes.subarray(0, 1)).toString()}`)
          break
        }
      }
      expect(seen).toEqual(['!large.log l', '!logs/b.log b'])
    }
  })

  it('a piece cannot be opened once the next was asked for', async () => {
    const path = join(directory, 'late.tar')
    await writeFile(path, makeTar(two))
    const pieces = evidenceUnder([path], [])
    const first = await pieces.next()
    await pieces.next()
    await expect(async () => await first.value?.open()).rejects.toThrow('is opened when it is over')
    await pieces.return(undefined)
  })

  it('the tally comes to the bytes on the disk, whatever was read of them', async () => {
    const tally: Tally = { diskBytes: 0 }
    const content = makeZip([{ name: 'a.log', content: Buffer.alloc(1 << 20, 'x'), flags: 1, method: 0 }, ...two])
    await read(content, { tally })
    await read(gzipSync('a\n'), { tally })
    expect(tally.diskBytes).toBeGreaterThanOrEqual(content.length + gzipSync('a\n').length)
  })

  it('an archive that holds nothing is said to', async () => {
    const { pieces, problems } = await read(makeZip([]))
    expect(pieces).toEqual([])
    expect(codes(problems)).toEqual([['archive/empty', '']])
  })
})

describe('names of members', () => {
  const hostile = [
    '../../etc/passwd',
    '/etc/cron.d/x',
    'C:\\Windows\\x.log',
    '..\\..\\x',
    'a\0b',
    '\u001b[2Jx\n\u202egol',
    '!x!',
    '.',
  ]

  it('are shown and never opened: nothing is written anywhere', async () => {
    const before = await readdir(tmpdir())
    const entries = hostile.map(name => ({ name, content: `${name.length}\n` }))
    const zip = await read(makeZip(entries))
    expect(zip.pieces.map(({ path }) => path)).toEqual([
      '!../../etc/passwd',
      '!/etc/cron.d/x',
      '!C:\\Windows\\x.log',
      '!..\\..\\x',
      '!a\\u{0}b',
      '!\\u{1b}[2Jx\\u{a}\\u{202e}gol',
      '!!x!',
      '!.',
    ])
    expect(zip.pieces.map(({ text }) => text)).toEqual(hostile.map(name => `${name.length}\n`))
    expect(zip.problems).toEqual([])
    const tar = await read(makeTar(entries))
    expect(tar.pieces.map(({ path }) => path)).toContain('!../../etc/passwd')
    expect(tar.pieces).toHaveLength(hostile.length)
    expect(await readdir(spool)).toEqual([])
    expect((await readdir(tmpdir())).filter(name => !before.includes(name) && name.includes('passwd'))).toEqual([])
  })

  it('are cut at 1,024 characters, in pax headers and in ZIP archives', async () => {
    const name = `${'d/'.repeat(15_000)}x.log`
    for (const content of [
      makeZip([{ name, content: 'a\n' }]),
      makeTar([paxHeader({ path: name }), { name: 'x', content: 'a\n' }]),
    ]) {
      const { pieces } = await read(content)
      expect(texts(pieces)).toEqual([[expect.stringMatching(/^!(d\/)+d?…$/), 'a\n']])
      expect(join(directory, `evidence-${files}`).length + (pieces[0]?.path.length ?? 0)).toBe(1024)
    }
  })
})

describe('ZIP archives that lie', () => {
  it('an encrypted member is named, and the rest is read', async () => {
    for (const flags of [1, 0x41]) {
      const { pieces, problems } = await read(
        makeZip([{ name: 'secret.log', content: 'x'.repeat(20), method: 0, flags }, ...two]),
      )
      expect(texts(pieces)).toEqual(both)
      expect(problems).toMatchObject([{ code: 'archive/encrypted', where: '!secret.log' }])
    }
  })

  it('a method that is not known is named, and the rest is read', async () => {
    const { pieces, problems } = await read(makeZip([{ name: 'x.log', content: 'x', method: 14 }, ...two]))
    expect(texts(pieces)).toEqual(both)
    expect(problems).toMatchObject([
      { code: 'archive/unsupported', where: '!x.log', found: expect.stringContaining('14') },
    ])
  })

  it('Zstandard within a ZIP archive is read', async () => {
    const content = makeZstd([{ raw: 'a\n' }])
    const { pieces, problems } = await read(makeZip([{ name: 'x.log', content, method: 93, crc: 0xddeaa107, size: 2 }]))
    expect(pieces).toMatchObject([{ path: '!x.log', text: 'a\n', problems: [] }])
    expect(problems).toEqual([])
  })

  it('sizes and checksums that are not true leave the content, and a problem', async () => {
    for (const lie of [{ size: 1 }, { size: 1_000_000 }, { crc: 1 }]) {
      const { pieces } = await read(makeZip([{ name: 'x.log', content: 'x'.repeat(500), ...lie }, ...two]))
      expect(texts(pieces)).toEqual([['!x.log', 'x'.repeat(500)], ...both])
      expect(codes(pieces[0]?.problems ?? [])).toEqual([
        ['archive/damaged', expect.stringContaining('after 500 decompressed bytes')],
      ])
      expect(pieces[1]?.problems).toEqual([])
    }
  })

  it('data that reach beyond the archive, and offsets that lead nowhere, cost their member', async () => {
    for (const lie of [{ packedSize: 1e9 }, { offset: 7 }, { offset: 4e9 }]) {
      const { pieces } = await read(makeZip([...two, { name: 'x.log', content: 'x', method: 0, ...lie }]))
      expect(pieces.slice(0, 2).map(({ path, text }) => [path, text])).toEqual(both)
      expect(pieces.slice(2).flatMap(piece => codes(piece.problems)).length).toBeLessThanOrEqual(1)
    }
  })

  it('a directory with content is a member', async () => {
    const { pieces } = await read(makeZip([{ name: 'hidden/', content: 'x'.repeat(100), size: 0 }]))
    expect(pieces).toMatchObject([{ path: '!hidden/', bytes: 100, problems: [{ code: 'archive/damaged' }] }])
  })

  it('directories are passed over, and symbolic links counted', async () => {
    const links = ['l1', 'l2'].map(name => ({ name, content: '/etc/passwd', mode: 0o120777 }))
    const { pieces, problems } = await read(makeZip([{ name: 'logs/', mode: 0o040755 }, ...links, ...two]))
    expect(texts(pieces)).toEqual(both)
    expect(problems).toMatchObject([{ code: 'archive/not-regular', found: '2 symbolic links, the first l1' }])
  })

  it('members that share their data are refused but for the first (a zip bomb by overlap)', async () => {
    const kernel = { name: 'a.log', content: Buffer.alloc(1 << 20, 'x') }
    const packed = deflateRawSync(kernel.content).length
    const crc = 0x7cba6f1a
    const shared = Array.from({ length: 50 }, (_, n) => ({
      ...kernel,
      name: `${n}.log`,
      offset: 0,
      size: 1 << 20,
      crc,
      packedSize: packed,
    }))
    const { pieces, problems } = await read(makeZip([kernel, ...shared]))
    expect(pieces.map(({ path }) => path)).toEqual(['!a.log'])
    expect(problems).toHaveLength(50)
    expect(new Set(problems.map(({ code }) => code))).toEqual(new Set(['archive/overlap']))
  })

  it('data behind the end is said to be there, and the archive is read', async () => {
    const { pieces, problems } = await read(Buffer.concat([makeZip(two), Buffer.from('more')]))
    expect(texts(pieces)).toEqual(both)
    expect(problems).toMatchObject([{ code: 'archive/trailing-data', found: expect.stringContaining('4 bytes') }])
  })

  it('an archive that was cut is said to be', async () => {
    const whole = makeZip(two)
    const { pieces, problems } = await read(whole.subarray(0, whole.length - 30))
    expect(pieces).toEqual([])
    expect(problems).toMatchObject([{ code: 'archive/damaged', where: '', found: expect.stringContaining('cut') }])
  })

  it('extra fields that do not fit end the table of contents there; what stands before is read', async () => {
    const { pieces, problems } = await read(
      makeZip([...two, { name: 'x', content: 'x', extra: Buffer.from([9, 9, 255, 255]) }]),
    )
    expect(texts(pieces)).toEqual(both)
    expect(codes(problems)).toEqual([['archive/damaged', '']])
  })
})

describe('tar archives that lie', () => {
  it('pax and GNU names take the place of short ones, newlines and all', async () => {
    const { pieces, problems } = await read(
      makeTar([
        paxHeader({ path: 'pax\n20 path=other\nname', comment: 'x' }),
        { name: 'short', content: '1' },
        { name: '././@LongLink', type: 'L', content: `${'g'.repeat(200)}\0`, magic: 'gnu' },
        { name: 'short', content: '2', magic: 'gnu' },
        { name: 'name', prefix: 'prefix', content: '3' },
        { name: 'name', prefix: 'prefix', content: '4', magic: 'gnu' },
      ]),
    )
    expect(texts(pieces)).toEqual([
      ['!pax\\u{a}20 path=other\\u{a}name', '1'],
      [`!${'g'.repeat(200)}`, '2'],
      ['!prefix/name', '3'],
      ['!name', '4'],
    ])
    expect(problems).toEqual([])
  })

  it('a size in a pax header holds for its member only', async () => {
    const { pieces, problems } = await read(
      makeTar([paxHeader({ size: '2' }), { name: 'x', content: 'x\n', size: 0 }, ...two]),
    )
    expect(texts(pieces)).toEqual([['!x', 'x\n'], ...both])
    expect(problems).toEqual([])
  })

  it('links, devices and pipes are passed over and counted; directories are not worth a word', async () => {
    const odd = ['1', '2', '3', '4', '6'].map(type => ({ name: `odd${type}`, type }))
    const { pieces, problems } = await read(makeTar([{ name: 'logs/', type: '5' }, ...odd, ...two]))
    expect(texts(pieces)).toEqual(both)
    expect(problems).toMatchObject([
      { code: 'archive/not-regular', found: '5 links, devices or the like, the first odd1' },
    ])
  })

  it('sparse files are passed over and named', async () => {
    const { pieces, problems } = await read(
      makeTar([
        { name: 'old', type: 'S', content: 'x'.repeat(600), magic: 'gnu' },
        paxHeader({ 'GNU.sparse.major': '1', 'GNU.sparse.name': 'new' }),
        { name: 'x', content: 'x'.repeat(600) },
        ...two,
      ]),
    )
    expect(texts(pieces)).toEqual(both)
    expect(codes(problems)).toEqual([
      ['archive/unsupported', '!old'],
      ['archive/unsupported', '!new'],
    ])
  })

  it('a header whose checksum does not hold is passed over, and the reading goes on at the next', async () => {
    const { pieces, problems } = await read(makeTar([{ name: 'x', content: 'x'.repeat(1500), checksum: 1 }, ...two]))
    expect(texts(pieces)).toEqual(both)
    expect(problems).toMatchObject([{ code: 'archive/damaged', where: ', byte 0', found: '2048 bytes that have none' }])
  })

  it('negative, unreadable and overlong sizes end the archive; what stands before is read', async () => {
    const negative = Buffer.alloc(12, 0xff)
    const wide = Buffer.concat([Buffer.of(0x80), Buffer.alloc(11, 0xff)])
    for (const size of [negative, wide, Buffer.from('99999999999\0'), Buffer.alloc(12)]) {
      const { pieces, problems } = await read(
        makeTar([...two, { name: 'x', content: 'x', size }, { name: 'y', content: 'y' }]),
      )
      expect(texts(pieces)).toEqual(both)
      expect(codes(problems)).toEqual([['archive/damaged', ', byte 2048']])
    }
    for (const header of [
      paxHeader({ size: '-1' }),
      paxHeader({ size: '9'.repeat(30) }),
      paxHeader({ size: '5' }, 'g'),
      { name: 'x', type: 'L', size: 2 << 20 },
    ]) {
      const { pieces, problems } = await read(makeTar([...two, header, { name: 'y', content: 'y' }]))
      expect(texts(pieces)).toEqual(both)
      expect(codes(problems)).toEqual([['archive/damaged', ', byte 2048']])
    }
  })

  it('an archive that was cut gives what there is, and says so twice: of the member, and of the archive', async () => {
    const whole = makeTar([...two, { name: 'c.log', content: 'c'.repeat(2000) }])
    const { pieces, problems } = await read(whole.subarray(0, 2048 + 512 + 700))
    expect(texts(pieces)).toEqual([...both, ['!c.log', 'c'.repeat(700)]])
    expect(pieces[2]?.problems).toMatchObject([
      { code: 'archive/damaged', expected: '2000 bytes', found: 'the end after 700' },
    ])
    expect(codes(problems)).toEqual([['archive/damaged', expect.stringContaining('byte')]])
  })

  it('a log that has the letters of the magic in its first line is a log', async () => {
    const log = `${'x'.repeat(257)}ustar and more\n${'y'.repeat(500)}\n`
    expect((await read(Buffer.from(log))).pieces).toMatchObject([{ path: '', text: log }])
  })

  it('archives that were written one after the other are read on', async () => {
    const { pieces, problems } = await read(Buffer.concat([makeTar(two), makeTar(two)]))
    expect(texts(pieces)).toEqual([...both, ...both])
    expect(problems).toEqual([])
  })

  it('a damaged gzip around it damages the member that was being read', async () => {
    const noise = Array.from({ length: 50_000 }, (_, n) => `line ${n} ${(n * 2654435761) % 1000003}`).join('\n')
    const whole = gzipSync(makeTar([...two, { name: 'c.log', content: noise }]))
    const { pieces, problems } = await read(whole.subarray(0, whole.length - 5000))
    expect(texts(pieces).slice(0, 2)).toEqual(both)
    expect(noise.startsWith(pieces[2]?.text ?? '-')).toBe(true)
    expect(pieces[2]?.problems).toMatchObject([{ code: 'archive/damaged' }])
    expect(problems.map(({ code }) => code)).toContain('gzip/damaged')
  })
})

describe('Zstandard', () => {
  it('compressed blocks give what they were made of', async () => {
    expect((await read(literalZstd)).pieces).toMatchObject([{ text: literalText, problems: [] }])
    expect((await read(matchZstd)).pieces).toMatchObject([{ text: matchText, problems: [] }])
  })

  it('several frames are one text; skippable ones are passed over, also in front', async () => {
    const content = Buffer.concat([
      skippableFrame(Buffer.from('x')),
      makeZstd([{ raw: 'a' }, { repeat: 0x62, times: 3 }]),
      skippableFrame(Buffer.alloc(0)),
      literalZstd,
    ])
    expect((await read(content)).pieces).toMatchObject([{ text: `abbb${literalText}`, problems: [] }])
  })

  it('a window that is too large is refused before there is memory for it', async () => {
    const { pieces } = await read(makeZstd([{ raw: 'a' }], 41))
    expect(pieces).toMatchObject([{ bytes: 0, problems: [{ code: 'zstd/window', found: 'one of 2199023255552' }] }])
    expect((await read(makeZstd([{ raw: 'a' }], 27))).pieces).toMatchObject([{ text: 'a', problems: [] }])
  })

  it('data that was cut gives what there is', async () => {
    const { pieces } = await read(matchZstd.subarray(0, matchZstd.length - 10))
    expect(pieces[0]?.bytes).toBeGreaterThan(0)
    expect(matchText.startsWith(pieces[0]?.text ?? '-')).toBe(true)
    expect(pieces[0]?.problems).toMatchObject([{ code: 'zstd/damaged' }])
  })

  it('a changed byte is noticed: by the decoder, or by the checksum', async () => {
    for (let at = 12; at < literalZstd.length; at += 40) {
      const changed = Buffer.from(literalZstd)
      changed[at] = (changed[at] ?? 0) ^ 0x10
      const { pieces } = await read(changed)
      expect(codes(pieces[0]?.problems ?? [])).toEqual([['zstd/damaged', expect.stringContaining('after')]])
    }
  })

  it('agrees with the zstd tool, where there is one', async test => {
    if (spawnSync('zstd', ['--version']).status !== 0) test.skip('the zstd command line tool is not installed')
    const text = Buffer.from(
      Array.from({ length: 60_000 }, (_, n) => `line ${n % 977} ${(n * 2654435761) % 1000003}\n`).join(''),
    )
    for (const args of [['-1'], ['-5', '--no-check'], ['-12'], ['--fast=3'], ['-3', '--long=20']]) {
      const { stdout } = spawnSync('zstd', ['-q', '-c', ...args], { input: text, maxBuffer: 64 << 20 })
      const { pieces } = await read(stdout)
      expect(pieces[0]).toMatchObject({ bytes: text.length, problems: [] })
      expect(text.toString('latin1').startsWith(pieces[0]?.text ?? '-')).toBe(true)
    }
  })
})

describe('limits', () => {
  it('a gzip that is a bomb ends at the limit, and what was read of it stays', async () => {
    const { pieces } = await read(gzipSync(Buffer.alloc(8 << 20)), limits({ ratioFromBytes: 1 << 20 }))
    expect(pieces[0]?.bytes).toBeGreaterThan(1_000_000)
    expect(pieces[0]?.bytes).toBeLessThanOrEqual(1.7 * (1 << 20))
    expect(pieces[0]?.problems).toMatchObject([
      {
        code: 'archive/bomb',
        expected: expect.stringContaining('200 decompressed bytes for each'),
        found: expect.any(String),
      },
    ])
  })

  it('a member that is a bomb is cut, and the rest of the archive is read', async () => {
    const bomb = { name: 'bomb', content: Buffer.alloc(8 << 20) }
    const noise = {
      name: 'noise',
      content: Buffer.from(Array.from({ length: 100_000 }, (_, n) => (n * 2654435761) % 251)),
      method: 0,
    }
    const zip = await read(makeZip([bomb, noise, ...two]), limits({ ratioFromBytes: 1 << 20 }))
    expect(zip.pieces.map(({ path }) => path)).toEqual(['!bomb', '!noise', '!logs/a.log', '!logs/b.log'])
    expect(codes(zip.pieces[0]?.problems ?? [])).toEqual([['archive/bomb', expect.stringContaining('!bomb after')]])
    const tar = await read(
      makeTar([{ name: 'bomb.gz', content: gzipSync(bomb.content) }, noise, ...two]),
      limits({ ratioFromBytes: 1 << 20 }),
    )
    expect(tar.pieces.map(({ path, problems }) => [path, problems.length])).toEqual([
      ['!bomb.gz', 1],
      ['!noise', 0],
      ['!logs/a.log', 0],
      ['!logs/b.log', 0],
    ])
  })

  it('many members that each stay below the limit do not pass it together', async () => {
    const many = Array.from({ length: 40 }, (_, n) => ({ name: `${n}`, content: Buffer.alloc(900_000) }))
    const { pieces, problems } = await read(makeZip(many), limits({ ratioFromBytes: 1 << 20 }))
    const given = pieces.reduce((sum, { bytes }) => sum + bytes, 0)
    const size = makeZip(many).length
    expect(given).toBeLessThanOrEqual(Math.max(1 << 20, 200 * size))
    expect(problems).toMatchObject([{ code: 'archive/bomb', found: expect.stringContaining('were not read') }])
  })

  it('absolute bytes, members, depth and what is spooled have their limits, and say which was passed', async () => {
    const bytes = await read(
      makeZip([{ name: 'x', content: Buffer.alloc(3000, 'x') }, ...two]),
      limits({ bytes: 2000 }),
    )
    expect(bytes.pieces[0]?.problems).toMatchObject([
      { code: 'archive/bomb', expected: 'at most 2000 decompressed bytes in one file' },
    ])
    for (const content of [makeZip([...two, ...two]), makeTar([...two, ...two])]) {
      const entries = await read(content, limits({ entries: 2 }))
      expect(texts(entries.pieces)).toEqual(both)
      expect(entries.problems).toMatchObject([{ code: 'archive/bomb', expected: 'at most 2 members in one archive' }])
    }
    let nested: Buffer = makeZip(two)
    for (let depth = 2; depth <= 6; depth += 1)
      nested = makeZip([
        { name: `${depth}.zip`, content: nested },
        { name: 'x', content: 'x' },
      ])
    const depth = await read(nested)
    expect(depth.pieces.map(({ path }) => path)).toEqual(['!6.zip!5.zip!4.zip!x', '!6.zip!5.zip!x', '!6.zip!x', '!x'])
    expect(depth.problems).toMatchObject([
      { code: 'archive/bomb', where: '!6.zip!5.zip!4.zip!3.zip', expected: 'at most 4 archives within one another' },
    ])
    const spooled = await read(
      makeTar([{ name: 'in.zip', content: makeZip([{ name: 'x', content: 'x'.repeat(3000), method: 0 }]) }, ...two]),
      limits({ spoolBytes: 1000 }),
    )
    expect(texts(spooled.pieces)).toEqual(both)
    expect(spooled.problems).toMatchObject([{ code: 'archive/bomb', where: '!in.zip' }])
  })

  it('100,000 members are read, one more is not', async () => {
    const many = Array.from({ length: 100_001 }, (_, n) => ({ name: `${n}`, content: '', method: 0 }))
    const { pieces, problems } = await read(makeZip(many, { zip64: true }))
    expect(pieces).toHaveLength(100_000)
    expect(problems).toMatchObject([{ code: 'archive/bomb', found: '100001, by its own word' }])
  })

  it('10 GiB of zeros in a few megabytes stop at the default limit, in every kind of compression', async () => {
    // A gzip of 10 MB that gives 10 GiB: the same member of 64 MiB, 160 times.
    const member = gzipSync(Buffer.alloc(64 << 20))
    const gzip = await read(Buffer.concat(Array.from({ length: 160 }, () => member)))
    expect(gzip.pieces[0]?.bytes).toBeLessThanOrEqual(200 * 160 * member.length)
    expect(gzip.pieces[0]?.problems).toMatchObject([{ code: 'archive/bomb' }])
    // 80,000 blocks of 128 KiB, each in four bytes.
    const frame = makeZstd(Array.from({ length: 80_000 }, () => ({ repeat: 0, times: 128 << 10 })))
    const zstd = await read(frame)
    expect(zstd.pieces[0]?.bytes).toBeLessThanOrEqual(defaultArchiveLimits.ratioFromBytes)
    expect(zstd.pieces[0]?.problems).toMatchObject([{ code: 'archive/bomb' }])
  })

  it('a tar archive that states 8 GiB is read as long as there is something', async () => {
    const path = join(directory, 'sparse.tar')
    await writeFile(path, makeTar([{ name: 'x', size: 8 ** 11 - 1 }], Buffer.alloc(0)))
    await truncate(path, 64 << 20)
    const { pieces } = await readFileAt(path, {})
    expect(pieces).toMatchObject([{ bytes: (64 << 20) - 512, problems: [{ code: 'archive/damaged' }] }])
  })

  it('problems of one archive are told up to a thousand, then counted', async () => {
    const many = Array.from({ length: 1500 }, (_, n) => ({
      name: `${n}`,
      content: 'x'.repeat(12),
      method: 0,
      flags: 1,
    }))
    const { problems } = await read(makeZip(many))
    expect(problems).toHaveLength(1001)
    expect(problems.at(-1)).toMatchObject({ code: 'archive/more-problems', found: '500 more' })
  })
})

describe('changed at random', () => {
  const inner = makeZip([{ name: 'c.log.gz', content: gzipSync('c\n'.repeat(500)) }, ...two])
  const seeds: readonly Buffer[] = [
    makeZip([{ name: 'in.zip', content: inner }, { name: 'large', content: 'x'.repeat(5000) }, ...two]),
    makeZip([{ name: 'in.tar', content: makeTar(two) }, ...two], { zip64: true }),
    makeTar([
      paxHeader({ path: 'long' }),
      { name: 'x', content: literalZstd },
      { name: 'in.zip', content: inner },
      ...two,
    ]),
    gzipSync(makeTar(two)),
    literalZstd,
    matchZstd,
    makeZstd([{ raw: makeTar(two) }]),
  ]
  const bounds = { ratioFromBytes: 1 << 20, entries: 50, bytes: 4 << 20, spoolBytes: 1 << 20, windowBytes: 8 << 20 }

  it('archives give pieces and problems, never an error, never more than the limits', async () => {
    let state = 20261122
    const random = (below: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return Math.floor((state / 2 ** 32) * below)
    }
    const path = join(directory, 'mutated')
    for (let round = 0; round < 800; round += 1) {
      const content = Buffer.from(seeds[round % seeds.length] ?? '')
      for (let changes = 1 + random(4); changes > 0; changes -= 1) {
        const at = random(content.length)
        if (random(3) === 0) content.writeUInt8([0, 0xff, 0x7f, 0x80][random(4)] ?? 0, at)
        else content.writeUInt8(random(256), at)
      }
      await writeFile(path, random(8) === 0 ? content.subarray(0, random(content.length)) : content)
      const { pieces } = await readFileAt(path, limits(bounds))
      const given = pieces.reduce((sum, { bytes }) => sum + bytes, 0)
      expect(given, `round ${round}`).toBeLessThanOrEqual(bounds.bytes + 8 * content.length)
    }
    expect(await readdir(spool)).toEqual([])
  })

  it('the handles of files are given back', async test => {
    const descriptors = async () => (await readdir('/proc/self/fd')).length
    const canCount = await open('/proc/self/fd').then(
      async file => await file.close().then(() => true),
      () => false,
    )
    if (!canCount) test.skip('this system does not list open files in /proc')
    const before = await descriptors()
    for (const seed of seeds) await read(seed)
    expect(await descriptors()).toBe(before)
  })
})
