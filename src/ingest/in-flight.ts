/**
 * Work that runs beside what comes next, so much of it at once and no more. The first failure is thrown by the next call
 * that waits, when nothing runs any more: a failure never leaves work behind.
 */
export class InFlight {
  readonly #most: number
  readonly #running = new Set<Promise<void>>()
  #failure: { readonly cause: unknown } | undefined

  constructor(most: number) {
    this.#most = most
  }

  /** Waits for room, then starts. */
  async start(work: () => Promise<void>): Promise<void> {
    while (this.#running.size >= this.#most) await Promise.race(this.#running)
    if (this.#failure !== undefined) await this.finish()
    const run: Promise<void> = work()
      .catch((cause: unknown) => {
        this.#failure ??= { cause }
      })
      .finally(() => this.#running.delete(run))
    this.#running.add(run)
  }

  /** Waits for everything that was started. */
  async finish(): Promise<void> {
    await this.settle()
    if (this.#failure !== undefined) throw this.#failure.cause
  }

  /** The same, for one who throws already. */
  async settle(): Promise<void> {
    while (this.#running.size > 0) await Promise.race(this.#running)
  }
}
