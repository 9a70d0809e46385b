import type { Hash } from 'node:crypto'
import { createHash } from 'node:crypto'

/**
 * Cuts evidence into chunks of whole lines. Where the cuts fall is a function of the bytes (and of cuts that the ledger
 * remembers) alone: then the same evidence gives the same chunks and record numbers in every run.
 */

/** A run of whole lines. `bytes` is valid only until the next chunk is asked for. */
export type Chunk = {
  readonly kind: 'lines'
  readonly bytes: Uint8Array
  readonly byte_offset: number
  readonly first_record: number
  readonly records: number
  /** SHA-256 over everything from the start of the evidence to the end of this chunk, lower-case hexadecimal. */
  readonly prefix_sha256: string
  /** The evidence ends here without a newline. Such a line is a chunk of its own: it may still be growing. */
  readonly unterminated: boolean
  /** The same SHA-256 without the last newline, where the ledger knows the last line to have ended before it. */
  readonly before_newline_sha256?: string
}

/** A line that is longer than may be handed to the engine. It takes one record number. */
export type OverlongLine = {
  readonly kind: 'overlong'
  readonly byte_offset: number
  readonly bytes: number
  readonly record_number: number
  readonly excerpt: Uint8Array
  readonly prefix_sha256: string
}

export type ChunkLimits = {
  /** A chunk is cut at the first line end at or after this many bytes. */
  readonly chunkBytes: number
  /** A line longer than this is not read. */
  readonly lineBytes: number
}

/**
 * 32 MiB: an insertion of one block holds its rows in memory, about eight times the text. 16 MiB: longer than any
 * record of a producer we know, short enough that a chunk with one stays small.
 */
export const defaultLimits: ChunkLimits = { chunkBytes: 32 << 20, lineBytes: 16 << 20 }

const excerptBytes = 4096
const newline = 0x0a
const hash = 0x23

export type ChunkOptions = {
  readonly limits?: ChunkLimits
  /** Byte offsets, increasing, at which a line ended when the evidence was read before: a cut falls there too. */
  readonly knownEnds?: readonly number[]
  /** A block of lines that begin with `#` starts a chunk of its own (Zeek headers). */
  readonly cutAtHeaders?: boolean
}

/** Chunks and overlong lines in the order of the evidence; together they are every byte of it. */
export async function* cutChunks(
  stream: AsyncIterable<Uint8Array>,
  options: ChunkOptions = {},
): AsyncGenerator<Chunk | OverlongLine> {
  const { limits = defaultLimits, knownEnds = [], cutAtHeaders = false } = options
  const cutter = new Cutter(limits, knownEnds, cutAtHeaders)
  for await (const piece of stream) {
    for (let from = 0; from < piece.length; from += limits.chunkBytes) {
      yield* cutter.add(piece.subarray(from, from + limits.chunkBytes))
    }
  }
  yield* cutter.end()
}

class Cutter {
  readonly #limits: ChunkLimits
  readonly #knownEnds: readonly number[]
  readonly #cutAtHeaders: boolean
  readonly #digest: Hash = createHash('sha256')
  #buffer: Buffer = Buffer.alloc(0)
  /** Bytes in the buffer; the start of the line being read; how far it was searched for its end. */
  #filled = 0
  #lineStart = 0
  #searched = 0
  /** Offset in the evidence of the buffer's first byte. */
  #offset = 0
  #record = 0
  #records = 0
  #sawData = false
  #nextKnown = 0
  #skipping: { byte_offset: number; bytes: number; excerpt: Buffer } | undefined

  constructor(limits: ChunkLimits, knownEnds: readonly number[], cutAtHeaders: boolean) {
    this.#limits = limits
    this.#knownEnds = knownEnds
    this.#cutAtHeaders = cutAtHeaders
  }

  *add(piece: Uint8Array): Generator<Chunk | OverlongLine> {
    let rest = piece
    if (this.#skipping !== undefined) {
      const end = rest.indexOf(newline)
      const skipped = end === -1 ? rest : rest.subarray(0, end + 1)
      this.#digest.update(skipped)
      this.#skipping.bytes += skipped.length - (end === -1 ? 0 : 1)
      this.#offset += skipped.length
      rest = rest.subarray(skipped.length)
      if (end === -1) return
      yield this.#endSkipping()
    }
    this.#makeRoom(rest.length)
    this.#buffer.set(rest, this.#filled)
    this.#filled += rest.length
    yield* this.#scan()
  }

