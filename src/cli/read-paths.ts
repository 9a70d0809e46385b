import type { App } from '../app.ts'
import type { Problem } from '../base/index.ts'
import { CountersealError } from '../base/index.ts'
import type { Evidence, Reading } from '../ingest/index.ts'
import { evidenceUnder, ingest, sizeUnder, spoolStandardInput } from '../ingest/index.ts'
import { ProgressLine } from './progress.ts'

/** What reading the user's paths came to. */
export type Readings = {
  readonly readings: readonly Reading[]
  /** Paths that could not be read at all, and damage found on the way. */
  readonly problems: readonly Problem[]
}

/**
 * Reads files, directories, archives and `-` (standard input) into the store. What cannot be opened costs itself alone.
 * Throws `input/nothing-readable` when there was nothing at all to read.
 */
export async function readPaths(app: App, paths: readonly string[], signal: AbortSignal): Promise<Readings> {
  const problems: Problem[] = []
  const tally = { diskBytes: 0 }
  const progress = new ProgressLine(tally)
  const context = await app.ingestContext({ signal, onProgress: step => progress.update(step) })
  const onDisk = paths.filter(path => path !== '-')
  const counted = sizeUnder(onDisk, signal).then(bytes => progress.expect(bytes))
  async function* evidence(): AsyncGenerator<Evidence> {
    const options = { tally, spool: context.spool, signal }
    for (const path of paths) {
      if (path !== '-') {
        yield* evidenceUnder([path], problems, options)
        continue
      }
      const spooled = await spoolStandardInput(process.stdin, context.spool)
      progress.expect(spooled.size)
      // Standard input has ended: a last line without a newline is as whole as it will be.
      for await (const one of evidenceUnder([spooled.path], problems, options)) yield { ...one, mayGrow: false }
    }
  }
  const readings: Reading[] = []
  try {
    for await (const reading of ingest(context, evidence(), problems)) {
      readings.push(reading)
      problems.push(...reading.problems)
      progress.done(reading)
    }
  } finally {
    progress.end()
    await counted
  }
  if (readings.length === 0) throw nothingReadable(paths, problems)
  return { readings, problems }
}

function nothingReadable(paths: readonly string[], problems: readonly Problem[]): CountersealError {
  const reasons = problems.map(problem => `${problem.where}: ${problem.found}`).slice(0, 3)
  return new CountersealError('input/nothing-readable', {
    message: `Nothing could be read under ${paths.join(', ')}${reasons.length === 0 ? ': there are no files' : ` (${reasons.join('; ')})`}.`,
  })
}
