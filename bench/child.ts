/**
 * One measurement in a process of its own, so that its peak of memory is its own. Reads the path of a job file from the
 * command line and prints what it took as one line of JSON. Run by `run.ts`.
 */
import { readFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { peakMegabytes } from './memory.ts'
import type { Job } from './roads.ts'
import { runJob } from './roads.ts'

const job = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Job // written by run.ts
const [load] = loadavg()
const run = await runJob(job)
process.stdout.write(`${JSON.stringify({ ...run, load, peakMegabytes: peakMegabytes() })}\n`)
