/**
 * How fast a log goes from tiles on the disk through verification into the embedded store, beside what each part of the way can do alone.
 *
 *   npx tsx bench/ct/run.ts [--entries 200000] [--dir DIR]
 *
 * Writes docs/benchmarks-ct.md. 200,000 entries take two minutes and 1 GB. With --dir the tiles are kept, and taken again.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openApp } from '../../src/app.ts'
import { configFrom } from '../../src/config.ts'
import type { CtLog, LogEntry } from '../../src/ct/index.ts'
import { directoryTransport, follow, staticLog } from '../../src/ct/index.ts'
import { readEntries } from '../../src/ingest/ct/entry-reading.ts'
import type { Prepared } from '../../src/ingest/ct/entry-taker.ts'
import { EntryTaker } from '../../src/ingest/ct/entry-taker.ts'
import type { LogContext } from '../../src/ingest/index.ts'
import { BundleReader, checkHead, logEvidenceId, readLog } from '../../src/ingest/index.ts'
import { Account } from '../../src/ingest/reading.ts'
import { emptyFrontier } from '../../src/merkle/index.ts'
import { rowsOf } from '../../src/model/index.ts'
import { peakMegabytes, residentMegabytes } from '../memory.ts'
import { makeTiles } from './made-tiles.ts'

const { values } = parseArgs({ options: { entries: { type: 'string', default: '200000' }, dir: { type: 'string' } } })
const count = Number(values.entries)
const directory = values.dir ?? mkdtempSync(join(tmpdir(), 'counterseal-ct-bench-'))
const tiles = join(directory, 'tiles')
const about = existsSync(join(directory, 'log.json'))
  ? (JSON.parse(readFileSync(join(directory, 'log.json'), 'utf8')) as CtLog) // we wrote it
  : made()

function made(): CtLog {
  mkdirSync(tiles, { recursive: true })
  const log = makeTiles(tiles, count)
  writeFileSync(join(directory, 'log.json'), JSON.stringify(log))
  return log
}

const log = staticLog(about, directoryTransport(tiles))
const head = await log.head({})

async function rateOf(work: () => Promise<number>): Promise<number> {
  const began = performance.now()
  const entries = await work()
  return entries / ((performance.now() - began) / 1000)
}

/** Tiles read, unpacked and cut into entries with their hashes: nothing is verified. */
const reading = await rateOf(async () => {
  let entries = 0
  for await (const piece of log.entries({ begin: 0, end: head.size, size: head.size }, {})) entries += piece.length
  return entries
})

/** The same, and the tree held against the signed head. */
let sample: readonly LogEntry[] = []
const verifying = await rateOf(async () => {
  let entries = 0
  for await (const stretch of follow(log, emptyFrontier, head, {})) {
    if (!stretch.verified) throw new Error('the tiles are as they were made')
    entries += stretch.entries.length
    sample = stretch.entries
  }
  return entries
})

/** Certificates read and written as lines, on one thread. */
const describing = await rateOf(async () => {
  let entries = 0
  for (let turn = 0; turn < 5; turn += 1)
    entries += readEntries({
      ct_log: about.monitoring_url,
      ct_log_id: about.log_id,
      verified: true,
      entries: sample,
      issuers: [],
    }).records
  return entries
})

/** What was read and described before, into a fresh store: the store's own limit. */
const storing = await withStore(async context => {
  const candidates = context.sources.filter(({ id }) => id === 'ct-entry')
  const accountOf = (verified: boolean) =>
    new Account(about.monitoring_url, logEvidenceId(about.log_id, verified, ''), 'json-lines', candidates)
  const taker = new EntryTaker(context, log, { verified: accountOf(true), unverified: accountOf(false) }, candidates)
  const prepared: Prepared[] = []
  for await (const stretch of follow(log, emptyFrontier, head, { until: Math.min(head.size, 65_536) }))
    prepared.push(await taker.prepare(stretch))
  return await rateOf(async () => {
    let entries = 0
    for (const one of prepared) {
      await taker.store(one)
      entries += one.reading.records
    }
    return entries
  })
})

/** All of it, into a fresh store. */
const memory: number[] = []
const { whole, stored } = await withStore(async context => {
  const rate = await rateOf(async () => {
    const checked = await checkHead(context, log, new Date(), {})
    if (checked.head === undefined) throw new Error('the tiles are as they were made')
    let size = 0
    for await (const progress of readLog(context, log, checked.head, { first: 0 })) {
      size = progress.size
      memory.push(residentMegabytes())
    }
    return size
  })
  const [row] = await rowsOf(context.store, {
    name: 'bench/ct-stored',
    text: 'SELECT count() AS rows, uniqExact(ct_entry_index) AS entries, countIf(ct_verified) AS verified FROM certificate_sighting',
  })
  return { whole: rate, stored: row }
})
if (values.dir === undefined) rmSync(directory, { recursive: true, force: true })

async function withStore<T>(work: (context: LogContext) => Promise<T>): Promise<T> {
  const data = mkdtempSync(join(directory, 'data-'))
  const app = openApp(configFrom({ data }, {}))
  const reader = new BundleReader()
  try {
    return await work({ ...(await app.ingestContext({})), ledger: await app.cases(), reader })
  } finally {
    await reader.close()
    await app.close()
    rmSync(data, { recursive: true, force: true })
  }
}

const number = (value: number) => Math.round(value).toLocaleString('en-US')
const middle = memory[Math.floor(memory.length / 2)] ?? 0
const page = `# Benchmarks: logs of Certificate Transparency

<!-- Written by bench/ct/run.ts; a change made here is lost. -->

From packed tiles on the disk through verification into the embedded store, ${number(head.size)} entries of 1.3 KB. Ratios hold from machine to machine,
absolute figures do not.

| | |
|---|---|
| machine | ${cpus()[0]?.model.trim() ?? ''}, ${cpus().length} cores |
| Node.js | ${process.version} |
| load before | ${loadavg()[0]?.toFixed(1) ?? ''} |

| part of the way | entries/s | of the whole |
|---|--:|--:|
| tiles read, unpacked, cut and hashed | ${number(reading)} | ${(reading / whole).toFixed(1)} × |
| and the tree held against the signed head | ${number(verifying)} | ${(verifying / whole).toFixed(1)} × |
| certificates read and described, one thread | ${number(describing)} | ${(describing / whole).toFixed(1)} × |
| what was described, into the store | ${number(storing)} | ${(storing / whole).toFixed(1)} × |
| all of it | ${number(whole)} | 1 |

Stored: ${number(Number(stored?.rows))} rows of ${number(Number(stored?.entries))} entries, ${number(Number(stored?.verified))} of them verified. That is
${(whole / 1500).toFixed(1)} times the 1,500 entries a second that all logs together take, and ${(whole / 10_000).toFixed(2)} times the 10,000 of catching up. A part that
is alone has both cores: the parts share them when they run side by side.

Memory: ${number(middle)} MB resident halfway, ${number(memory.at(-1) ?? 0)} MB at the end, peak ${number(peakMegabytes())} MB.
`
writeFileSync(fileURLToPath(new URL('../../docs/benchmarks-ct.md', import.meta.url)), page)
console.log(page)
