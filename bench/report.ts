import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { openApp } from '../src/app.ts'
import { configFrom } from '../src/config.ts'
import type { Command, Measured } from './measure.ts'
import { median } from './measure.ts'
import type { Job } from './roads.ts'

/** Everything a measuring found, and the page that tells it. */
export type Throughput = {
  readonly subject: string
  readonly chunks: number
  readonly runs: Readonly<Record<Job['road'], readonly Measured[]>>
}

export type Machine = {
  readonly processor: string
  readonly cores: number
  readonly memoryGigabytes: number
  readonly node: string
  readonly engine: string
  readonly commit: string
  readonly date: string
}

export type Report = {
  readonly machine: Machine
  readonly megabytes: number
  readonly repetitions: number
  readonly generated: readonly Throughput[]
  readonly real: readonly Throughput[]
  readonly small?: { readonly files: number; readonly runs: readonly Measured[] }
  readonly examples?: Command
  readonly corpusHunt?: Command
}

/** Issue "House": end to end is at least this part of the engine alone. */
const gate = 0.7

export async function machine(): Promise<Machine> {
  const directory = mkdtempSync(join(tmpdir(), 'counterseal-'))
  const app = openApp(configFrom({ data: directory }))
  const { engine, version } = await (await app.events()).describe()
  await app.close()
  rmSync(directory, { recursive: true, force: true })
  const { chdb } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).optionalDependencies
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGigabytes: Math.round(totalmem() / 1e9),
    node: process.version,
    engine: `${engine} ${chdb}, ClickHouse ${version}`,
    commit: `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain', 'src', 'sources', 'bench') === '' ? '' : ' with changes not committed'}`,
    date: new Date().toISOString().slice(0, 10),
  }
}

function git(...args: readonly string[]): string {
  return spawnSync('git', args, { cwd: new URL('..', import.meta.url), encoding: 'utf8' }).stdout?.trim() ?? ''
}

const speed = (run: Measured) => run.bytes / 1e6 / run.seconds
const fixed = (value: number, digits = 0) => value.toFixed(digits)
const range = (values: readonly number[], digits: number) =>
  `${fixed(Math.min(...values), digits)}–${fixed(Math.max(...values), digits)}`

export function reportPage(report: Report): string {
  const { machine: on } = report
  const parts = [
    `# Benchmarks

<!-- Written by \`npm run bench\`; a change made here is lost. -->

How fast evidence is read, on one machine on one day. Ratios hold from machine to machine; absolute figures do not, and
on a machine that is shared they drift by a factor of two. The load average beside a figure is the machine's over one
minute when its run began; part of it is the run before.

| | |
|---|---|
| processor | ${on.processor}, ${on.cores} cores |
| memory | ${on.memoryGigabytes} GB |
| Node.js | ${on.node} |
| engine | ${on.engine} |
| commit | ${on.commit} |
| date | ${on.date} |`,
    `## Throughput

${report.megabytes} MB (10^6 bytes) of each format, generated with a fixed seed (\`bench/generate/\`): Zeek's conn, dns and ssl logs, one log a file, and a
mixed eve.json of which a tenth is of types that are not read. ${report.repetitions} repetitions, the roads taken in turn, each in a process of its own with a
fresh store. Medians, and the range behind them.

- **end to end** is the product: reading, recognising, cutting, hashing, the ledger, inserting, accounting.
- **engine alone** is the yardstick: the same chunks, cut and on disk before the clock starts, through the same statements
  into the same columns, one after the other. The goal is a ratio of at least ${gate.toFixed(2)}. The ratio by processor
  time compares the seconds of all threads instead of the clock's: other work on the machine hardly moves it.
- **bare mapping** is for information: the columns of the mapping over one typed tuple of a line, without identity, keys,
  hashes, \`extra\`, misfits or the sorting out of bad lines. What lies between it and the engine alone is the price of
  losing nothing.`,
    throughputTable(report.generated),
    runsTable(report.generated),
    report.real.length === 0
      ? 'The same over real logs is measured when `COUNTERSEAL_CORPUS` is set; it was not.'
      : `### Real logs

Zeek's ssl and dns logs of the WRCCDC 2018 capture (\`zed-sample-data\`) and an eve.json of an old Suricata
(\`tenzir-vast-zeek-suricata\`), repeated to the same size.

${throughputTable(report.real)}

${runsTable(report.real)}`,
    otherTable(report),
  ]
  return `${parts.join('\n\n')}\n`
}

