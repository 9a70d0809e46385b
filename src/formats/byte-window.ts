/** Bytes of a stream from some offset on, for as long as somebody may want to go back to them. */
export class ByteWindow {
  #buffer: Buffer = Buffer.alloc(0)
  #start = 0
  #end = 0
  /** Offset in the stream of the first byte that is held. */
  #offset: number

  constructor(offset = 0) {
    this.#offset = offset
  }

  /** Offset of the first byte that is held. */
  get from(): number {
    return this.#offset
  }

  /** Offset behind the last byte that is held. */
  get to(): number {
    return this.#offset + this.#end - this.#start
  }

  /** What is held. Valid until the next {@link append}. */
  get bytes(): Buffer {
    return this.#buffer.subarray(this.#start, this.#end)
  }

  /** The bytes from one offset up to another, both within what is held. Valid until the next {@link append}. */
  slice(from: number, to: number): Buffer {
    return this.#buffer.subarray(this.#start + from - this.#offset, this.#start + to - this.#offset)
  }

  append(bytes: Uint8Array): void {
    if (this.#start === this.#end) [this.#start, this.#end] = [0, 0]
    const held = this.#end - this.#start
    if (this.#end + bytes.length > this.#buffer.length) {
      const needed = held + bytes.length
      // Twice what is held, so that a record of many pieces is not copied once for each of them.
      const larger = needed * 2 > this.#buffer.length ? Buffer.allocUnsafe(needed * 2) : this.#buffer
      this.#buffer.copy(larger, 0, this.#start, this.#end)
      this.#buffer = larger
      ;[this.#start, this.#end] = [0, held]
    }
    this.#buffer.set(bytes, this.#end)
    this.#end += bytes.length
  }

  /** Lets go of what stands before an offset of the stream. */
  dropBefore(offset: number): void {
    const dropped = Math.min(Math.max(0, offset - this.#offset), this.#end - this.#start)
    this.#start += dropped
    this.#offset += dropped
  }
}
