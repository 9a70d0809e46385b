import { relative } from 'node:path'
import type { Reading } from '../ingest/index.ts'
import type { Output } from './output.ts'
import { grouped, noteProblem, printable, styled, table } from './output.ts'
import type { Readings } from './read-paths.ts'

/** What was read, what was not and why. Problems go to stderr; in JSON every reading and problem is a record of its own. */
export function showReadings(output: Output, { readings, problems }: Readings): void {
  if (output.json) {
    for (const reading of readings) output.record({ type: 'reading', ...reading })
    for (const problem of problems) output.record({ type: 'problem', ...problem })
    return
  }
  const read = readings.filter(reading => reading.unknown === undefined)
  const unread = readings.filter(reading => reading.unknown !== undefined)
  output.line(styled(output, 'bold', `Read ${read.length} of ${readings.length} files`))
  const columns = ['file', 'source', 'records', 'stored', 'malformed', 'ignored']
  for (const line of table(columns, [...read.slice(0, shownFiles).map(rowOf), totalOf(read)])) output.line(`  ${line}`)
  showRest(output, read)
  if (unread.length > 0) {
    output.line('')
    output.line(styled(output, 'bold', 'Not read'))
    for (const { path, unknown } of unread.slice(0, shownFiles))
      output.line(`  ${printable(shortPath(path))}: ${printable(unknown ?? '')}`)
    showRest(output, unread)
  }
  if (problems.length > 0) output.note('')
  for (const problem of problems) noteProblem(output, problem)
  output.line('')
}

/** Files that are shown one by one. The total is over all of them. */
const shownFiles = 200

function showRest(output: Output, readings: readonly Reading[]): void {
  const rest = readings.length - shownFiles
  if (rest > 0) output.line(styled(output, 'dim', `  and ${grouped(rest)} more: --json lists them all`))
}

function rowOf(reading: Reading): readonly string[] {
  const { records, stored, malformed, ignored, known } = reading
  const counts = [records, stored, malformed, ignored].map(grouped)
  return [
    shortPath(reading.path),
    `${reading.sources.join(', ')}${known > 0 ? ` (${grouped(known)} known before)` : ''}`,
    ...counts,
  ]
}

function totalOf(readings: readonly Reading[]): readonly string[] {
  const sum = (part: (reading: Reading) => number) =>
    grouped(readings.reduce((total, reading) => total + part(reading), 0))
  return ['total', '', sum(r => r.records), sum(r => r.stored), sum(r => r.malformed), sum(r => r.ignored)]
}

/** As the user would name it from where they stand, when that is shorter. */
export function shortPath(path: string): string {
  const fromHere = relative(process.cwd(), path)
  return fromHere !== '' && fromHere.length < path.length && !fromHere.startsWith('..') ? fromHere : path
}
