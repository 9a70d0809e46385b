/**
 * Follows twenty logs at once for ten minutes while they grow as fast as all logs of the world together, and counts what is missing.
 *
 *   npx tsx bench/ct/tail.ts [--logs 20] [--rate 1500] [--minutes 10]
 *
 * Writes docs/benchmarks-ct-tail.md. Another process serves the logs on loopback; it takes 2 GB.
 */
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openApp } from '../../src/app.ts'
import { configFrom } from '../../src/config.ts'
import type { CtLog } from '../../src/ct/index.ts'
import { httpTransport, rfc6962Log, staticLog, turnstile } from '../../src/ct/index.ts'
import type { LogContext } from '../../src/ingest/index.ts'
import { BundleReader, tailLogs } from '../../src/ingest/index.ts'
import { rowsOf } from '../../src/model/index.ts'
import { peakMegabytes, residentMegabytes } from '../memory.ts'

const { values } = parseArgs({
  options: {
    logs: { type: 'string', default: '20' },
    rate: { type: 'string', default: '1500' },
    minutes: { type: 'string', default: '10' },
  },
})
const [count, rate, minutes] = [Number(values.logs), Number(values.rate), Number(values.minutes)]
const load = loadavg()[0] ?? 0

type Told = {
  readonly url?: string
  readonly logs?: readonly CtLog[]
  readonly sizes?: Readonly<Record<string, number>>
}

const server = fork(
  fileURLToPath(new URL('log-server.ts', import.meta.url)),
  [String(count), String(rate), String(minutes * 60)],
  {
    execArgv: ['--import', import.meta.resolve('tsx')],
  },
)
let sizes: Readonly<Record<string, number>> = {}
const abouts = await new Promise<readonly CtLog[]>((resolve, reject) => {
  server.once('error', reject)
  server.on('message', ({ logs, sizes: now }: Told) => {
    if (logs !== undefined) resolve(logs)
    if (now !== undefined) sizes = now
  })
})
const gate = turnstile({ mostAtOnce: 8 })
const logs = abouts.map(about => {
  const transport = httpTransport(about.monitoring_url, { version: 'bench', turnstile: gate })
  return about.protocol === 'rfc6962' ? rfc6962Log(about, transport) : staticLog(about, transport)
})

const directory = mkdtempSync(join(tmpdir(), 'counterseal-ct-tail-'))
const app = openApp(configFrom({ data: join(directory, 'data') }, {}))
const reader = new BundleReader()
const stop = new AbortController()
const context: LogContext = {
  ...(await app.ingestContext({ signal: stop.signal })),
  ledger: await app.cases(),
  reader,
}
const began = Date.now()
const faults: string[] = []
/** How far each log was read, and where that began. */
const read = new Map<string, number>()
const firsts = new Map<string, number>()
const tail = tailLogs(context, logs, {
  everyMs: 5000,
  patienceMs: 15_000,
  onHead: ({ about }, checked) => {
    if (checked.head !== undefined && !firsts.has(about.log_id)) firsts.set(about.log_id, checked.head.size)
    faults.push(...checked.faults.map(({ code }) => code))
  },
  onProgress: ({ about }, { size, fault }) => {
    read.set(about.log_id, size)
    if (fault !== undefined) faults.push(fault.code)
  },
  onUnreachable: ({ about }, error) => faults.push(`${about.description}: ${error.message}`),
})
tail.catch(() => undefined)

const backlog = () =>
  Object.entries(sizes).reduce((sum, [id, size]) => sum + size - (read.get(id) ?? firsts.get(id) ?? size), 0)

type Sample = { readonly minute: number; readonly backlog: number; readonly memory: number }
const samples: Sample[] = []
let most = 0
for (let nth = 1; nth <= minutes * 12; nth += 1) {
  await wait(5000)
  if (nth > 6) most = Math.max(most, backlog())
  if (nth % 12 === 0) {
    samples.push({ minute: nth / 12, backlog: backlog(), memory: residentMegabytes() })
    console.log(samples.at(-1))
  }
}
// The logs grow no more; what is left is read.
for (let nth = 0; nth < 24 && backlog() > 0; nth += 1) await wait(5000)
const left = backlog()
stop.abort()
await tail
const rows = await rowsOf(await app.events(), {
  name: 'bench/ct-tail',
  text: `SELECT extra['log_id'] AS log_id, count() AS rows, uniqExact(ct_entry_index) AS entries, min(ct_entry_index) AS first,
    max(ct_entry_index) + 1 AS last, countIf(ct_verified) AS verified FROM certificate_sighting WHERE source = 'ct-entry' GROUP BY log_id`,
})
let missing = 0
let total = 0
for (const [id, size] of Object.entries(sizes)) {
  const row = rows.find(({ log_id }) => log_id === id)
  const first = firsts.get(id) ?? size
  total += size - first
  if (Number(row?.rows) !== Number(row?.entries)) faults.push(`${id}: entries twice`)
  missing += size - first - Number(row?.verified ?? 0)
}
await reader.close()
await app.close()
server.disconnect()
rmSync(directory, { recursive: true, force: true })

const number = (value: number) => Math.round(value).toLocaleString('en-US')
const page = `# Benchmarks: following logs of Certificate Transparency

<!-- Written by bench/ct/tail.ts; a change made here is lost. -->

${count} logs on loopback, half of them tiles and half RFC 6962, that together grow by ${number(rate)} entries a second, as all logs of the world do; followed
for ${minutes} minutes with a look every 5 s, where the usual is 5 minutes. The process that serves them runs on the same cores.

| | |
|---|---|
| machine | ${cpus()[0]?.model.trim() ?? ''}, ${cpus().length} cores |
| Node.js | ${process.version} |
| load before | ${load.toFixed(1)} |
| entries that came | ${number(total)} |
| not in the store, or not verified there | ${number(missing)} |
| backlog, most after the first half minute | ${number(most)} entries (${(most / rate).toFixed(1)} s of them; what waits for a look, and for full tiles, is part of it) |
| backlog at the end | ${number(left)} |
| faults, and logs out of reach | ${faults.length === 0 ? 'none' : [...new Set(faults)].slice(0, 5).join('; ')} |
| peak memory | ${number(peakMegabytes())} MB |

| minute | backlog, entries | resident, MB |
|--:|--:|--:|
${samples.map(one => `| ${one.minute} | ${number(one.backlog)} | ${number(one.memory)} |`).join('\n')}

Followed for ${((Date.now() - began) / 60_000).toFixed(1)} minutes.
`
writeFileSync(fileURLToPath(new URL('../../docs/benchmarks-ct-tail.md', import.meta.url)), page)
console.log(page)
