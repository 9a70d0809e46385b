/**
 * What AN1246 finds in each row of the public corpus, each in a fresh store, and once more with the attacks among the
 * recordings of OTRF.
 *
 *   npx tsx bench/an1246/run.ts CORPUS [--keep FILE] [--from FILE] [--only TEXT]
 *
 * Writes docs/detection-results.md, but for the part of bench/recon. What each review rests on stands in readings.ts, by whoever read it; one that nobody
 * explained, and an alert in benign material, ends it with exit code 1. --keep writes what was found as JSON
 * and no page, --from takes it from there instead of hunting, --only hunts the rows whose path contains the text.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { sectionIn } from '../recon/page.ts'
import { corpusRows } from './corpus-rows.ts'
import { huntFresh } from './hunt-fresh.ts'
import type { Results } from './page.ts'
import { faultsIn, pageOf } from './page.ts'
import { allTogether, pairings } from './scenes.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { keep: { type: 'string' }, from: { type: 'string' }, only: { type: 'string' } },
})
const [corpus = ''] = positionals
const page = fileURLToPath(new URL('../../docs/detection-results.md', import.meta.url))
const results = values.from === undefined ? await hunted() : keptIn(values.from)
if (values.keep !== undefined) writeFileSync(values.keep, `${JSON.stringify(results, undefined, 1)}\n`)
if (values.only === undefined && values.keep === undefined)
  writeFileSync(page, pageOf(results) + sectionIn(readFileSync(page, 'utf8')))
for (const fault of faultsIn(results)) {
  console.log(fault)
  process.exitCode = 1
}

/** What was found then, with what the manifest says of the rows now. */
function keptIn(file: string): Results {
  const kept: Results = JSON.parse(readFileSync(file, 'utf8'))
  const rows = new Map(corpusRows(corpus).map(row => [row.path, row]))
  return { ...kept, alone: kept.alone.map(one => ({ ...one, ...rows.get(one.path) })) }
}

async function hunted(): Promise<Results> {
  const rows = corpusRows(corpus).filter(({ path }) => path.includes(values.only ?? ''))
  const alone: Results['alone'][number][] = []
  for (const row of rows) {
    const began = performance.now()
    const found = await huntFresh([join(corpus, row.path)])
    alone.push({ ...row, ...found })
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    console.error(`${seconds} s  ${row.path}: ${found.windows_events} events, ${found.findings.length} findings`)
  }
  return { alone, together: await pairings(corpus, alone), all: await allTogether(corpus, alone) }
}
