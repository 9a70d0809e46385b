import type { Problem } from '../base/index.ts'
import { CountersealError } from '../base/index.ts'
import type { Evidence } from '../ingest/index.ts'
import { evidenceInStream, evidenceUnder, looksLikeEventLog } from '../ingest/index.ts'
import type { DumpOptions } from './dump-log.ts'
import { dumpLog } from './dump-log.ts'
import type { Output } from './output.ts'
import { grouped, noteProblem } from './output.ts'
import { TextStream } from './text-stream.ts'

type Options = DumpOptions & {
  readonly output: Output
  /** Problems and the closing line as JSON lines. */
  readonly problemsAsJson: boolean
}

export type DumpedPaths = {
  readonly logs: number
  readonly records: number
  readonly problems: number
  /** Nobody reads what is printed any more. */
  readonly isCutOff: boolean
}

/**
 * Prints the events of all logs under the paths, in files, archives and standard input. What is no event log is passed
 * over: of a directory it is counted, and what was named is told. Holds a chunk of one log at a time.
 */
export async function dumpPaths(paths: readonly string[], options: Options): Promise<DumpedPaths> {
  const { output, problemsAsJson, form } = options
  const out = new TextStream(process.stdout)
  let [logs, records, problems, others] = [0, 0, 0, 0]
  const tell = (problem: Problem) => {
    problems += 1
    if (problemsAsJson) output.note(JSON.stringify({ type: 'problem', ...problem }))
    else noteProblem(output, problem)
  }
  const dump = async (evidence: Evidence): Promise<void> => {
    const stream = await evidence.open()
    const log = await eventLogIn(stream.bytes)
    if (log === undefined) {
      others += 1
      if (paths.includes(evidence.path))
        tell({ code: 'evtx/file-magic', where: evidence.path, expected: 'an event log' })
      return
    }
    logs += 1
    for await (const { text, ...read } of dumpLog(log, options)) {
      records += read.records
      for (const problem of read.problems) tell(within(evidence.path, problem))
      if (text !== '') await out.write(text)
      if (out.isCutOff) return
    }
    for (const problem of stream.problems.splice(0)) tell(problem)
  }
  const found: Problem[] = []
  if (form === 'xml') await out.write('<?xml version="1.0" encoding="utf-8"?>\n<Events>\n')
  try {
    for await (const evidence of evidenceIn(paths, found)) {
      try {
        await dump(evidence)
      } catch (cause) {
        if (!(cause instanceof CountersealError) || cause.code !== 'input/unreadable') throw cause
        tell({ code: cause.code, where: evidence.path, found: cause.message })
      }
      if (out.isCutOff) break
      for (const problem of found.splice(0)) tell(problem)
    }
  } finally {
    for (const problem of found.splice(0)) tell(problem)
  }
  if (form === 'xml') await out.write('</Events>\n')
  out.end()
  if (!out.isCutOff) {
    const told = `${counted(records, 'record')} in ${counted(logs, 'log')}, ${counted(problems, 'problem')}`
    const passed = others === 0 ? '' : `; passed over ${counted(others, 'file')} without an event log`
    if (problemsAsJson) output.note(JSON.stringify({ type: 'summary', logs, records, problems, passed_over: others }))
    else output.note(told + passed)
  }
  return { logs, records, problems, isCutOff: out.isCutOff }
}

async function* evidenceIn(paths: readonly string[], problems: Problem[]): AsyncGenerator<Evidence> {
  for (const path of paths)
    yield* path === '-' ? evidenceInStream(process.stdin, '-', problems) : evidenceUnder([path], problems)
}

function counted(count: number, what: string): string {
  return `${grouped(count)} ${what}${count === 1 ? '' : 's'}`
}

function within(path: string, problem: Problem): Problem {
  return { ...problem, where: problem.where === undefined ? path : `${path}, ${problem.where}` }
}

/** The same bytes again when they are those of an event log. */
async function eventLogIn(bytes: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array> | undefined> {
  const iterator = bytes[Symbol.asyncIterator]()
  const start: Uint8Array[] = []
  for (let length = 0; length < longEnough; ) {
    const next = await iterator.next()
    if (next.done === true) break
    start.push(next.value)
    length += next.value.length
  }
  if (!looksLikeEventLog(Buffer.concat(start))) {
    await iterator.return?.()
    return undefined
  }
  return (async function* () {
    try {
      yield* start
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value
    } finally {
      await iterator.return?.()
    }
  })()
}

/** The header of a file, and the first octets of a chunk. */
const longEnough = 8192
