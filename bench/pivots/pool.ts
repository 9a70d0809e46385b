import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Outcome } from './outcome.ts'
import type { Job, JobResult } from './session.ts'
import type { Answer, Assignment } from './worker.ts'

export type PoolOptions = {
  readonly scale: number
  /** Where worlds are kept between runs. */
  readonly cache: string | undefined
  readonly processes: number
  readonly say: (line: string) => void
  /** For the jobs of all worlds together, shared out evenly; what is not begun by then is left out. */
  readonly jobsMs?: number
}

export type WorldAnswers = {
  readonly seed: number
  /** One for each job; undefined where the time was over. */
  readonly results: readonly (JobResult | undefined)[]
  readonly baselines: Readonly<Record<string, readonly Outcome[]>>
  readonly certificates: number
  readonly owners: number
}

/** Runs the jobs on the world of each seed: a process for each world, so many at a time. In the order of the seeds. */
export async function runJobs(
  seeds: readonly number[],
  jobs: readonly Job[],
  baselines: Assignment['baselines'],
  options: PoolOptions,
): Promise<readonly WorldAnswers[]> {
  const answers: WorldAnswers[] = []
  const waiting = [...seeds.entries()]
  const turns = Math.ceil(seeds.length / options.processes)
  const each = options.jobsMs === undefined ? {} : { jobsMs: options.jobsMs / turns }
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [at, seed] = next
      answers[at] = await runWorld(seed, jobs, baselines, { ...options, ...each })
    }
  }
  await Promise.all(Array.from({ length: Math.min(options.processes, seeds.length) }, work))
  return answers
}

function runWorld(
  seed: number,
  jobs: readonly Job[],
  baselines: Assignment['baselines'],
  { scale, cache, say, jobsMs: each = Number.POSITIVE_INFINITY }: PoolOptions,
): Promise<WorldAnswers> {
  return new Promise((resolve, reject) => {
    const started = performance.now()
    const child = fork(fileURLToPath(new URL('worker.ts', import.meta.url)), [], {
      execArgv: ['--import', 'tsx', '--max-old-space-size=6000'],
      serialization: 'advanced',
    })
    const results: (JobResult | undefined)[] = jobs.map(() => undefined)
    let outcomes: WorldAnswers['baselines'] = {}
    let size = { certificates: 0, owners: 0 }
    let ended = false
    child.on('message', (message: unknown) => {
      const answer = message as Answer // what worker.ts sends
      if (answer.of === 'job') results[answer.number] = answer.result
      else if (answer.of === 'baselines') outcomes = answer.outcomes
      else if (answer.of === 'size') size = { certificates: answer.certificates, owners: answer.owners }
      else ended = true
    })
    child.on('error', reject)
    child.on('close', code => {
      if (!ended) return reject(new Error(`the process of seed ${seed} ended with ${code}`))
      const done = results.filter(result => result !== undefined).length
      say(`seed ${seed}: ${done} of ${jobs.length} jobs in ${((performance.now() - started) / 1000).toFixed(0)} s`)
      resolve({ seed, results, baselines: outcomes, ...size })
    })
    const assignment: Assignment = {
      seed,
      scale,
      cache,
      jobs,
      jobsMs: each,
      ...(baselines === undefined ? {} : { baselines }),
    }
    child.send(assignment)
  })
}
