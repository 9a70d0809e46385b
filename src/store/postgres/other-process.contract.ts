import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Order, Report } from './holder.contract.ts'

/** The parent's side of holder.contract.ts. */
export type OtherProcess = {
  readonly pid: number
  /** Gives an order and resolves with the next report. */
  readonly tell: (order: Order) => Promise<Report>
  /** Resolves with the next report. */
  readonly hear: () => Promise<Report>
  /** `kill -9`; resolves when the process is gone. */
  readonly kill: () => Promise<void>
  /** The exit code when it has ended by itself. */
  readonly ended: Promise<number | null>
}

/** Reports in the order they came, for whoever asks next. After the end there is only the end. */
function reportsOf(child: ChildProcess): () => Promise<Report> {
  const unheard: Report[] = []
  const waiting: ((report: Report) => void)[] = []
  const arrive = (report: Report) => {
    const next = waiting.shift()
    if (next === undefined) unheard.push(report)
    else next(report)
  }
  child.on('message', arrive)
  child.on('exit', () => {
    for (const _ of [...waiting]) arrive({ said: 'ended' })
  })
  return () =>
    new Promise(resolve => {
      const report = unheard.shift()
      if (report !== undefined) resolve(report)
      else if (child.exitCode !== null || child.signalCode !== null) resolve({ said: 'ended' })
      else waiting.push(resolve)
    })
}

export async function startOtherProcess(): Promise<OtherProcess> {
  const program = fileURLToPath(new URL('./holder.contract.ts', import.meta.url))
  const child = fork(program, [], { execArgv: ['--import', import.meta.resolve('tsx')] })
  const ended = once(child, 'exit').then(([code]) => code)
  const hear = reportsOf(child)
  await hear()
  return {
    // A process that has reported has an id.
    pid: child.pid ?? 0,
    tell: order => {
      child.send(order)
      return hear()
    },
    hear,
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
    ended,
  }
}
