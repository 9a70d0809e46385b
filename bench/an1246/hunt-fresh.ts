import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { App } from '../../src/app.ts'
import { openApp } from '../../src/app.ts'
import type { Problem } from '../../src/base/index.ts'
import { huntThrough } from '../../src/cli/hunt-through.ts'
import { configFrom } from '../../src/config.ts'
import { evidenceUnder, ingest } from '../../src/ingest/index.ts'
import type { Finding, Verdict } from '../../src/model/index.ts'
import { rowsOf } from '../../src/model/index.ts'

/** A finding, as much as the page says of it. */
export type Found = {
  readonly verdict: Verdict
  readonly score: number
  /** Classes that were observed. */
  readonly classes: readonly string[]
  readonly rules: readonly string[]
  readonly techniques: readonly string[]
  readonly hosts: readonly string[]
  readonly summary: string
  readonly detections: readonly string[]
  readonly first_seen: string
}

export type Hunted = {
  readonly stored: number
  /** Rows that AN1246 looks at. */
  readonly windows_events: number
  /** The most urgent first. */
  readonly findings: readonly Found[]
}

/** What AN1246 finds in these paths, each group of which is read in its order into one store of its own. */
export async function huntFresh(paths: readonly string[]): Promise<Hunted> {
  return inFreshStore(async app => {
    const stored = await readInto(app, paths)
    return { ...(await huntIn(app)), stored }
  })
}

export async function inFreshStore<T>(work: (app: App) => Promise<T>): Promise<T> {
  const data = mkdtempSync(join(tmpdir(), 'counterseal-an1246-'))
  const app = openApp(configFrom({ data }, {}))
  try {
    return await work(app)
  } finally {
    await app.close()
    rmSync(data, { recursive: true, force: true })
  }
}

/** Returns how many records were stored. */
export async function readInto(app: App, paths: readonly string[]): Promise<number> {
  const context = await app.ingestContext({})
  const problems: Problem[] = []
  let stored = 0
  for await (const reading of ingest(context, evidenceUnder(paths, problems, { spool: context.spool }), problems))
    stored += reading.stored
  return stored
}

export async function huntIn(app: App): Promise<Omit<Hunted, 'stored'>> {
  const [counted] = await rowsOf(await app.events(), { name: 'count', text: 'SELECT count() AS n FROM windows_event' })
  const windows_events = Number(counted?.n)
  if (windows_events === 0) return { windows_events, findings: [] }
  const { answers, cases } = await huntThrough(app, new AbortController().signal, 'AN1246')
  return { windows_events, findings: [...cases, ...answers].flatMap(({ findings }) => findings).map(foundOf) }
}

function foundOf(finding: Finding): Found {
  const { verdict, score, techniques, entities, summary, correlation, first_seen } = finding
  return {
    verdict,
    score,
    classes: correlation?.classes.flatMap(one => (one.state === 'observed' ? one.class : [])) ?? [],
    rules: correlation?.standalone.map(({ rule }) => rule) ?? [],
    techniques: techniques.map(({ id }) => id),
    hosts: entities.flatMap(({ kind, value }) => (kind === 'host_name' ? value : [])),
    summary,
    detections: [...new Set(correlation?.observations.map(({ detection_id }) => detection_id) ?? [])],
    first_seen,
  }
}
