import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Chunk, ChunkOptions, OverlongLine } from './chunks.ts'
import { cutChunks } from './chunks.ts'

type Seen = (Omit<Chunk, 'bytes'> & { text: string }) | (Omit<OverlongLine, 'excerpt'> & { text: string })

async function cut(pieces: readonly string[], options: ChunkOptions): Promise<Seen[]> {
  async function* stream() {
    for (const piece of pieces) yield Buffer.from(piece, 'latin1')
  }
  const seen: Seen[] = []
  for await (const chunk of cutChunks(stream(), options)) {
    if (chunk.kind === 'lines') {
      const { bytes, ...rest } = chunk
      seen.push({ ...rest, text: Buffer.from(bytes).toString('latin1') })
    } else {
      const { excerpt, ...rest } = chunk
      seen.push({ ...rest, text: Buffer.from(excerpt).toString('latin1') })
    }
  }
  return seen
}

const small = { chunkBytes: 8, lineBytes: 12 }

describe('cutting evidence into chunks', () => {
  it('a chunk ends with the first line that ends at or after its size', async () => {
    const chunks = await cut(['aaa\nbbb\nccc\nd\n'], { limits: small })
    expect(chunks.map(chunk => chunk.text)).toEqual(['aaa\nbbb\n', 'ccc\nd\n'])
    expect(chunks.map(chunk => chunk.byte_offset)).toEqual([0, 8])
  })

  it('a last line without a newline is a chunk of its own, and says so', async () => {
    const chunks = await cut(['a\nb'], { limits: small })
    expect(chunks).toMatchObject([
      { text: 'a\n', unterminated: false },
      { text: 'b', records: 1, first_record: 1, unterminated: true },
    ])
  })

  it('an overlong line takes one record number, whatever its length, and its neighbours are kept', async () => {
    const chunks = await cut(['a\n', 'x'.repeat(1000), 'x'.repeat(5000), '\nb\n'], { limits: small })
    expect(chunks.map(chunk => chunk.kind)).toEqual(['lines', 'overlong', 'lines'])
    expect(chunks[1]).toMatchObject({ byte_offset: 2, bytes: 6000, record_number: 1 })
    expect(chunks[1]?.text).toMatch(/^x{1,4096}$/)
    expect(chunks[2]).toMatchObject({ first_record: 2, text: 'b\n', byte_offset: 6003 })
  })

  it('an overlong last line without a newline is reported too', async () => {
    expect(await cut(['y'.repeat(40)], { limits: small })).toMatchObject([
      { kind: 'overlong', bytes: 40, record_number: 0 },
    ])
  })

  it('a block of header lines begins a chunk; lines that follow each other stay together', async () => {
    const chunks = await cut(['#a\n#b\n1\n2\n#c\n3\n'], {
      limits: { chunkBytes: 100, lineBytes: 100 },
      cutAtHeaders: true,
    })
    expect(chunks.map(chunk => chunk.text)).toEqual(['#a\n#b\n1\n2\n', '#c\n3\n'])
  })

  it('a cut falls where the ledger knows a line to have ended', async () => {
    const chunks = await cut(['aaa\nb\nc\nd\n'], { limits: { chunkBytes: 100, lineBytes: 100 }, knownEnds: [1, 6] })
    expect(chunks.map(chunk => chunk.text)).toEqual(['aaa\nb\n', 'c\nd\n'])
  })

  it('a line that stood there without its newline before is a chunk of its own again, and can be told to be the same', async () => {
    const limits = { chunkBytes: 100, lineBytes: 100 }
    const before = await cut(['a\nbb'], { limits })
    const after = await cut(['a\nbb\nc\n'], { limits, knownEnds: [2, 4] })
    expect(after.map(chunk => chunk.text)).toEqual(['a\n', 'bb\n', 'c\n'])
    expect(after[1]).toMatchObject({ before_newline_sha256: before[1]?.prefix_sha256 })
    expect(after[1]?.prefix_sha256).toBe(createHash('sha256').update('a\nbb\n').digest('hex'))
  })

  it('a blank line behind a known end changes no cut', async () => {
    const limits = { chunkBytes: 6, lineBytes: 100 }
    const text = 'aaaaa\n\nbbbb\ncc\n'
    expect(await cut([text], { limits, knownEnds: [6] })).toEqual(await cut([text], { limits }))
  })

  it('nothing gives no chunk', async () => {
    expect(await cut([], { limits: small })).toEqual([])
    expect(await cut([''], { limits: small })).toEqual([])
  })

  it('cuts do not depend on how the bytes arrive, and together are every byte and every line', async () => {
    const line = fc.oneof(fc.stringMatching(/^[a#]{0,6}$/), fc.constant('z'.repeat(30)))
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 20 }),
        fc.boolean(),
        fc.array(fc.nat(200), { maxLength: 8 }),
        fc.boolean(),
        async (lines, end, cuts, cutAtHeaders) => {
          const text = lines.join('\n') + (end ? '\n' : '')
          const at = [0, ...cuts.map(cutAt => Math.min(cutAt, text.length)).sort((a, b) => a - b), text.length]
          const pieces = at.slice(1).map((stop, index) => text.slice(at[index], stop))
          const whole = await cut([text], { limits: small, cutAtHeaders })
          expect(await cut(pieces, { limits: small, cutAtHeaders })).toEqual(whole)
          const last = whole.at(-1)
          if (last !== undefined)
            expect(last.prefix_sha256).toBe(createHash('sha256').update(text, 'latin1').digest('hex'))
          const lineCount = text === '' ? 0 : text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
          expect(whole.reduce((sum, chunk) => sum + (chunk.kind === 'lines' ? chunk.records : 1), 0)).toBe(lineCount)
          const covered = whole.reduce(
            (sum, chunk) => sum + (chunk.kind === 'lines' ? chunk.text.length : chunk.bytes),
            0,
          )
          expect(covered).toBeLessThanOrEqual(text.length)
        },
      ),
      { seed: 20261122, numRuns: 500 },
    )
  })
})
