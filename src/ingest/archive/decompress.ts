import type { Gunzip, InflateRaw } from 'node:zlib'
import { createGunzip, createInflateRaw, gunzipSync, inflateRawSync } from 'node:zlib'
import type { Problem } from '../../base/index.ts'
import { ByteReader } from './byte-reader.ts'
import type { Meter } from './limits.ts'
import { bomb } from './limits.ts'

/** Data that is not what it should be, met while it is read: becomes a problem, and ends the stream it is met in. */
export class Damage extends Error {
  readonly code: string
  readonly expected: string

  /** `found` is the message. */
  constructor(code: string, expected: string, found: string) {
    super(found)
    this.code = code
    this.expected = expected
  }
}

export type Bytes = AsyncIterable<Uint8Array>

/** Turns compressed bytes into what they were. Throws {@link Damage}. */
export type Decode = (compressed: Bytes) => AsyncGenerator<Uint8Array>

/**
 * What `decode` makes of the bytes, as long as the limits hold. Damage costs what lies behind it: what came before is
 * given, then the stream ends and the problem says where. The piece with which a limit would be passed is not given.
 */
export async function* measured(
  compressed: Bytes,
  decode: Decode,
  place: { readonly label: string; readonly problems: Problem[]; readonly meter: Meter },
): AsyncGenerator<Uint8Array> {
  const { label, problems, meter } = place
  const excessOf = meter.layer()
  let [taken, given] = [0, 0]
  async function* counted() {
    for await (const piece of compressed) {
      taken += piece.length
      yield piece
    }
  }
  const after = () => `${label} after ${given} decompressed bytes`
  try {
    for await (const piece of decode(counted())) {
      const excess = excessOf(taken, piece.length)
      if (excess !== undefined) {
        problems.push(bomb(after(), excess))
        return
      }
      given += piece.length
      yield piece
    }
  } catch (cause) {
    if (!(cause instanceof Damage)) throw cause
    problems.push({ code: cause.code, where: after(), expected: cause.expected, found: cause.message })
  }
}

/** RFC 1952; several members are one text. */
export const gunzip: Decode = compressed =>
  wholeOrStreamed(compressed, gunzipSync, whole =>
    throughZlib(whole, createGunzip({ chunkSize }), { code: 'gzip/damaged', expected: 'a whole gzip member' }),
  )

/** RFC 1951, without a header, as in ZIP archives. */
export const inflate: Decode = compressed =>
  wholeOrStreamed(compressed, inflateRawSync, whole =>
    throughZlib(whole, createInflateRaw({ chunkSize }), { code: 'archive/damaged', expected: 'whole deflate data' }),
  )

/**
 * What is small is decompressed at once, in a tenth of the time: streams cost trips between threads, and there may be
 * 100,000 small files. What fails then is read again as a stream, which gives what stands before the damage.
 */
async function* wholeOrStreamed(
  compressed: Bytes,
  atOnce: (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array,
  streamed: Decode,
): AsyncGenerator<Uint8Array> {
  const reader = new ByteReader(compressed)
  const start = await reader.peek(sliceBytes)
  if (start.length < sliceBytes) {
    let whole: Uint8Array | undefined
    try {
      whole = atOnce(start, { maxOutputLength: 1 << 20 })
    } catch {
      // damaged, or larger than it is worth: below
    }
    if (whole !== undefined) {
      if (whole.length > 0) yield whole
      return
    }
  }
  yield* streamed(reader.stream())
}

/** Bytes that a decoder gives at a time. */
export const chunkSize = 64 << 10

/** Deflate expands at most 1,032 times, so a slice of this size gives at most 17 MB before the reader is asked again. */
const sliceBytes = 16 << 10

/** What a decoder of node:zlib gives, in bounded slices. */
export async function* throughZlib(
  compressed: Bytes,
  unzip: Gunzip | InflateRaw,
  fault: { readonly code: string; readonly expected: string },
): AsyncGenerator<Uint8Array> {
  const pieces: Buffer[] = []
  let failure: Error | undefined
  let settle: () => void = () => undefined
  unzip.on('data', (piece: Buffer) => pieces.push(piece))
  unzip.on('error', cause => {
    failure ??= cause
    settle()
  })
  const written = (slice: Uint8Array) =>
    new Promise<void>(resolve => {
      settle = resolve
      unzip.write(slice, () => resolve())
    })
  try {
    for await (const block of compressed) {
      for (let from = 0; from < block.length && failure === undefined; from += sliceBytes) {
        await written(block.subarray(from, from + sliceBytes))
        yield* pieces.splice(0)
      }
      if (failure !== undefined) break
    }
    // The error of truncated data comes with its end: `close` follows both a good end and a bad one.
    if (failure === undefined) await new Promise(resolve => unzip.once('close', resolve).end())
    yield* pieces.splice(0)
    if (failure !== undefined) throw new Damage(fault.code, fault.expected, failure.message)
  } finally {
    unzip.destroy()
  }
}
