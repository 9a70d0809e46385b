/**
 * Measures reading evidence and writes docs/benchmarks.md.
 *
 *   npm run bench
 *   npm run bench -- --size 64 --repetitions 3 --only tsv --print
 *   COUNTERSEAL_CORPUS=../shared/corpus npm run bench
 *
 * --size MB          bytes of evidence per format, in 10^6 (default 256: several chunks of every file)
 * --repetitions N    of every road, alternating (default 5)
 * --dir DIRECTORY    where evidence and stores are written; evidence found there is used again (default: temporary)
 * --only TEXT        only formats whose name contains this, and no small files and no commands
 * --print            print the page instead of writing it
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { shipped } from '../src/config.ts'
import { loadSources } from '../src/mapping/index.ts'
import { cutSubject } from './chunk-files.ts'
import { generatedSubjects, smallFiles } from './generate/files.ts'
import type { Command, Measured } from './measure.ts'
import { measure, measureCommand, median } from './measure.ts'
import { realSubjects } from './real-evidence.ts'
import type { Report, Throughput } from './report.ts'
import { machine, reportPage } from './report.ts'
import type { Job } from './roads.ts'
import type { Subject } from './subject.ts'

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '256' },
    repetitions: { type: 'string', default: '5' },
    dir: { type: 'string' },
    only: { type: 'string' },
    print: { type: 'boolean', default: false },
  },
})
const megabytes = Number(values.size)
const repetitions = Number(values.repetitions)
const directory = values.dir === undefined ? mkdtempSync(join(tmpdir(), 'counterseal-bench-')) : resolve(values.dir)
const scratch = join(directory, 'scratch')
const corpus = process.env.COUNTERSEAL_CORPUS === undefined ? undefined : resolve(process.env.COUNTERSEAL_CORPUS)
const wanted = ({ name }: Subject) => name.toLowerCase().includes((values.only ?? '').toLowerCase())
const say = (line: string) => process.stderr.write(`${line}\n`)

async function throughputOf(subject: Subject): Promise<Throughput> {
  const chunks = await cutSubject(subject, loadSources([shipped('sources')]), join(directory, 'chunks'))
  const roads: readonly Job[] = [
    { road: 'end to end', scratch, files: subject.files },
    { road: 'engine alone', scratch, chunks },
    { road: 'bare mapping', scratch, chunks },
  ]
  const runs: Record<Job['road'], Measured[]> = { 'end to end': [], 'engine alone': [], 'bare mapping': [] }
  for (let n = 0; n < repetitions; n += 1)
    for (const job of roads) {
      const run = await measure(job)
      runs[job.road].push(run)
      say(
        `${subject.name.padEnd(13)} ${job.road.padEnd(13)} ${(run.bytes / 1e6 / run.seconds).toFixed(1).padStart(6)} MB/s  ${(run.bytes / 1e6 / run.cpuSeconds).toFixed(1).padStart(6)} MB/cpu-s  load ${run.load.toFixed(2)}  peak ${run.peakMegabytes.toFixed(0)} MB`,
      )
    }
  const rows = new Set(Object.values(runs).flatMap(list => list.map(run => run.rows)))
  if (rows.size !== 1)
    throw new Error(`${subject.name}: the roads stored different numbers of rows: ${[...rows].join(', ')}`)
  return { subject: subject.name, chunks: chunks.length, runs }
}

async function repeated(times: number, work: () => Promise<Command>): Promise<Command> {
  const runs: Command[] = []
  for (let n = 0; n < times; n += 1) runs.push(await work())
  const middle = median(runs.map(run => run.seconds))
  return runs.find(run => run.seconds === middle) as Command // the median is one of them
}

async function measureAll(): Promise<Report> {
  const generated: Throughput[] = []
  const real: Throughput[] = []
  for (const subject of (await generatedSubjects(join(directory, 'generated'), megabytes)).filter(wanted))
    generated.push(await throughputOf(subject))
  if (corpus !== undefined)
    for (const subject of (await realSubjects(corpus, join(directory, 'real'), megabytes)).filter(wanted))
      real.push(await throughputOf(subject))
  const base = { machine: await machine(), megabytes, repetitions, generated, real }
  if (values.only !== undefined) return base
  const files = smallFiles(join(directory, 'small'), 300, 2000)
  const small: Measured[] = []
  for (let n = 0; n < repetitions; n += 1) small.push(await measure({ road: 'end to end', scratch, files }))
  const hunt = (path: string) => () => measureCommand(scratch, [join('src', 'cli', 'main.ts'), 'hunt', path, '--json'])
  const examples = await repeated(repetitions, hunt(shipped('examples')))
  const corpusHunt = corpus === undefined ? {} : { corpusHunt: await hunt(corpus)() }
  return { ...base, small: { files: files.length, runs: small }, examples, ...corpusHunt }
}

try {
  const page = reportPage(await measureAll())
  if (values.print) process.stdout.write(page)
  else {
    await writeFile(fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url)), page)
    say('docs/benchmarks.md is written')
  }
} finally {
  rmSync(scratch, { recursive: true, force: true })
  rmSync(join(directory, 'chunks'), { recursive: true, force: true })
  if (values.dir === undefined) rmSync(directory, { recursive: true, force: true })
}