function throughputTable(results: readonly Throughput[]): string {
  const lines = results.map(({ subject, chunks, runs }) => {
    const of = (road: Job['road']) => median(runs[road].map(speed))
    const [ours, alone, bare] = [of('end to end'), of('engine alone'), of('bare mapping')]
    const [first] = runs['end to end']
    const rate = ((first?.rows ?? 0) / 1000 / (first?.bytes ?? 1)) * ours * 1e6
    const ratio = ours / alone
    const cpuOf = (road: Job['road']) => median(runs[road].map(run => run.bytes / run.cpuSeconds))
    const cpuRatio = cpuOf('end to end') / cpuOf('engine alone')
    const cells = [
      subject,
      chunks,
      fixed(ours, 1),
      fixed(rate),
      fixed(alone, 1),
      fixed(ratio, 2),
      ratio >= gate ? 'pass' : 'FAIL',
      fixed(cpuRatio, 2),
      fixed(bare, 1),
      fixed(ours / bare, 2),
    ]
    return `| ${cells.join(' | ')} |`
  })
  return `| format | chunks | end to end, MB/s | thousand rows/s | engine alone, MB/s | ratio | ≥ ${gate.toFixed(2)} | by processor time | bare mapping, MB/s | ratio to it |
|---|--:|--:|--:|--:|--:|---|--:|--:|--:|
${lines.join('\n')}`
}

function runsTable(results: readonly Throughput[]): string {
  const lines = results.flatMap(({ subject, runs }) =>
    Object.entries(runs).map(([road, list]) => {
      const cells = [
        subject,
        road,
        range(list.map(speed), 1),
        fixed(median(list.map(run => run.bytes / 1e6 / run.cpuSeconds)), 1),
        list.map(run => fixed(run.load, 1)).join(', '),
      ]
      return `| ${[...cells, fixed(median(list.map(run => run.peakMegabytes)))].join(' | ')} |`
    }),
  )
  return `| format | road | range, MB/s | MB per second of processor | load averages | peak memory, MB |
|---|---|--:|--:|---|--:|
${lines.join('\n')}`
}

function otherTable({ small, examples, corpusHunt }: Report): string {
  if (small === undefined || examples === undefined) return '## Small files and commands\n\nNot measured this time.'
  const perFile = small.runs.map(run => (run.seconds * 1000) / small.files)
  const lines = [
    `| ${small.files} files of 2 KB, per file | ${fixed(median(perFile), 1)} ms (${range(perFile, 1)}) | ${fixed(median(small.runs.map(run => run.peakMegabytes)))} | ${small.runs.map(run => fixed(run.load, 1)).join(', ')} |`,
    `| \`hunt examples\`, the whole command | ${fixed(examples.seconds, 1)} s | ${fixed(examples.peakMegabytes)} | ${fixed(examples.load, 1)} |`,
    corpusHunt === undefined
      ? '| `hunt` over the corpus | not measured: `COUNTERSEAL_CORPUS` is not set | | |'
      : `| \`hunt\` over the corpus | ${fixed(corpusHunt.seconds, 1)} s | ${fixed(corpusHunt.peakMegabytes)} | ${fixed(corpusHunt.load, 1)} |`,
  ]
  return `## Small files and commands

A small file costs statements, not bytes: the engine analyses each one before it reads a line. Half of the files are JSON,
half tab-separated. Commands run from the sources, through tsx, which adds its own start.

| what | time | peak memory, MB | load average |
|---|--:|--:|---|
${lines.join('\n')}`
}
