import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { LogEntry } from '../../ct/index.ts'
import { CtFault, readEntry } from '../../ct/index.ts'
import { linesOf } from './saved-lines.ts'

/** Entries of a log one behind the other, as get-entries gave them, in a file of ours. */
export type SavedRun = {
  /** Lower-case hex; empty where nothing told. */
  readonly log_id: string
  readonly file: string
  readonly first: number
  readonly count: number
}

/** Both as base64, as RFC 6962 §4.6 has them. */
export type SavedEntry = { readonly leaf_input: string; readonly extra_data: string }

/** A page of get-entries has up to a thousand entries; so many pages are two hundred million. */
export const mostRuns = 200_000

const flushAt = 1 << 20

/** Gathers entries into runs. `close` after the last. */
export class RunWriter {
  readonly #directory: string
  readonly #runs: { log_id: string; file: string; first: number; count: number }[] = []
  #waiting: string[] = []
  #waitingLength = 0

  constructor(directory: string) {
    this.#directory = directory
  }

  get runs(): readonly SavedRun[] {
    return this.#runs
  }

  /** False when there are too many runs for another. */
  async add(log_id: string, index: number, { leaf_input, extra_data }: SavedEntry): Promise<boolean> {
    const last = this.#runs.at(-1)
    if (last === undefined || last.log_id !== log_id || last.first + last.count !== index) {
      await this.close()
      if (this.#runs.length >= mostRuns) return false
      this.#runs.push({ log_id, file: join(this.#directory, `${this.#runs.length}.ndjson`), first: index, count: 0 })
    }
    const run = this.#runs.at(-1)
    if (run !== undefined) run.count += 1
    const line = `${JSON.stringify([leaf_input, extra_data])}\n`
    this.#waiting.push(line)
    this.#waitingLength += line.length
    if (this.#waitingLength >= flushAt) await this.close()
    return true
  }

  /** Writes what waits. */
  async close(): Promise<void> {
    const run = this.#runs.at(-1)
    if (run === undefined || this.#waiting.length === 0) return
    const file = await open(run.file, 'a')
    try {
      await file.writeFile(this.#waiting.join(''))
    } finally {
      await file.close()
    }
    this.#waiting = []
    this.#waitingLength = 0
  }
}

const pageLength = 1024

/** The entries of these runs from an index on, in pages, up to the first that is missing. Throws `CtFault` for one that cannot be read. */
export async function* savedPages(
  runs: readonly SavedRun[],
  from: number,
  signal?: AbortSignal,
): AsyncGenerator<readonly LogEntry[]> {
  let at = from
  for (const { file, first, count } of runs.toSorted((a, b) => a.first - b.first)) {
    if (first + count <= at) continue
    if (first > at) return
    let index = first
    let page: LogEntry[] = []
    for await (const line of linesOf(createReadStream(file, signal === undefined ? {} : { signal }))) {
      const entry = index < at ? undefined : entryAt(index, line)
      index += 1
      if (entry instanceof CtFault) {
        yield page
        throw entry
      }
      if (entry !== undefined) page.push(entry)
      if (page.length < pageLength) continue
      yield page
      page = []
    }
    if (page.length > 0) yield page
    at = first + count
  }
}

function entryAt(index: number, line: Buffer): LogEntry | CtFault {
  const [leaf, extra] = JSON.parse(line.toString('latin1')) as [string, string] // we wrote it
  const result = readEntry(index, Buffer.from(leaf, 'base64'), Buffer.from(extra, 'base64'))
  return 'fault' in result ? new CtFault(result.fault) : result.entry
}
