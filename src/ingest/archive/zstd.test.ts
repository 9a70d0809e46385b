import { describe, expect, it } from 'vitest'
import { literalText, literalZstd, matchText, matchZstd } from '../../../test/make-archives-zstd.ts'
import type { NativeZstd } from './zstd.ts'
import { nativeZstd, unzstd } from './zstd.ts'

async function decode(bytes: Uint8Array, native?: NativeZstd): Promise<string> {
  async function* inSmallPieces() {
    for (let at = 0; at < bytes.length; at += 97) yield bytes.subarray(at, at + 97)
  }
  const pieces: Uint8Array[] = []
  try {
    for await (const piece of unzstd(8 << 20, native ?? null)(inSmallPieces())) pieces.push(piece)
  } catch (cause) {
    return `${Buffer.concat(pieces).toString('latin1')}: ${(cause as { code?: string }).code}` // Damage has one
  }
  return Buffer.concat(pieces).toString('latin1')
}

const isDamaged = (text: string) => /: zstd\/\w+$/.test(text)

describe('Zstandard', () => {
  it('our decoder gives what the tool has packed', async () => {
    expect(await decode(literalZstd)).toBe(literalText)
    expect(await decode(Buffer.concat([matchZstd, literalZstd]))).toBe(matchText + literalText)
  })

  it('our decoder and that of Node agree on whole and on damaged data, where Node has one', async test => {
    if (nativeZstd === undefined) return test.skip('this Node has no decoder for Zstandard (from 22.15 on)')
    for (const [whole, text] of [
      [literalZstd, literalText],
      [Buffer.concat([matchZstd, literalZstd]), matchText + literalText],
    ] as const) {
      expect(await decode(whole, nativeZstd)).toBe(text)
      for (let at = 6; at < whole.length; at += 31) {
        const changed = Buffer.from(whole)
        changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8))
        const [ours, theirs] = [await decode(changed), await decode(changed, nativeZstd)]
        // A few bits mean nothing: then both give the text.
        expect([at, ours === text || isDamaged(ours)]).toEqual([at, true])
        expect([at, isDamaged(theirs)]).toEqual([at, isDamaged(ours)])
      }
    }
  })
})
