const newline = 0x0a
const leastBytes = 64 << 10

/** Lines that are gathered into one piece of memory, which is used again: a hundred thousand small ones are slow to keep. */
export class LineBuffer {
  #memory: Buffer = Buffer.alloc(0)
  #length = 0

  /** Bytes so far, newlines included. */
  get length(): number {
    return this.#length
  }

  /** Adds a line and its newline. */
  add(line: Uint8Array): void {
    const end = this.#length + line.length
    if (end >= this.#memory.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(leastBytes, 2 * (end + 1)))
      this.#memory.copy(larger, 0, 0, this.#length)
      this.#memory = larger
    }
    this.#memory.set(line, this.#length)
    this.#memory[end] = newline
    this.#length = end + 1
  }

  /** What was added since the last time. Valid until the next `add`. */
  take(): Buffer {
    const taken = this.#memory.subarray(0, this.#length)
    this.#length = 0
    return taken
  }
}
