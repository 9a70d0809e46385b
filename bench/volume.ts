/**
 * Measures what does not fit into memory, and writes docs/benchmarks-volume.md.
 *
 *   npx tsx bench/volume.ts
 *   npx tsx bench/volume.ts --gigabytes 2 --files 10000 --print
 *
 * --gigabytes N      size of the one large file, in 10^9 bytes (default 20)
 * --files N          number of small files (default 100000)
 * --dir DIRECTORY    where evidence and stores are written; evidence found there is used again (default: temporary)
 * --only TEXT        only measurements whose name contains this
 * --print            print the page instead of writing it
 */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startClickHouseCluster } from '../test/clickhouse-node.ts'
import { manySmallFiles, mixedFile } from './generate/volume.ts'
import type { Limits } from './limits.ts'
import { dropCaches, limitedGroup } from './limits.ts'
import { machine } from './report.ts'
import type { Step, Volume, VolumeJob } from './volume-child.ts'
import { volumePage } from './volume-report.ts'

const { values } = parseArgs({
  options: {
    gigabytes: { type: 'string', default: '20' },
    files: { type: 'string', default: '100000' },
    dir: { type: 'string' },
    only: { type: 'string', default: '' },
    print: { type: 'boolean', default: false },
  },
})
const gigabytes = Number(values.gigabytes)
const directory = values.dir === undefined ? mkdtempSync(join(tmpdir(), 'counterseal-volume-')) : resolve(values.dir)
const scratch = join(directory, 'scratch')
const checkout = fileURLToPath(new URL('..', import.meta.url))
const say = (line: string) => process.stderr.write(`${line}\n`)

/** One measurement; `missing` says why it was not made. */
export type Measurement = {
  readonly name: string
  readonly limit?: string
  readonly steps: readonly Step[]
  readonly load: number
} & ({ readonly volume: Volume } | { readonly missing: string })

type Plan = { readonly name: string; readonly limit?: string; readonly limits?: Limits } & Omit<VolumeJob, 'scratch'>

async function measure({ name, limit, limits, ...job }: Plan): Promise<Measurement> {
  const base = { name, ...(limit === undefined ? {} : { limit }), load: loadavg()[0] ?? 0 }
  const group = limits === undefined ? undefined : limitedGroup(limits)
  if (limits !== undefined && (group === undefined || !dropCaches()))
    return { ...base, steps: [], missing: 'it needs root and control groups of version 1' }
  say(`${name}${limit === undefined ? '' : `, ${limit}`}`)
  const steps: Step[] = []
  const args = ['--import', 'tsx', join('bench', 'volume-child.ts'), JSON.stringify({ ...job, scratch })]
  const child = spawn(process.execPath, args, { cwd: checkout, stdio: ['ignore', 'pipe', 'inherit'] })
  if (child.pid !== undefined) group?.add(child.pid)
  const closed = new Promise<number | null>(done => child.on('close', done))
  let volume: Volume | undefined
  for await (const line of createInterface({ input: child.stdout })) {
    const told = JSON.parse(line) as Step | Volume // printed by volume-child.ts
    if ('peakMegabytes' in told) volume = told
    else {
      steps.push(told)
      say(`  ${(told.bytes / 1e6 / told.seconds).toFixed(1)} MB/s, ${told.residentMegabytes.toFixed(0)} MB resident`)
    }
  }
  const code = await closed
  group?.remove()
  if (volume === undefined) return { ...base, steps, missing: `it ended with ${code}` }
  say(`  ${(volume.bytes / 1e6 / volume.seconds).toFixed(1)} MB/s in all, peak ${volume.peakMegabytes.toFixed(0)} MB`)
  return { ...base, steps, volume }
}

async function* plans(): AsyncGenerator<Plan> {
  const embedded = { environment: {}, step: 1e9 }
  const large = await mixedFile(directory, gigabytes)
  yield { ...embedded, name: `one file of ${gigabytes} GB`, path: large }
  const memoryBytes = 3 * 2 ** 30
  const limit = 'in 3 GiB of memory, page cache included'
  const part = await mixedFile(directory, Math.min(gigabytes, 8))
  yield { ...embedded, name: `one file of ${Math.min(gigabytes, 8)} GB`, limit, limits: { memoryBytes }, path: part }
  const count = Number(values.files)
  const small = manySmallFiles(directory, count, 2000)
  yield { ...embedded, step: 2e7, name: `${count.toLocaleString('en')} files of 2 KB`, path: small }
  const some = await mixedFile(directory, Math.min(gigabytes, 1))
  const read = { path: some, bytesPerSecond: 20e6 }
  yield {
    ...embedded,
    step: 1e8,
    name: '1 GB from a slow disk',
    limit: 'read at 20 MB/s',
    limits: { read },
    path: some,
  }
  yield { ...embedded, name: '1 GB, embedded', path: some }
  const cluster = await startClickHouseCluster(2)
  try {
    const environment = environmentOf(cluster)
    yield { step: 1e9, name: '1 GB, a cluster of two shards on this machine', environment, path: some }
  } finally {
    await cluster.stop()
  }
}

function environmentOf(cluster: Awaited<ReturnType<typeof startClickHouseCluster>>): Record<string, string> {
  const [node] = cluster.nodes
  return {
    COUNTERSEAL_CLICKHOUSE_URL: cluster.nodes.map(({ url }) => url).join(','),
    COUNTERSEAL_CLICKHOUSE_CLUSTER: cluster.name,
    ...(node === undefined
      ? {}
      : { COUNTERSEAL_CLICKHOUSE_USER: node.user, COUNTERSEAL_CLICKHOUSE_PASSWORD: node.password }),
  }
}

try {
  mkdirSync(scratch, { recursive: true })
  const measurements: Measurement[] = []
  for await (const plan of plans())
    if (plan.name.includes(values.only)) {
      statSync(plan.path)
      measurements.push(await measure(plan))
    }
  const page = volumePage(await machine(), measurements)
  if (values.print) process.stdout.write(page)
  else await writeFile(fileURLToPath(new URL('../docs/benchmarks-volume.md', import.meta.url)), page)
} finally {
  rmSync(scratch, { recursive: true, force: true })
  if (values.dir === undefined) rmSync(directory, { recursive: true, force: true })
}
