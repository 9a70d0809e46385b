import type { Stats } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { open } from 'node:fs/promises'
import { CountersealError } from '../../base/index.ts'
import { unreadable } from '../files-under.ts'

/** Bytes that can be read anywhere, as a ZIP archive needs: its table of contents stands at its end. */
export type RandomAccess = {
  /** Bytes. */
  readonly size: number
  /** Fewer than `length` bytes only at the end. Throws `input/unreadable`. */
  read(position: number, length: number): Promise<Uint8Array>
}

/** How far reading the files on the disk has come. */
export type Tally = {
  /** Bytes on disk consumed so far. */
  diskBytes: number
}

/** The first read is small: most files of a large directory are. The others are large: each is a trip to the disk. */
const firstRead = 64 << 10
const laterReads = 1 << 20

/** A file that was opened, for both ways of reading. Must be closed. */
export class DiskFile {
  readonly path: string
  readonly size: number
  /** When its content was last changed. */
  readonly modified: Date
  /** False for a pipe: it cannot be read in the order a ZIP archive needs. */
  readonly isRegular: boolean
  readonly #handle: FileHandle
  readonly #tally: Tally | undefined
  readonly #signal: AbortSignal | undefined

  private constructor(path: string, handle: FileHandle, stat: Stats, options: DiskOptions) {
    this.path = path
    this.#handle = handle
    this.size = stat.size
    this.modified = stat.mtime
    this.isRegular = stat.isFile()
    this.#tally = options.tally
    this.#signal = options.signal
  }

  /** Throws what the system says. */
  static async open(path: string, options: DiskOptions = {}): Promise<DiskFile> {
    const handle = await open(path, 'r')
    try {
      const stat = await handle.stat()
      if (stat.isDirectory()) throw Object.assign(new Error('a directory'), { code: 'EISDIR' })
      return new DiskFile(path, handle, stat, options)
    } catch (cause) {
      await handle.close()
      throw cause
    }
  }

  /** From the start to wherever the end is by then. Once. One read ahead of the reader. */
  async *bytes(): AsyncGenerator<Uint8Array> {
    let position = 0
    const readNext = (length: number) => this.#read(undefined, length, position)
    let next = readNext(firstRead)
    try {
      for (;;) {
        const piece = await next
        if (piece.length === 0) return
        position += piece.length
        // Less than was asked for is the end of a file, and a trip to the disk less for each of many small ones.
        if (this.isRegular && position >= this.size && piece.length < firstRead) {
          yield piece
          return
        }
        next = readNext(position < this.size ? laterReads : firstRead)
        next.catch(() => undefined) // thrown where it is awaited, unless the reader has stopped
        yield piece
      }
    } finally {
      await next.catch(() => undefined) // the handle is not closed under a read
    }
  }

  get random(): RandomAccess {
    return {
      size: this.size,
      read: async (position, length) => {
        const pieces: Uint8Array[] = []
        for (let at = position; at < position + length; ) {
          const piece = await this.#read(at, Math.min(laterReads, position + length - at), at)
          if (piece.length === 0) break
          pieces.push(piece)
          at += piece.length
        }
        return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces)
      },
    }
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }

  /** `position` undefined: where the last such read ended, as pipes need it. `from` is what messages say. */
  async #read(position: number | undefined, length: number, from: number): Promise<Uint8Array> {
    if (this.#signal?.aborted === true)
      throw new CountersealError('work/aborted', { message: `Reading ${this.path} was stopped at byte ${from}.` })
    try {
      const buffer = Buffer.allocUnsafe(length)
      const { bytesRead } = await this.#handle.read(buffer, 0, length, position ?? null)
      if (this.#tally !== undefined) this.#tally.diskBytes += bytesRead
      return buffer.subarray(0, bytesRead)
    } catch (cause) {
      const { found } = unreadable(this.path, cause)
      throw new CountersealError('input/unreadable', {
        message: `${this.path} could not be read beyond byte ${from}: ${found}.`,
        cause,
      })
    }
  }
}

type DiskOptions = { readonly tally?: Tally | undefined; readonly signal?: AbortSignal | undefined }
