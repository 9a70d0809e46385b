/** Counts a test run from vitest's JSON report, so that nothing that went wrong is counted as nothing. */

/** What we read of vitest's JSON report (4.1). */
export type RunnerReport = {
  readonly testResults: readonly {
    readonly status: 'passed' | 'failed'
    readonly assertionResults: readonly { readonly status: TestStatus }[]
  }[]
}

/** `pending` is a test that never ended, for instance because its process died. */
export type TestStatus = 'passed' | 'failed' | 'skipped' | 'todo' | 'pending' | 'disabled'

export type Tally = { readonly passed: number; readonly failed: number; readonly skipped: number }

/** A test that did not run, and why. Written by report-skips.ts, because the JSON report leaves the reason out. */
export type Skip = { readonly file: string; readonly name: string; readonly reason: string }

/**
 * @param report absent when the runner ended before it wrote one
 * @param exitCode the runner's, null when a signal ended it
 */
export function tallyOf(report: RunnerReport | undefined, exitCode: number | null): Tally {
  let passed = 0
  let failed = 0
  let skipped = 0
  for (const file of report?.testResults ?? []) {
    const failedBefore = failed
    for (const { status } of file.assertionResults) {
      if (status === 'passed') passed++
      else if (status === 'failed' || status === 'pending') failed++
      else skipped++
    }
    // The file itself failed: it does not load, or a hook outside every test threw.
    if (file.status === 'failed' && failed === failedBefore) failed++
  }
  // Something failed that belongs to no file: an error between tests, a lost worker, no file found.
  if (exitCode !== 0 && failed === 0) failed++
  return { passed, failed, skipped }
}

export function noTestRan(tally: Tally): boolean {
  return tally.passed + tally.failed === 0
}

export function closingLine(tally: Tally): string {
  return `${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`
}
