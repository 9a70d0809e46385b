import type { App } from '../app.ts'
import type { Problem } from '../base/index.ts'
import { CountersealError } from '../base/index.ts'
import type { EvidenceFile, Reading } from '../ingest/index.ts'
import { filesUnder, ingestFile, spoolStandardInput } from '../ingest/index.ts'
import { ProgressLine } from './progress.ts'

/** What reading the user's paths came to. */
export type Readings = {
  readonly readings: readonly Reading[]
  /** Paths that could not be read at all, and damage found on the way. */
  readonly problems: readonly Problem[]
}

/**
 * Reads files, directories and `-` (standard input) into the store, one after the other. A file that cannot be opened
 * costs that file. Throws `input/nothing-readable` when there was nothing at all to read.
 */
export async function readPaths(app: App, paths: readonly string[], signal: AbortSignal): Promise<Readings> {
  const problems: Problem[] = []
  const files: EvidenceFile[] = []
  let progress = new ProgressLine(0)
  const context = await app.ingestContext({ signal, onProgress: step => progress.update(step) })
  for (const path of paths) {
    if (path === '-') files.push(await spoolStandardInput(process.stdin, context.spool))
    else for await (const file of filesUnder([path], problems)) files.push(file)
  }
  if (files.length === 0) throw nothingReadable(paths, problems)
  progress = new ProgressLine(files.reduce((sum, file) => sum + file.size, 0))
  const readings: Reading[] = []
  for (const file of files) {
    try {
      const reading = await ingestFile(context, file)
      readings.push(reading)
      problems.push(...reading.problems)
      progress.fileDone(file.path, file.size, reading.records)
    } catch (cause) {
      if (!(cause instanceof CountersealError) || cause.code !== 'input/unreadable') throw cause
      problems.push({ code: cause.code, where: file.path, found: cause.message })
    }
  }
  progress.end()
  if (readings.length === 0) throw nothingReadable(paths, problems)
  return { readings, problems }
}

function nothingReadable(paths: readonly string[], problems: readonly Problem[]): CountersealError {
  const reasons = problems.map(problem => `${problem.where}: ${problem.found}`).slice(0, 3)
  return new CountersealError('input/nothing-readable', {
    message: `Nothing could be read under ${paths.join(', ')}${reasons.length === 0 ? ': there are no files' : ` (${reasons.join('; ')})`}.`,
  })
}
