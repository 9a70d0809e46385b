/** One world in a process of its own: the parent sends an {@link Assignment}, and gets an {@link Answer} for each job. */
import { baselineNames } from './baselines.ts'
import type { Outcome } from './outcome.ts'
import { type Job, type JobResult, openSession } from './session.ts'
import { openWorld } from './world-cache.ts'

export type Assignment = {
  readonly seed: number
  readonly scale: number
  readonly cache: string | undefined
  readonly jobs: readonly Job[]
  /** Absent: none. Otherwise over so many seeds of each pack. */
  readonly baselines?: { readonly perPack: number }
  /** Of this world, counted from when it is ready; jobs after that are not begun. */
  readonly jobsMs: number
}

export type Answer =
  | { readonly of: 'job'; readonly number: number; readonly result: JobResult }
  | { readonly of: 'baselines'; readonly outcomes: Readonly<Record<string, readonly Outcome[]>> }
  | { readonly of: 'size'; readonly certificates: number; readonly owners: number }
  | { readonly of: 'end' }

function send(answer: Answer): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send?.(answer, undefined, {}, error => (error === null ? resolve() : reject(error)))
  })
}

process.once('message', async (message: unknown) => {
  const { seed, scale, cache, jobs, baselines, jobsMs } = message as Assignment // what pool.ts sends
  const world = openWorld(seed, scale, cache)
  const owners = new Set(world.entries.map(({ owner }) => owner)).size
  await send({ of: 'size', certificates: world.certificates.length, owners })
  const session = openSession(world)
  if (baselines !== undefined) {
    const all = session.baselines(baselines.perPack)
    await send({ of: 'baselines', outcomes: Object.fromEntries(baselineNames.map(name => [name, all[name]])) })
  }
  const ready = performance.now()
  for (const [number, job] of jobs.entries()) {
    if (performance.now() - ready > jobsMs) break
    await send({ of: 'job', number, result: await session.run(job) })
  }
  await send({ of: 'end' })
  process.disconnect()
})
