/**
 * Builds src into dist, when dist is not already the build of these sources.
 *
 *   npm run build
 */
import { ensureBuilt, ensureInstalled, orExit, requireNode } from './prepare.mjs'

orExit(() => {
  requireNode()
  ensureInstalled()
  if (!ensureBuilt()) process.stderr.write('dist is current.\n')
})
