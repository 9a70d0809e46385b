/**
 * What T1596.003 finds in real traffic that is benign, without a past and with one of 28 days, and how many attack sessions it finds
 * in that traffic at seeded places.
 *
 *   npx tsx bench/recon/run.ts CORPUS [--keep FILE] [--from FILE] [--only TEXT] [--places N]
 *
 * Writes its part of docs/detection-results.md. A finding that somebody should look at and nobody explained in readings.ts ends it with
 * exit code 1, and so do attack sessions of which less than nine in ten are found.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { benignSets } from './benign-traffic.ts'
import type { HuntedSet } from './hunt-set.ts'
import { huntSet } from './hunt-set.ts'
import { faultsIn, sectionOf, withSection } from './page.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    keep: { type: 'string' },
    from: { type: 'string' },
    only: { type: 'string' },
    places: { type: 'string', default: '20' },
  },
})
const [corpus = ''] = positionals
const results: readonly HuntedSet[] =
  values.from === undefined ? await hunted() : JSON.parse(readFileSync(values.from, 'utf8'))
if (values.keep !== undefined) writeFileSync(values.keep, `${JSON.stringify(results, undefined, 1)}\n`)
if (values.only === undefined && values.keep === undefined) {
  const page = fileURLToPath(new URL('../../docs/detection-results.md', import.meta.url))
  writeFileSync(page, withSection(readFileSync(page, 'utf8'), sectionOf(results)))
}
for (const fault of faultsIn(results)) {
  console.log(fault)
  process.exitCode = 1
}

async function hunted(): Promise<readonly HuntedSet[]> {
  const seeds = Array.from({ length: Number(values.places) }, (_, nth) => nth + 1)
  const found: HuntedSet[] = []
  for (const set of benignSets.filter(({ name }) => name.includes(values.only ?? ''))) {
    const began = performance.now()
    const one = await huntSet(corpus, set, seeds)
    found.push(one)
    const seconds = ((performance.now() - began) / 1000).toFixed(0)
    console.error(
      `${seconds} s  ${set.name}: ${one.sessions} sessions, ${one.cold.findings.length} findings cold, ${one.warm.findings.length} warm`,
    )
  }
  return found
}
