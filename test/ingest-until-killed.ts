/**
 * Reads evidence into a data directory through the product, and kills itself with SIGKILL in the middle of an insertion.
 * Run by exactly-once.test.ts as a process of its own. The job comes as JSON on the command line; `-` among the paths is
 * standard input. Prints one line of JSON: what ended it, or that it came to its end.
 */
import { writeSync } from 'node:fs'
import { openApp } from '../src/app.ts'
import type { Problem } from '../src/base/index.ts'
import { CountersealError } from '../src/base/index.ts'
import { configFrom } from '../src/config.ts'
import type { IngestLimits } from '../src/ingest/index.ts'
import { evidenceUnder, ingest, spoolStandardInput } from '../src/ingest/index.ts'
import type { EventStore } from '../src/model/index.ts'

export type Job = {
  readonly data: string
  readonly paths: readonly string[]
  readonly limits: Partial<IngestLimits>
  /** Die so many milliseconds into an insertion, from the `after`th on; the first that lasts so long. Absent: live. */
  /** Forget this insertion, counted from 1, and say it was done: as an engine does that remembers a token without its rows. */
  readonly forget?: number
  readonly death?: { readonly after: number; readonly delayMs: number }
}

const job = JSON.parse(process.argv[2] ?? '') as Job // written by the test
const say = (line: Record<string, unknown>) => writeSync(1, `${JSON.stringify(line)}\n`)

/** The same store, which dies inside an insertion. The engine inserts on threads of its own: this one is free to kill. */
function mortal(store: EventStore, { after, delayMs }: NonNullable<Job['death']>): EventStore {
  let insertions = 0
  return {
    ...store,
    insert: async (sql, options) => {
      insertions += 1
      const die = () => {
        say({ died: typeof sql === 'string' ? sql : sql.name, insertion: insertions, delayMs })
        process.kill(process.pid, 'SIGKILL')
      }
      const timer = insertions > after ? setTimeout(die, delayMs) : undefined
      try {
        await store.insert(sql, options)
      } finally {
        clearTimeout(timer)
      }
    },
  }
}

/** The same store, which takes one insertion for done. */
function forgetful(store: EventStore, nth: number): EventStore {
  let insertions = 0
  return {
    ...store,
    insert: async (sql, options) => {
      insertions += 1
      if (insertions !== nth) await store.insert(sql, options)
    },
  }
}

const app = openApp(configFrom({ data: job.data }))
const context = await app.ingestContext({})
const alive = job.forget === undefined ? context.store : forgetful(context.store, job.forget)
const store = job.death === undefined ? alive : mortal(alive, job.death)
const problems: Problem[] = []
async function* evidence() {
  for (const path of job.paths) {
    if (path !== '-') yield* evidenceUnder([path], problems, { spool: context.spool })
    else
      for await (const one of evidenceUnder([(await spoolStandardInput(process.stdin, context.spool)).path], problems))
        yield { ...one, mayGrow: false }
  }
}
const limits = { ...context.limits, ...job.limits }
let [readings, known, stored, records] = [0, 0, 0, 0]
try {
  for await (const reading of ingest({ ...context, store, limits }, evidence(), problems)) {
    readings += 1
    known += reading.known
    stored += reading.stored
    records += reading.records
    problems.push(...reading.problems)
  }
  say({ ended: true, readings, records, known, stored, problems })
} catch (cause) {
  if (!(cause instanceof CountersealError)) throw cause
  say({ failed: cause.code })
}
await app.close()
