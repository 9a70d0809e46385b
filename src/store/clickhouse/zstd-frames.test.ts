import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isWholeZstd } from './zstd-frames.ts'

/** A frame with a raw block and an RLE block: single segment, content size in one byte, no checksum (RFC 8878 §3.1.1). */
const frame = Buffer.from([
  ...[0x28, 0xb5, 0x2f, 0xfd, 0x20, 8],
  ...[(3 << 3) | 0, 0, 0, 1, 2, 3], // raw, 3 bytes
  ...[(5 << 3) | (1 << 1) | 1, 0, 0, 7], // the last: RLE, 5 times the byte 7
])
/** With a window descriptor, an empty last block and a checksum. */
const empty = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x58, 0x01, 0x00, 0x00, 0x99, 0xe9, 0xd8, 0x51])
const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9])

describe('a file of Zstandard frames', () => {
  let root: string
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'counterseal-zstd-'))
  })
  afterAll(() => rm(root, { recursive: true }))

  const isWhole = async (...bytes: Uint8Array[]) => {
    const path = join(root, 'file')
    await writeFile(path, Buffer.concat(bytes))
    return await isWholeZstd(path)
  }

  it('is whole when its last frame ends where the file ends', async () => {
    for (const frames of [[frame], [empty], [frame, empty], [frame, skippable, frame]])
      expect(await isWhole(...frames)).toBe(true)
  })

  it('is not whole when any number of bytes is missing at its end', async () => {
    for (const last of [frame, empty, skippable])
      for (let missing = 1; missing < last.length; missing += 1)
        expect(await isWhole(frame, last.subarray(0, last.length - missing)), `${missing}`).toBe(false)
  })

  it('is not whole when something else follows, or there is nothing', async () => {
    expect(await isWhole(frame, Buffer.from('and more, and more'))).toBe(false)
    expect(await isWhole(Buffer.from('this is no frame at all'))).toBe(false)
    expect(await isWhole()).toBe(false)
  })

  it('is not whole when a block has the type that is reserved', async () => {
    expect(await isWhole(Buffer.from([...frame.subarray(0, 6), (1 << 3) | (3 << 1) | 1, 0, 0, 1]))).toBe(false)
  })
})
