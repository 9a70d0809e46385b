/**
 * Millions of certificates: how fast they are read into the embedded store, what they take on the disk, and how soon a
 * pivot and a search answer over all of them.
 *
 *   npx tsx bench/certificates/run.ts [--count 5000000] [--dir DIR] [--keep] [--no-load] [--no-count]
 *
 * Certificates are made before the clock runs, a bundle at a time; reading counts from PEM to rows on disk. Prints
 * Markdown. 200,000 take a minute and 0.5 GB; five million half an hour, 11 GB, and as much again while they are merged.
 * With --no-load and --no-count it asks again in a DIR that was kept.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Problem } from '../../src/base/index.ts'
import type { Evidence, IngestContext } from '../../src/ingest/index.ts'
import { defaultIngestLimits, ingest, Sequence } from '../../src/ingest/index.ts'
import { loadSource } from '../../src/mapping/index.ts'
import { rowsOf } from '../../src/model/index.ts'
import { certificateIndex, countFrequencies } from '../../src/search/index.ts'
import { openChdbEventStore } from '../../src/store/clickhouse/index.ts'
import { makeCertificates } from './make-certificates.ts'
import { measurePivots, measureSearches } from './questions.ts'

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '5000000' },
    dir: { type: 'string' },
    keep: { type: 'boolean', default: false },
    'no-load': { type: 'boolean', default: false },
    'no-count': { type: 'boolean', default: false },
  },
})
const count = Number(values.count)
const directory = values.dir ?? mkdtempSync(join(tmpdir(), 'counterseal-certificates-'))
/** Certificates in a bundle: some 30 MB of PEM. */
const perBundle = 20_000
const domains = Math.max(1000, Math.floor(count / 2.5))

const store = await openChdbEventStore(join(directory, 'events'))
await store.migrate()
const context: IngestContext = {
  store,
  sources: [loadSource(new URL('../../sources/certificate-file', import.meta.url).pathname)],
  sequence: await Sequence.of(store),
  tmp: made('tmp'),
  spool: made('spool'),
  localRanges: [],
  limits: defaultIngestLimits,
}

console.log(`${count} certificates, ${cpus().length} cores, Node ${process.version}\n`)
if (!values['no-load']) await load()
await sizes()
if (!values['no-count']) await countAll()
const index = await certificateIndex(store)
if (index === undefined) throw new Error('no snapshot')
console.log(await measurePivots(store, index))
console.log(await measureSearches(store, domains))
console.log(`Memory at the end: ${Math.round(process.memoryUsage.rss() / 2 ** 20)} MiB resident`)
await store.close()
if (!values.keep && values.dir === undefined) rmSync(directory, { recursive: true, force: true })

async function countAll(): Promise<void> {
  const started = performance.now()
  const snapshot = await countFrequencies(store, {
    now: new Date(),
    onStep: step => console.error(((performance.now() - started) / 1000).toFixed(1), step),
  })
  console.log(`Frequencies: ${((performance.now() - started) / 1000).toFixed(1)} s, ${snapshot.owners} owners`)
}

function made(name: string): string {
  const path = join(directory, name)
  mkdirSync(path, { recursive: true })
  return path
}

async function load(): Promise<void> {
  const certificate = makeCertificates(1)
  let spent = 0
  let bytes = 0
  const bundles = Math.ceil(count / perBundle)
  /** Bundles that are handed over together: reading one overlaps with storing another, as with any directory of files. */
  const together = 10
  for (let first = 0; first < bundles; first += together) {
    const contents = Array.from({ length: Math.min(together, bundles - first) }, () => {
      const pem: string[] = []
      for (let nth = 0; nth < perBundle; nth += 1) {
        const der = certificate(domains)
        bytes += der.length
        pem.push(`-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`)
      }
      return Buffer.from(pem.join(''))
    })
    const problems: Problem[] = []
    const began = performance.now()
    for await (const reading of ingest(context, evidenceOf(contents, first), problems))
      if (reading.stored !== perBundle) throw new Error(`${reading.path}: ${reading.stored} stored`)
    spent += performance.now() - began
    if (problems.length > 0) throw new Error(JSON.stringify(problems[0]))
    if (first % 50 === 0)
      console.error(
        `${(first + together) * perBundle} at ${Math.round(((first + contents.length) * perBundle) / (spent / 1000))}/s`,
      )
  }
  const rate = Math.round((bundles * perBundle) / (spent / 1000))
  console.log(
    `Load: ${(spent / 1000).toFixed(1)} s, ${rate} certificates/s, ${Math.round(bytes / 1e6 / (spent / 1000))} MB/s of DER`,
  )
}

async function* evidenceOf(contents: readonly Buffer[], first: number): AsyncGenerator<Evidence> {
  for (const [nth, content] of contents.entries()) {
    async function* once(): AsyncGenerator<Uint8Array> {
      yield content
    }
    yield {
      path: `bundle-${first + nth}.pem`,
      mayGrow: false,
      size: content.length,
      open: async () => ({ bytes: once(), problems: [] }),
    }
  }
}

async function sizes(): Promise<void> {
  const text =
    "SELECT table, sum(rows) AS rows, sum(bytes_on_disk) AS bytes FROM system.parts WHERE active AND database = currentDatabase() AND table LIKE 'certificate%' GROUP BY table ORDER BY bytes DESC"
  const rows = await rowsOf(store, { name: 'sizes', text })
  const total = rows.reduce((sum, { bytes }) => sum + Number(bytes), 0)
  console.log(`\n| table | rows | bytes a certificate |\n|---|---|---|`)
  for (const { table, rows: lines, bytes } of rows)
    console.log(`| ${table} | ${lines} | ${Math.round(Number(bytes) / count)} |`)
  console.log(`| all | | ${Math.round(total / count)} |\n`)
}
