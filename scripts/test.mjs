/**
 * Sets Counterseal up when that is needed, then runs everything that tells whether it is right.
 *
 *   npm test                   types, lint, rooms, generated files, build, all suites
 *   npm test -- src/store      the same, with only the suites whose path contains src/store
 *
 * Ends with one line, `N passed, N failed, N skipped`; exits 1 when anything failed or no test ran.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { checkout, ensureInstalled, orExit, requireNode } from './prepare.mjs'

orExit(() => {
  requireNode()
  ensureInstalled()
})

const suites = ['--import', 'tsx', join('scripts', 'run-suites.ts'), ...process.argv.slice(2)]
const { status } = spawnSync(process.execPath, suites, { cwd: checkout, stdio: ['ignore', 'inherit', 'inherit'] })
process.exitCode = status ?? 1
