/**
 * Measures what does not fit into memory, and writes docs/benchmarks-volume.md.
 *
 *   npx tsx bench/volume.ts
 *   npx tsx bench/volume.ts --gigabytes 2 --files 10000 --print
 *
 * --gigabytes N      size of the one large file, in 10^9 bytes (default 20)
 * --files N          number of small files (default 100000)
 * --dir DIRECTORY    where evidence and stores are written; evidence found there is used again (default: temporary)
 * --only TEXT        only measurements whose name contains this; of the others what an earlier run in DIRECTORY found
 * --print            print the page instead of writing it
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
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

type Plan = {
  readonly name: string
  readonly limit?: string
  readonly limits?: (path: string) => Limits
  /** Makes the evidence, unless it is there. */
  readonly make: () => Promise<string>
  readonly step: number
  /** Starts what the stores need, and gives their settings. */
  readonly servers?: () => Promise<{ readonly environment: Record<string, string>; stop(): Promise<void> }>
}

async function measure(plan: Plan): Promise<Measurement> {
  const path = await plan.make()
  const servers = await plan.servers?.()
  try {
    const limits = plan.limits?.(path)
    return await measureJob(plan, limits, { path, step: plan.step, environment: servers?.environment ?? {} })
  } finally {
    await servers?.stop()
  }
}

async function measureJob(
  { name, limit }: Plan,
  limits: Limits | undefined,
  job: Omit<VolumeJob, 'scratch'>,
): Promise<Measurement> {
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

const steps = { large: 1e9, small: 1e8 }
const count = Number(values.files)
const plans: readonly Plan[] = [
  { name: `one file of ${gigabytes} GB`, make: () => mixedFile(directory, gigabytes), step: steps.large },
  {
    name: 'one file of 2 GB',
    limit: 'in 1.5 GiB of memory, page cache included',
    limits: () => ({ memoryBytes: 1.5 * 2 ** 30 }),
    make: () => mixedFile(directory, 2),
    step: 2 * steps.small,
  },
  {
    name: `${count.toLocaleString('en')} files of 2 KB`,
    make: async () => manySmallFiles(directory, count, 2000),
    step: 2e7,
  },
  {
    name: 'one file of 1 GB from a slow disk',
    limit: 'read at 10 MB/s',
    limits: path => ({ read: { path, bytesPerSecond: 10e6 } }),
    make: () => mixedFile(directory, 1),
    step: steps.small,
  },
  { name: 'one file of 1 GB, embedded', make: () => mixedFile(directory, 1), step: steps.small },
  {
    name: 'one file of 1 GB, a server on this machine',
    make: () => mixedFile(directory, 1),
    step: steps.small,
    servers: () => nodes(1),
  },
  {
    name: 'one file of 1 GB, a cluster of two shards on this machine',
    make: () => mixedFile(directory, 1),
    step: steps.small,
    servers: () => nodes(2),
  },
]

async function nodes(shards: number): Promise<{ environment: Record<string, string>; stop(): Promise<void> }> {
  const cluster = await startClickHouseCluster(shards)
  return { environment: environmentOf(cluster), stop: () => cluster.stop() }
}

function environmentOf(cluster: Awaited<ReturnType<typeof startClickHouseCluster>>): Record<string, string> {
  const [node] = cluster.nodes
  return {
    COUNTERSEAL_CLICKHOUSE_URL: cluster.nodes.map(({ url }) => url).join(','),
    ...(cluster.nodes.length > 1 ? { COUNTERSEAL_CLICKHOUSE_CLUSTER: cluster.name } : {}),
    ...(node === undefined
      ? {}
      : { COUNTERSEAL_CLICKHOUSE_USER: node.user, COUNTERSEAL_CLICKHOUSE_PASSWORD: node.password }),
  }
}

/** Kept beside the evidence, so that one measurement can be repeated without the others. */
async function kept(plan: Plan): Promise<Measurement | undefined> {
  const file = join(
    directory,
    'measurements',
    `${plan.name.replaceAll(/[^a-z0-9]+/gi, '-')}${plan.limit === undefined ? '' : '-limited'}.json`,
  )
  if (plan.name.includes(values.only)) {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, JSON.stringify(await measure(plan)))
  }
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Measurement) : undefined // written here
}

try {
  mkdirSync(scratch, { recursive: true })
  const measurements: Measurement[] = []
  for (const plan of plans) measurements.push(...[await kept(plan)].filter(one => one !== undefined))
  const page = volumePage(await machine(), measurements)
  if (values.print) process.stdout.write(page)
  else await writeFile(fileURLToPath(new URL('../docs/benchmarks-volume.md', import.meta.url)), page)
} finally {
  rmSync(scratch, { recursive: true, force: true })
  if (values.dir === undefined) rmSync(directory, { recursive: true, force: true })
}
