import { spawnSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { makeZip } from '../../test/make-archives.ts'
import type { Problem } from '../base/index.ts'
import { evidenceUnder, filesUnder } from './evidence-file.ts'

let directory: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'counterseal-files-'))
})

/** Of a file that is one piece of evidence. */
async function read(path: string): Promise<{ text: string; problems: readonly Problem[] }> {
  const problems: Problem[] = []
  const pieces: Uint8Array[] = []
  for await (const evidence of evidenceUnder([path], problems)) {
    const stream = await evidence.open()
    for await (const piece of stream.bytes) pieces.push(piece)
    problems.push(...stream.problems)
  }
  return { text: Buffer.concat(pieces).toString(), problems }
}

describe('opening evidence', () => {
  const lines = Array.from({ length: 50_000 }, (_, n) => `line ${n} ${(n * 2654435761) % 1000003}`).join('\n')

  it('gzip is told by its bytes, not by its name', async () => {
    await writeFile(join(directory, 'plain.log'), gzipSync(lines))
    expect((await read(join(directory, 'plain.log'))).text).toBe(lines)
  })

  it('several gzip members are one text', async () => {
    await writeFile(join(directory, 'two.gz'), Buffer.concat([gzipSync('a\n'), gzipSync('b\n')]))
    expect((await read(join(directory, 'two.gz'))).text).toBe('a\nb\n')
  })

  it('a truncated gzip gives everything before the cut, and a problem that says where', async () => {
    const whole = gzipSync(lines)
    await writeFile(join(directory, 'cut.gz'), whole.subarray(0, whole.length - 1000))
    const { text, problems } = await read(join(directory, 'cut.gz'))
    expect(lines.startsWith(text)).toBe(true)
    expect(text.length).toBeGreaterThan(lines.length * 0.95)
    expect(problems).toMatchObject([{ code: 'gzip/damaged', found: 'unexpected end of file' }])
    expect(problems[0]?.where).toContain(`after ${text.length} decompressed bytes`)
  })

  it('a gzip damaged in the middle gives what stands before the damage', async () => {
    const whole = gzipSync(lines)
    whole.fill(0xff, whole.length >> 1, (whole.length >> 1) + 64)
    await writeFile(join(directory, 'damaged.gz'), whole)
    const { text, problems } = await read(join(directory, 'damaged.gz'))
    expect(text.length).toBeGreaterThan(0)
    expect(problems).toHaveLength(1)
  })
})

describe('finding evidence', () => {
  it('a pipe that is named is read, also when it brings an archive', async test => {
    const path = join(directory, 'pipe')
    if (spawnSync('mkfifo', [path]).status !== 0) test.skip('this system has no mkfifo')
    const archive = makeZip([{ name: 'a.log', content: 'a\n' }])
    const [pieces] = await Promise.all([read(path), writeFile(path, archive)])
    expect(pieces).toEqual({ text: 'a\n', problems: [] })
  })

  it('what cannot be opened becomes a problem, and the next is read', async () => {
    await writeFile(join(directory, 'next.log'), 'x')
    const problems: Problem[] = []
    const found: string[] = []
    for await (const { path } of evidenceUnder([join(directory, 'none'), join(directory, 'next.log')], problems))
      found.push(path)
    expect(found).toEqual([join(directory, 'next.log')])
    expect(problems).toMatchObject([{ code: 'file/unreadable', found: 'it does not exist' }])
  })

  it('reading ends when it is told to', async () => {
    const path = join(directory, 'long.log')
    await writeFile(path, Buffer.alloc(8 << 20, 'line\n'))
    const stop = new AbortController()
    const reading = async () => {
      for await (const { open } of evidenceUnder([path], [], { signal: stop.signal }))
        for await (const _ of (await open()).bytes) stop.abort()
    }
    await expect(reading()).rejects.toMatchObject({ code: 'work/aborted' })
  })

  it('walks directories in the order of names, and says what it leaves out', async () => {
    const root = join(directory, 'tree')
    await mkdir(join(root, 'b'), { recursive: true })
    await mkdir(join(root, '.git'))
    for (const name of ['z.log', 'a.log', 'b/c.log', '.git/config']) await writeFile(join(root, name), name)
    await symlink(join(root, 'z.log'), join(root, 'link.log'))
    const problems: Problem[] = []
    const found: string[] = []
    for await (const { path } of filesUnder([root, join(root, 'missing')], problems))
      found.push(path.slice(root.length + 1))
    expect(found).toEqual(['a.log', 'b/c.log', 'z.log'])
    expect(problems.map(problem => [problem.code, problem.where?.slice(root.length + 1)])).toEqual([
      ['file/not-regular', 'link.log'],
      ['file/unreadable', 'missing'],
    ])
  })

  it('a file this user may not read is refused with its reason', async test => {
    if (process.getuid?.() === 0)
      test.skip('as root every file is readable; test/bad-input.test.ts tries it as another user')
    const path = join(directory, 'secret.log')
    await writeFile(path, 'x')
    await chmod(path, 0)
    expect(await read(path)).toMatchObject({ text: '', problems: [{ code: 'file/unreadable', where: path }] })
  })
})
