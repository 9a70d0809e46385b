import type { LogProgress } from '../ingest/index.ts'

const everyMs = 5000

/** Says on stderr how far a log was read: entries, rate, time left. */
export class LogProgressLine {
  readonly #name: string
  readonly #started = performance.now()
  readonly #live = process.stderr.isTTY === true
  #first: number
  #last = 0

  constructor(name: string, first: number) {
    this.#name = name
    this.#first = first
  }

  update({ size, until }: LogProgress): void {
    const now = performance.now()
    if (this.#last === 0) this.#first = Math.max(this.#first, 0)
    if (now - this.#last < (this.#live ? 200 : everyMs)) return
    this.#last = now
    const seconds = Math.max(0.001, (now - this.#started) / 1000)
    const rate = (size - this.#first) / seconds
    const left = rate > 0 ? Math.round((until - size) / rate) : undefined
    const text = `${this.#name}: ${size.toLocaleString('en-US')} of ${until.toLocaleString('en-US')} entries, ${Math.round(rate).toLocaleString('en-US')}/s${left === undefined ? '' : `, ${left} s left`}`
    process.stderr.write(this.#live ? `\r\u001b[K${text}` : `${text}\n`)
  }

  end(): void {
    if (this.#live && this.#last > 0) process.stderr.write('\r\u001b[K')
  }
}
