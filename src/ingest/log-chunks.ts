import type { Problem } from '../base/index.ts'
import type { Log, LogOptions } from '../evtx/index.ts'
import { beginLog, chunkSize, fileHeaderSize, isEventLog } from '../evtx/index.ts'

/** An event log that comes in pieces, cut into its chunks. Holds one chunk at most, however long the log is. */
export class LogChunks {
  readonly #options: LogOptions
  readonly #held = new Uint8Array(chunkSize)
  #filled = 0
  #log: Log | undefined
  #isBare = false

  constructor(options: LogOptions = {}) {
    this.#options = options
  }

  /** For `readChunk`, from the first chunk on. Of a file that is shorter than its header, from `end` on. */
  get log(): Log {
    return this.#log ?? this.#begin()
  }

  /** It has no header: chunks that were carved out of a disk. Places are told as if it had one. */
  get isBare(): boolean {
    return this.#isBare
  }

  /** What is wrong with the header of the file. */
  get problems(): readonly Problem[] {
    const { problems } = this.log
    return this.#isBare ? [noHeader] : problems
  }

  /** The chunks that become whole with these bytes. Each is valid until the next `add`. */
  *add(bytes: Uint8Array): Generator<Uint8Array> {
    for (let at = 0; at < bytes.length; ) {
      const size = this.#log === undefined ? fileHeaderSize : chunkSize
      if (size === chunkSize && this.#filled === 0 && bytes.length - at >= size) {
        yield bytes.subarray(at, at + size)
        at += size
        continue
      }
      const part = bytes.subarray(at, at + size - this.#filled)
      this.#held.set(part, this.#filled)
      this.#filled += part.length
      at += part.length
      if (this.#filled < size) return
      if (size === fileHeaderSize) this.#begin()
      else {
        this.#filled = 0
        yield this.#held.slice()
      }
    }
  }

  /** What is left of a chunk that was cut off. */
  end(): Uint8Array | undefined {
    if (this.#log === undefined) this.#begin()
    return this.#filled === 0 ? undefined : this.#held.slice(0, this.#filled)
  }

  #begin(): Log {
    const start = this.#held.slice(0, Math.min(this.#filled, fileHeaderSize))
    this.#isBare = beginsAsChunk(start, 0)
    // What looked like the header of the file is the start of the first chunk then, and is kept.
    if (!this.#isBare) this.#filled = 0
    this.#log = beginLog(this.#isBare ? new Uint8Array(fileHeaderSize) : start, this.#options)
    return this.#log
  }
}

const noHeader: Problem = {
  code: 'evtx/file-magic',
  where: 'byte 0',
  expected: 'ElfFile',
  found: `ElfChnk: chunks without the header of a file; problems tell places as if it stood there, with its ${fileHeaderSize} bytes`,
}

/** An event log, one whose header is damaged, or chunks of one. */
export function looksLikeEventLog(head: Uint8Array): boolean {
  return isEventLog(head) || beginsAsChunk(head, 0) || beginsAsChunk(head, fileHeaderSize)
}

function beginsAsChunk(bytes: Uint8Array, at: number): boolean {
  return chunkMagic.every((octet, nth) => bytes[at + nth] === octet)
}

const chunkMagic = Buffer.from('ElfChnk\0', 'latin1')
