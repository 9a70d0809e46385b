import type { Progress } from '../ingest/index.ts'

/** Milliseconds between two lines where stderr is no terminal, and between two refreshes where it is one. */
const quietEvery = 10_000
const liveEvery = 200

/**
 * Says on stderr how far the reading is: share of the bytes on disk, rate, time left. While the paths are still being
 * counted it says how much was read, and promises no end.
 */
export class ProgressLine {
  readonly #tally: { readonly diskBytes: number }
  readonly #started = performance.now()
  readonly #live = process.stderr.isTTY === true
  #total = 0
  #counted = false
  #records = 0
  #last = performance.now()

  /** `tally`: bytes on disk that were read so far, kept by those who read. */
  constructor(tally: { readonly diskBytes: number }) {
    this.#tally = tally
  }

  /** So many bytes on disk more are to be read. */
  expect(bytes: number): void {
    this.#total += bytes
    this.#counted = true
  }

  update(progress: Progress): void {
    this.#show(this.#records + progress.records, progress.path)
  }

  done({ path, records }: { readonly path: string; readonly records: number }): void {
    this.#records += records
    this.#show(this.#records, path)
  }

  end(): void {
    if (this.#live) process.stderr.write('\r\u001b[K')
  }

  #show(records: number, path: string): void {
    const now = performance.now()
    if (now - this.#last < (this.#live ? liveEvery : quietEvery)) return
    this.#last = now
    const seconds = (now - this.#started) / 1000
    const { diskBytes } = this.#tally
    const rate = diskBytes / seconds
    const left = this.#counted && rate > 0 ? Math.max(0, this.#total - diskBytes) / rate : undefined
    const share = this.#counted
      ? `${Math.min(100, Math.floor((100 * diskBytes) / Math.max(1, this.#total)))} %`
      : `${(diskBytes / 1e6).toFixed(0)} MB, still counting`
    const text = `${share}  ${(rate / 1e6).toFixed(1)} MB/s  ${Math.round(records / seconds)} records/s  ${left === undefined ? '' : `about ${duration(left)} left`}  ${path.slice(-50)}`
    process.stderr.write(this.#live ? `\r\u001b[K${text}` : `${text}\n`)
  }
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`
  return seconds < 5400 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`
}
