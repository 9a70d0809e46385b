import type { Progress } from '../ingest/index.ts'

/** Milliseconds between two lines where stderr is no terminal, and between two refreshes where it is one. */
const quietEvery = 10_000
const liveEvery = 200

/** Says on stderr how far the reading is: share of the bytes, rate over the last files, time left. Never lies about an end it does not know. */
export class ProgressLine {
  readonly #total: number
  readonly #started = performance.now()
  readonly #live = process.stderr.isTTY === true
  #doneBytes = 0
  #records = 0
  #last = performance.now()

  /** `total`: bytes on disk of everything that will be read. */
  constructor(total: number) {
    this.#total = total
  }

  update(progress: Progress): void {
    this.#show(this.#doneBytes + progress.fileBytes, this.#records + progress.records, progress.path)
  }

  fileDone(path: string, size: number, records: number): void {
    this.#doneBytes += size
    this.#records += records
    this.#show(this.#doneBytes, this.#records, path)
  }

  end(): void {
    if (this.#live) process.stderr.write('\r\u001b[K')
  }

  #show(bytes: number, records: number, path: string): void {
    const now = performance.now()
    if (now - this.#last < (this.#live ? liveEvery : quietEvery)) return
    this.#last = now
    const seconds = (now - this.#started) / 1000
    const rate = bytes / seconds
    const left = rate > 0 ? Math.max(0, this.#total - bytes) / rate : undefined
    const share = this.#total > 0 ? `${Math.min(100, Math.floor((100 * bytes) / this.#total))} %` : ''
    const text = `${share}  ${(rate / 1e6).toFixed(1)} MB/s  ${Math.round(records / seconds)} records/s  ${left === undefined ? '' : `about ${duration(left)} left`}  ${path.slice(-50)}`
    process.stderr.write(this.#live ? `\r\u001b[K${text}` : `${text}\n`)
  }
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`
  return seconds < 5400 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`
}
