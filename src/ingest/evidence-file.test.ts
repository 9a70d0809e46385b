import { chmod, mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Problem } from '../base/index.ts'
import { filesUnder, openEvidence } from './evidence-file.ts'

let directory: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'counterseal-files-'))
})

async function read(path: string): Promise<{ text: string; problems: readonly Problem[] }> {
  const stream = await openEvidence(path)
  const pieces: Uint8Array[] = []
  for await (const piece of stream.bytes) pieces.push(piece)
  return { text: Buffer.concat(pieces).toString(), problems: stream.problems }
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
    await expect(openEvidence(path)).rejects.toMatchObject({ code: 'input/unreadable' })
  })
})
