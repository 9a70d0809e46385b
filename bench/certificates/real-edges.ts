/**
 * Every edge between owners that a pivot claims over real certificates: what an analyst would be told about the corpus.
 *
 *   npx tsx bench/certificates/real-edges.ts CORPUS [--from 0.6]
 *
 * Reads the certificates, CT data and network logs of the corpus into a store, pivots one hop from each certificate, and
 * prints each pair of owner groups that is claimed to be one operator's at least so surely, as a Markdown table. What it
 * prints is read by a person, who writes the reasons into docs/detection-results.md.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openApp } from '../../src/app.ts'
import type { Problem } from '../../src/base/index.ts'
import { configFrom } from '../../src/config.ts'
import { evidenceUnder, ingest } from '../../src/ingest/index.ts'
import { rowsOf } from '../../src/model/index.ts'
import type { IndexedCertificate } from '../../src/pivots/index.ts'
import { compileRules, defaultSettings, operatorRelations, pivot } from '../../src/pivots/index.ts'
import { certificateIndex, countFrequencies, labelOf, ruleCatalogues } from '../../src/search/index.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { from: { type: 'string', default: '0.6' } },
})
const [corpus = ''] = positionals
const from = Number(values.from)
const data = mkdtempSync(join(tmpdir(), 'counterseal-real-edges-'))
const app = openApp(configFrom({ data }))
try {
  const context = await app.ingestContext({})
  const problems: Problem[] = []
  const paths = ['certs', 'ct', 'network'].map(below => join(corpus, below)).filter(path => existsSync(path))
  for await (const reading of ingest(context, evidenceUnder(paths, problems, { spool: context.spool }), problems))
    void reading
  const store = await app.events()
  const snapshot = await countFrequencies(store, { now: new Date() })
  const index = await certificateIndex(store)
  if (index === undefined) throw new Error('frequencies were just counted')
  const entries = app.intel().catalogues.flatMap(one => (ruleCatalogues.includes(one.catalogue) ? one.entries : []))
  const rules = compileRules(entries, new Date())
  const ids = await rowsOf(store, {
    name: 'certificates',
    text: 'SELECT DISTINCT lower(hex(certificate_id)) AS id FROM certificate ORDER BY id',
  })
  console.log(`${ids.length} certificates of ${snapshot.owners} owners.\n`)
  console.log('| confidence | relation | one | other | what is shared |\n|---|---|---|---|---|')
  const told = new Set<string>()
  for (const { id } of ids) {
    const { seeds, leads } = await pivot(index, [String(id)], rules, defaultSettings, { hops: 1 })
    const [seed] = seeds
    if (seed === undefined) continue
    for (const { certificate, confidence, edge } of leads) {
      if (confidence < from || !operatorRelations.has(edge.relation)) continue
      if (certificate.owner_group === seed.certificate.owner_group) continue
      const pair = [seed.certificate.certificate_id, certificate.certificate_id].sort().join(' ')
      if (told.has(pair)) continue
      told.add(pair)
      const shared = edge.contributions
        .filter(({ counted }) => counted)
        .map(({ attribute, value, owners }) => `${attribute} ${value.slice(0, 40)} (${owners})`)
      const cells = [
        confidence.toFixed(2),
        edge.relation,
        nameOf(seed.certificate),
        nameOf(certificate),
        shared.join('; '),
      ]
      console.log(`| ${cells.map(cell => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`)
    }
  }
  console.log(`\n${told.size} pairs.`)
} finally {
  await app.close()
  rmSync(data, { recursive: true, force: true })
}

function nameOf(certificate: IndexedCertificate): string {
  return `${labelOf(certificate).slice(0, 60)} (${certificate.certificate_id.slice(0, 8)})`
}
