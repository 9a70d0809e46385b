/**
 * Bytes that are read once, from front to back, by whoever needs the next of them: first the one who recognises what
 * they are, then the one who reads them. At most what is looked ahead at, and one piece of the source, is held.
 */
export class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>
  #held: Uint8Array = new Uint8Array(0)
  #ended = false
  /** Bytes taken so far. */
  #position = 0

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  get position(): number {
    return this.#position
  }

  /** The next `length` bytes without taking them; fewer only at the end. For small lengths: they are copied together. */
  async peek(length: number): Promise<Uint8Array> {
    while (this.#held.length < length && !this.#ended) await this.#pull()
    return this.#held.subarray(0, length)
  }

  /** Takes the next `length` bytes; fewer only at the end. */
  async take(length: number): Promise<Uint8Array> {
    const bytes = await this.peek(length)
    this.#advance(bytes.length)
    return bytes
  }

  /** Takes the next `length` bytes as they come, in pieces of the source. */
  async *stream(length = Number.POSITIVE_INFINITY): AsyncGenerator<Uint8Array> {
    let left = length
    while (left > 0) {
      if (this.#held.length === 0) {
        if (this.#ended) return
        await this.#pull()
        continue
      }
      const piece = this.#held.length <= left ? this.#held : this.#held.subarray(0, left)
      left -= piece.length
      this.#advance(piece.length)
      yield piece
    }
  }

  /** Passes over `length` bytes. Returns how many there were. */
  async skip(length: number): Promise<number> {
    const start = this.#position
    for await (const _ of this.stream(length));
    return this.#position - start
  }

  /** Nothing is read after this. */
  async close(): Promise<void> {
    this.#ended = true
    this.#held = new Uint8Array(0)
    await this.#source.return?.()
  }

  #advance(length: number): void {
    this.#held = this.#held.subarray(length)
    this.#position += length
  }

  async #pull(): Promise<void> {
    const next = await this.#source.next()
    if (next.done === true) this.#ended = true
    else this.#held = this.#held.length === 0 ? next.value : Buffer.concat([this.#held, next.value])
  }
}