  *end(): Generator<Chunk | OverlongLine> {
    if (this.#skipping !== undefined) yield this.#endSkipping()
    const unterminated = this.#lineStart < this.#filled
    if (unterminated) {
      yield* this.#cut(this.#lineStart, false)
      this.#records += 1
    }
    yield* this.#cut(this.#filled, unterminated)
  }

  *#scan(): Generator<Chunk | OverlongLine> {
    for (;;) {
      if (this.#lineStart < this.#filled && this.#startsHeader(this.#lineStart))
        yield* this.#cut(this.#lineStart, false)
      const found = this.#buffer.subarray(0, this.#filled).indexOf(newline, this.#searched)
      const lineEnd = found === -1 ? this.#filled : found
      if (lineEnd - this.#lineStart > this.#limits.lineBytes) {
        yield* this.#skip(found)
        if (this.#skipping !== undefined) return
      } else if (found === -1) {
        this.#searched = this.#filled
        return
      } else {
        // A line that stood there without its newline before is a chunk of its own, as it was then. Of a blank line it is
        // the end of the chunk before that is known.
        const isBlank = found === this.#lineStart
        const wasUnterminated = !isBlank && this.#isKnownEnd(this.#offset + found)
        this.#records += 1
        this.#lineStart = found + 1
        this.#searched = found + 1
        const complete = this.#lineStart >= this.#limits.chunkBytes || this.#isKnownEnd(this.#offset + this.#lineStart)
        if (complete || wasUnterminated) yield* this.#cut(this.#lineStart, false, wasUnterminated)
      }
    }
  }

  /** Doubles the buffer as it fills: most files are small. It stays below two chunks and a line. */
  #makeRoom(more: number): void {
    const needed = this.#filled + more
    if (needed <= this.#buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#buffer.length))
    this.#buffer.copy(larger, 0, 0, this.#filled)
    this.#buffer = larger
  }

  #startsHeader(lineStart: number): boolean {
    if (!this.#cutAtHeaders) return false
    const isHeader = this.#buffer[lineStart] === hash
    if (!isHeader) this.#sawData = true
    return isHeader && this.#sawData
  }

  #isKnownEnd(end: number): boolean {
    while ((this.#knownEnds[this.#nextKnown] ?? Number.POSITIVE_INFINITY) < end) this.#nextKnown += 1
    return this.#knownEnds[this.#nextKnown] === end
  }

  /** The first `length` bytes of the buffer become a chunk. */
  *#cut(length: number, unterminated: boolean, wasUnterminated = false): Generator<Chunk> {
    if (length > 0) {
      const bytes = this.#buffer.subarray(0, length)
      this.#digest.update(wasUnterminated ? bytes.subarray(0, -1) : bytes)
      const before = wasUnterminated ? { before_newline_sha256: this.#prefix() } : {}
      if (wasUnterminated) this.#digest.update(bytes.subarray(-1))
      yield {
        kind: 'lines',
        bytes,
        byte_offset: this.#offset,
        first_record: this.#record,
        records: this.#records,
        prefix_sha256: this.#prefix(),
        unterminated,
        ...before,
      }
      this.#buffer.copyWithin(0, length, this.#filled)
      this.#filled -= length
      this.#lineStart -= length
      this.#searched = Math.max(0, this.#searched - length)
      this.#offset += length
    }
    this.#record += this.#records
    this.#records = 0
    this.#sawData = false
  }

  /** Everything before the overlong line becomes a chunk; the line itself is passed over. */
  *#skip(end: number): Generator<Chunk | OverlongLine> {
    const length = end === -1 ? undefined : end - this.#lineStart
    yield* this.#cut(this.#lineStart, false)
    const line = this.#buffer.subarray(0, length ?? this.#filled)
    this.#skipping = {
      byte_offset: this.#offset,
      bytes: line.length,
      excerpt: Buffer.from(line.subarray(0, Math.min(excerptBytes, this.#limits.lineBytes))),
    }
    const taken = length === undefined ? this.#filled : length + 1
    this.#digest.update(this.#buffer.subarray(0, taken))
    this.#buffer.copyWithin(0, taken, this.#filled)
    this.#filled -= taken
    this.#offset += taken
    this.#lineStart = 0
    this.#searched = 0
    if (length !== undefined) yield this.#endSkipping()
  }

  #endSkipping(): OverlongLine {
    const { byte_offset = 0, bytes = 0, excerpt = Buffer.alloc(0) } = this.#skipping ?? {}
    this.#skipping = undefined
    const record_number = this.#record
    this.#record += 1
    return { kind: 'overlong', byte_offset, bytes, record_number, excerpt, prefix_sha256: this.#prefix() }
  }

  #prefix(): string {
    return this.#digest.copy().digest('hex')
  }
}
