/**
 * A vitest reporter that writes each skipped test with its reason to the file named by COUNTERSEAL_SKIPS_FILE.
 * Vitest's JSON report (4.1) counts skips but leaves out the note given to `ctx.skip('…')`.
 */
import { writeFileSync } from 'node:fs'
import type { Reporter, TestModule } from 'vitest/node'
import type { Skip } from './tally.ts'

export default class SkipReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const path = process.env.COUNTERSEAL_SKIPS_FILE
    if (path !== undefined) writeFileSync(path, JSON.stringify(modules.flatMap(skipsOf)))
  }
}

function skipsOf(module: TestModule): Skip[] {
  return [...module.children.allTests('skipped')].map(test => {
    const result = test.result()
    const note = result.state === 'skipped' ? result.note : undefined
    const reason = test.options.mode === 'todo' ? 'to do' : (note ?? "no reason given; say it with ctx.skip('…')")
    return { file: module.relativeModuleId, name: test.fullName, reason }
  })
}
