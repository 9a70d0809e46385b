import type { Writable } from 'node:stream'

/** Writes much text to standard output, no faster than it is read, and finds out when nobody reads it any more. */
export class TextStream {
  readonly #stream: Writable
  readonly #onError: (cause: Error) => void
  #failure: Error | undefined

  constructor(stream: Writable) {
    this.#stream = stream
    this.#onError = cause => {
      this.#failure ??= cause
    }
    stream.on('error', this.#onError)
  }

  /** The reader has gone away, as `head` does. Whatever else goes wrong is thrown by `write`. */
  get isCutOff(): boolean {
    return this.#failure !== undefined && 'code' in this.#failure && this.#failure.code === 'EPIPE'
  }

  async write(text: string): Promise<void> {
    if (this.isCutOff) return
    // The callback comes when the text is on its way, and also when it cannot be.
    await new Promise<void>(resolve => {
      this.#stream.write(text, cause => {
        if (cause instanceof Error) this.#failure ??= cause
        resolve()
      })
    })
    if (this.#failure !== undefined && !this.isCutOff) throw this.#failure
  }

  /** The stream stays open. An error of a reader that has gone may still be on its way, so it stays watched then. */
  end(): void {
    if (!this.isCutOff) this.#stream.off('error', this.#onError)
  }
}
