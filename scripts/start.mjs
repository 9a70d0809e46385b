/**
 * Sets Counterseal up when that is needed, then hunts.
 *
 *   npm start                     hunts through examples/
 *   npm start -- PATH…            hunts through those paths
 *   npm start -- PATH… --json     options go to `counterseal hunt` (see its --help)
 *
 * The CLI runs in this very process, so its exit code, its signals and its standard input are the real ones.
 */
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { checkout, ensureBuilt, ensureInstalled, orExit, requireNode } from './prepare.mjs'

/** Options of `hunt` whose next argument is their value and so not a path to hunt through. */
const takesValue = new Set(['--data', '--fail-on', '--sources', '--detections', '--intel', '--local-network'])

orExit(() => {
  requireNode()
  ensureInstalled()
  ensureBuilt()
})

// Paths mean what they mean where the command was typed; npm itself has moved to the checkout.
process.chdir(process.env.INIT_CWD ?? process.cwd())
const given = process.argv.slice(2)
const namesPath = given.some((argument, at) => !argument.startsWith('-') && !takesValue.has(given[at - 1] ?? ''))
const readsStdin = given.includes('-')
const paths = namesPath || readsStdin ? [] : [`${relative(process.cwd(), join(checkout, 'examples'))}/`]
const main = join(checkout, 'dist', 'cli', 'main.js')
process.argv = [process.execPath, main, 'hunt', ...paths, ...given]
await import(pathToFileURL(main).href)
