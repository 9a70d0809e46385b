/**
 * The body of `npm test` (see test.mjs), run once the packages are there: each static step, the build, then vitest.
 * An early failure stops nothing; everything counts. Prints the skips with their reasons, then one closing line.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkout } from './prepare.mjs'
import { buildStep, describeStep, runStep, staticSteps } from './steps.ts'
import { closingLine, noTestRan, type RunnerReport, type Skip, type Tally, tallyOf } from './tally.ts'

const stepResults: boolean[] = []
for (const step of [...staticSteps, buildStep]) {
  const result = await runStep(step)
  console.log(describeStep(result))
  stepResults.push(result.ok)
}

const { tally, skips, durationMs } = runVitest(process.argv.slice(2))
const ranNothing = noTestRan(tally)
console.log(
  `${tally.failed === 0 && !ranNothing ? 'ok  ' : 'FAIL'}  ${'suites'.padEnd(10)} ${(durationMs / 1000).toFixed(1)} s`,
)
if (skips.length > 0) console.log('\nSkipped:')
for (const skip of skips) console.log(`  ${skip.file} > ${skip.name}: ${skip.reason}`)
if (ranNothing) console.log('\nNo test ran, which counts as a failure.')

const total: Tally = {
  passed: tally.passed + stepResults.filter(ok => ok).length,
  failed: tally.failed + stepResults.filter(ok => !ok).length + (ranNothing ? 1 : 0),
  skipped: tally.skipped,
}
console.log(`\n${closingLine(total)}`)
process.exitCode = total.failed > 0 ? 1 : 0

function runVitest(filters: readonly string[]): { tally: Tally; skips: readonly Skip[]; durationMs: number } {
  const started = performance.now()
  const reports = mkdtempSync(join(tmpdir(), 'counterseal-test-'))
  const reportFile = join(reports, 'vitest.json')
  const skipsFile = join(reports, 'skips.json')
  try {
    const args = [
      join('node_modules', 'vitest', 'vitest.mjs'),
      'run',
      // A forgotten `.only` must not quietly pass for the whole.
      '--allowOnly=false',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${reportFile}`,
      `--reporter=./${join('scripts', 'report-skips.ts')}`,
      ...filters,
    ]
    const { status } = spawnSync(process.execPath, args, {
      cwd: checkout,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, COUNTERSEAL_SKIPS_FILE: skipsFile },
    })
    return {
      tally: tallyOf(readJson<RunnerReport>(reportFile), status),
      skips: readJson<readonly Skip[]>(skipsFile) ?? [],
      durationMs: performance.now() - started,
    }
  } finally {
    rmSync(reports, { recursive: true, force: true })
  }
}

/** Absent when vitest ended before it wrote. The type is the word of the reporter that wrote it, in this same run. */
function readJson<T>(path: string): T | undefined {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as T) : undefined
}
