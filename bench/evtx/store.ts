/**
 * Measures how fast event logs come into the store, end to end, beside the reader's own rate to values, and what each step
 * between the two costs.
 *
 *   npx tsx bench/evtx/store.ts
 *   COUNTERSEAL_CORPUS=../shared/corpus npx tsx bench/evtx/store.ts --repetitions 5 --megabytes 128
 *
 * --repetitions N   of every road, in turns (default 3)
 * --megabytes N     size of each log; a small one is repeated up to it (default 96)
 *
 * Prints markdown. Rates are by the clock: what counts is how long somebody waits. `to values` reads every field of every
 * record, `to lines` makes the lines that the engine reads, on one thread; `engine alone` maps the same lines, in the chunks
 * of `ingest`, into an empty table, on as many threads as it takes; `end to end` is `ingest` with all it does. The first two
 * and the third run at once in it, so the slower of them is the most that it can reach.
 */
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openApp } from '../../src/app.ts'
import { configFrom } from '../../src/config.ts'
import { beginLog, fileHeaderSize, readChunk } from '../../src/evtx/index.ts'
import { ingestFile } from '../../src/ingest/index.ts'
import { recordReader } from '../../src/ingest/record-readers.ts'
import { insertStatement, isMapped } from '../../src/mapping/index.ts'
import { median } from '../measure.ts'
import { chunksOf, corpusLogs } from './corpus-logs.ts'
import { sysmonLog } from './sysmon-log.ts'

const { values } = parseArgs({
  options: { repetitions: { type: 'string', default: '3' }, megabytes: { type: 'string', default: '96' } },
})
const repetitions = Number(values.repetitions)
const size = Number(values.megabytes) * 2 ** 20
const chunkBytes = 32 << 20

type Road = (path: string, bytes: Uint8Array) => Promise<number>

/** Each gives the number of records it has dealt with. */
const roads: Readonly<Record<string, Road>> = {
  'to values': async (_, bytes) => {
    const log = beginLog(bytes.subarray(0, fileHeaderSize))
    return chunksOf(bytes).reduce((sum, chunk) => sum + readChunk(log, chunk).records.length, 0)
  },
  'to lines': async path => {
    const reader = recordReader('evtx', new Uint8Array(), [])
    let records = 0
    for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) records += reader.add(piece).length
    return records + reader.end(false).records.length
  },
  'end to end': async path => {
    const data = mkdtempSync(join(tmpdir(), 'counterseal-bench-'))
    const app = openApp(configFrom({ data }))
    try {
      const context = await app.ingestContext({})
      return await timed(async () => (await ingestFile(context, path)).stored)
    } finally {
      await app.close()
      rmSync(data, { recursive: true, force: true })
    }
  },
  'engine alone': async path => {
    const data = mkdtempSync(join(tmpdir(), 'counterseal-bench-'))
    const app = openApp(configFrom({ data }))
    try {
      const { store, sources, tmp } = await app.ingestContext({})
      const candidates = sources.filter(({ id }) => id === 'windows-evtx')
      const [source] = candidates.filter(isMapped)
      if (source === undefined) throw new Error('there is no source for event logs')
      const files = await linesOf(path, tmp)
      return await timed(async () => {
        let first = 0
        for (const { file, records } of files) {
          const place = { evidence_id: 'bench', first_record: first, sequence: first, byte_offset: 0 }
          const { sql, params } = insertStatement(source, candidates, { format: 'json-lines' }, place, [])
          const chunk = await store.stageChunk(file)
          await store.insert(sql, { params, chunk, token: String(first) })
          await chunk.release()
          first += records
        }
        return first
      })
    } finally {
      await app.close()
      rmSync(data, { recursive: true, force: true })
    }
  },
}

/** Seconds of the part that counts of the road taken last; opening a store is none of it. */
let counted: number | undefined

async function timed(work: () => Promise<number>): Promise<number> {
  const start = performance.now()
  const records = await work()
  counted = (performance.now() - start) / 1000
  return records
}

/** The lines of a log in files of the size that `ingest` makes. */
async function linesOf(path: string, directory: string): Promise<readonly { file: string; records: number }[]> {
  const reader = recordReader('evtx', new Uint8Array(), [])
  const files: { file: string; records: number }[] = []
  let [parts, length]: [Uint8Array[], number] = [[], 0]
  const flush = () => {
    const file = join(directory, `lines-${files.length}`)
    writeFileSync(file, Buffer.concat(parts.flatMap(part => [part, Buffer.from('\n')])))
    files.push({ file, records: parts.length })
    ;[parts, length] = [[], 0]
  }
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 }))
    for (const { lines } of reader.add(piece))
      for (const line of lines) {
        parts.push(Buffer.from(line))
        length += line.length + 1
        if (length >= chunkBytes) flush()
      }
  if (parts.length > 0) flush()
  return files
}

function measuredLogs(): readonly { readonly name: string; readonly bytes: Uint8Array }[] {
  const corpus = process.env.COUNTERSEAL_CORPUS
  const picked =
    corpus === undefined ? [] : corpusLogs(corpus).filter(({ name }) => /__security\.evtx|__system\.evtx/.test(name))
  const logs = [{ name: 'generated, Sysmon', bytes: sysmonLog(20_000) }, ...picked]
  return logs.map(({ name, bytes }) => ({ name: name.replace(/^.*\//, ''), bytes: repeated(bytes) }))
}

function repeated(bytes: Uint8Array): Uint8Array {
  const chunks = bytes.subarray(fileHeaderSize)
  const copies = Math.max(1, Math.round(size / chunks.length))
  return Buffer.concat([bytes.subarray(0, fileHeaderSize), ...new Array<Uint8Array>(copies).fill(chunks)])
}

const scratch = mkdtempSync(join(tmpdir(), 'counterseal-bench-'))
try {
  console.log(`${cpus()[0]?.model}, Node.js ${process.version}, load average ${loadavg()[0]?.toFixed(1)} before\n`)
  console.log(
    '| log | MiB | records | to values, records/s | to lines | engine alone | end to end | ratio to values | ≥ 0.50 |',
  )
  console.log('|---|--:|--:|--:|--:|--:|--:|--:|---|')
  for (const { name, bytes } of measuredLogs()) {
    const path = join(scratch, 'log.evtx')
    writeFileSync(path, bytes)
    const rates = new Map<string, number[]>()
    let records = 0
    for (let n = -1; n < repetitions; n += 1)
      for (const [road, take] of Object.entries(roads)) {
        counted = undefined
        const start = performance.now()
        records = await take(path, bytes)
        const seconds = counted ?? (performance.now() - start) / 1000
        // The first is for warming up.
        if (n >= 0) rates.set(road, [...(rates.get(road) ?? []), records / seconds])
      }
    const rate = (road: string) => median(rates.get(road) ?? [])
    const ratio = rate('end to end') / rate('to values')
    const cells = ['to values', 'to lines', 'engine alone', 'end to end'].map(road => rounded(rate(road)))
    console.log(
      `| ${name} | ${rounded(bytes.length / 2 ** 20)} | ${rounded(records)} | ${cells.join(' | ')} | ${ratio.toFixed(2)} | ${ratio >= 0.5 ? 'pass' : 'fail'} |`,
    )
  }
  console.log(`\nload average ${loadavg()[0]?.toFixed(1)} after`)
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

function rounded(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}
