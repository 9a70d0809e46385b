/**
 * Every edge between owners that a pivot claims over real certificates: what an analyst would be told about the corpus.
 *
 *   npx tsx bench/certificates/real-edges.ts CORPUS [--from 0.6] [--print]
 *
 * Reads the certificates, CT data and network logs of the corpus into a store, pivots one hop from each certificate, and
 * groups the pairs of owner groups that are claimed to be one operator's by the value that says most. Writes
 * docs/pivot-results.md; why each group is so stands in real-edges-read.ts, by whoever read it. --print prints the
 * page, with more of each group, for reading.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openApp } from '../../src/app.ts'
import type { Problem } from '../../src/base/index.ts'
import { configFrom } from '../../src/config.ts'
import { evidenceUnder, ingest } from '../../src/ingest/index.ts'
import { type EventStore, rowsOf } from '../../src/model/index.ts'
import type { HostSighting, IndexedCertificate, PivotIndex } from '../../src/pivots/index.ts'
import {
  compileRules,
  defaultLearnSettings,
  defaultSettings,
  gatherFeatures,
  learnSuppressions,
  type MemoryIndex,
  memoryIndex,
  operatorRelations,
  pivot,
} from '../../src/pivots/index.ts'
import { certificateIndex, countFrequencies, ruleCatalogues } from '../../src/search/index.ts'
import { addPair, type EdgeGroup } from './edge-groups.ts'
import { pageOfEdges } from './real-edges-page.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { from: { type: 'string', default: '0.6' }, print: { type: 'boolean', default: false } },
})
const [corpus = ''] = positionals
const from = Number(values.from)
/** Certificates read together. */
const atOnce = 500
const data = mkdtempSync(join(tmpdir(), 'counterseal-real-edges-'))
const app = openApp(configFrom({ data }))
try {
  const context = await app.ingestContext({})
  const problems: Problem[] = []
  const paths = ['certs', 'ct', 'network'].map(below => join(corpus, below)).filter(path => existsSync(path))
  for await (const reading of ingest(context, evidenceUnder(paths, problems, { spool: context.spool }), problems))
    void reading
  const entries = app.intel().catalogues.flatMap(one => (ruleCatalogues.includes(one.catalogue) ? one.entries : []))
  const rules = compileRules(entries, new Date())
  const { index, certificates } = await inMemory(await app.events())
  const groups = new Map<string, EdgeGroup>()
  const told = new Set<string>()
  for (const { certificate_id } of certificates) {
    const { seeds, leads } = await pivot(index, [certificate_id], rules, defaultSettings, { hops: 1 })
    const [seed] = seeds
    if (seed === undefined) continue
    for (const lead of leads) {
      if (lead.confidence < from || !operatorRelations.has(lead.edge.relation)) continue
      if (lead.certificate.owner_group === seed.certificate.owner_group) continue
      const pair = [seed.certificate.certificate_id, lead.certificate.certificate_id].sort().join(' ')
      if (!told.has(pair)) addPair(groups, seed.certificate, lead)
      told.add(pair)
    }
  }
  const page = pageOfEdges([...groups.values()], {
    certificates: certificates.length,
    owners: index.snapshot.owners,
    from,
    long: values.print,
  })
  if (values.print) process.stdout.write(page)
  else await writeFile(fileURLToPath(new URL('../../docs/pivot-results.md', import.meta.url)), page)
} finally {
  await app.close()
  rmSync(data, { recursive: true, force: true })
}

/** Two thousand pivots ask the store ten times each; in memory they take seconds. */
async function inMemory(
  store: EventStore,
): Promise<{ readonly index: MemoryIndex; readonly certificates: readonly IndexedCertificate[] }> {
  await countFrequencies(store, { now: new Date() })
  const index = await certificateIndex(store)
  if (index === undefined) throw new Error('frequencies were just counted')
  const rows = await rowsOf(store, {
    name: 'certificates',
    text: 'SELECT DISTINCT lower(hex(certificate_id)) AS id FROM certificate ORDER BY id',
  })
  const known = new Map<string, IndexedCertificate>()
  const hosts: HostSighting[] = []
  for (let at = 0; at < rows.length; at += atOnce) {
    const ids = rows.slice(at, at + atOnce).map(({ id }) => String(id))
    for (const one of (await index.certificates(ids)).values()) known.set(one.certificate_id, one)
    hosts.push(...(await index.hosts(ids, defaultSettings.addresses)))
  }
  const certificates = [...known.values()]
  const memory = memoryIndex(certificates, { hosts })
  return { index: memory.withLearned(await learnedOf(memory)), certificates }
}

async function learnedOf(index: MemoryIndex & PivotIndex) {
  const features = await gatherFeatures(index, index.shared, defaultLearnSettings)
  return learnSuppressions(features, { settings: defaultLearnSettings, snapshot: index.snapshot.id, now: new Date() })
}
