/**
 * Reads evidence into a fresh data directory and prints a line of JSON for every gigabyte and one at the end. Run by
 * volume.ts as a process of its own, perhaps inside a memory limit.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { openApp } from '../src/app.ts'
import { configFrom } from '../src/config.ts'
import { evidenceUnder, ingest } from '../src/ingest/index.ts'
import { isEventKind } from '../src/model/index.ts'
import { peakMegabytes, residentMegabytes } from './memory.ts'

export type VolumeJob = {
  readonly scratch: string
  readonly path: string
  /** Bytes on disk between two lines of the report. */
  readonly step: number
  /** Environment of the stores: empty for the embedded ones. */
  readonly environment: Readonly<Record<string, string>>
}

export type Step = { readonly bytes: number; readonly seconds: number; readonly residentMegabytes: number }
export type Volume = {
  readonly bytes: number
  readonly seconds: number
  readonly files: number
  readonly records: number
  readonly stored: number
  readonly malformed: number
  readonly rows: number
  readonly parts: number
  readonly diskBytes: number
  readonly peakMegabytes: number
}

const job = JSON.parse(process.argv[2] ?? '') as VolumeJob // written by volume.ts
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)
const data = mkdtempSync(join(job.scratch, 'volume-'))
const app = openApp(configFrom({ data }, job.environment))
try {
  const tally = { diskBytes: 0 }
  const [started, next] = [performance.now(), { bytes: job.step, since: performance.now(), from: 0 }]
  const report = (least = next.bytes) => {
    if (tally.diskBytes < least) return
    const now = performance.now()
    const bytes = tally.diskBytes - next.from
    say({ bytes, seconds: (now - next.since) / 1000, residentMegabytes: residentMegabytes() } satisfies Step)
    Object.assign(next, { bytes: tally.diskBytes + job.step, since: now, from: tally.diskBytes })
  }
  const context = await app.ingestContext({ onProgress: () => report() })
  const total = { files: 0, records: 0, stored: 0, malformed: 0 }
  const problems: never[] = []
  for await (const reading of ingest(context, evidenceUnder([job.path], problems, { tally }), problems)) {
    if (reading.records !== reading.stored + reading.malformed + reading.ignored)
      throw new Error(JSON.stringify(reading))
    total.files += 1
    total.records += reading.records
    total.stored += reading.stored
    total.malformed += reading.malformed
    report()
  }
  report(next.from + 0.9 * job.step) // the last one is a little shorter
  const seconds = (performance.now() - started) / 1000
  const { events } = await app.stores()
  const sizes = (await events.upkeep.sizes()).filter(({ table }) => isEventKind(table))
  const sum = (part: (size: (typeof sizes)[number]) => number) => sizes.reduce((all, size) => all + part(size), 0)
  const kept = { rows: sum(({ rows }) => rows), parts: sum(({ parts }) => parts), diskBytes: sum(({ bytes }) => bytes) }
  say({ bytes: tally.diskBytes, seconds, ...total, ...kept, peakMegabytes: peakMegabytes() } satisfies Volume)
} finally {
  await app.close()
  rmSync(data, { recursive: true, force: true })
}
