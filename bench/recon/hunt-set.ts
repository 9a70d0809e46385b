import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { App } from '../../src/app.ts'
import { openApp } from '../../src/app.ts'
import { huntThrough } from '../../src/cli/hunt-through.ts'
import { configFrom } from '../../src/config.ts'
import { dictionaryStatement } from '../../src/mapping/index.ts'
import type { Verdict } from '../../src/model/index.ts'
import { randomFrom } from '../generate/random.ts'
import type { Placed } from './attack-sessions.ts'
import { attacksOf, drawn, placed } from './attack-sessions.ts'
import type { BenignSet, Extent } from './benign-traffic.ts'
import { extentOf, networkKinds, readSet, repeatBefore, retime, sayWritten } from './benign-traffic.ts'

/** What a hunt says of one set, as much as the page tells. */
export type Told = {
  readonly detection_id: string
  readonly verdict: Verdict
  readonly score: number
  readonly summary: string
  readonly values: readonly string[]
  readonly first_seen: string
  readonly last_seen: string
}

export type HuntedSet = {
  readonly name: string
  readonly sessions: number
  readonly cold: HuntOutcome
  readonly warm: HuntOutcome
  readonly places: readonly { readonly seed: number; readonly attacks: readonly AttackOutcome[] }[]
}

export type HuntOutcome = {
  readonly findings: readonly Told[]
  readonly evaluable: number
  readonly detections: number
}

export type AttackOutcome = { readonly detection_id: string; readonly name: string; readonly found: boolean }

export const warmDays = 28

export async function huntSet(corpus: string, set: BenignSet, seeds: readonly number[]): Promise<HuntedSet> {
  const [cold, extent] = await inFreshStore(async app => {
    await readSet(app, corpus, set)
    await retime(await app.events())
    return [await huntOnce(app), await extentOf(await app.events())] as const
  })
  const warm = await inFreshStore(async app => {
    await readSet(app, corpus, set)
    await retime(await app.events())
    await repeatBefore(await app.events(), warmDays)
    return since(await huntOnce(app), extent)
  })
  const places: HuntedSet['places'][number][] = []
  for (const seed of seeds) places.push({ seed, attacks: await huntWithAttacks(corpus, set, extent, seed) })
  return { name: set.name, sessions: extent.sessions, cold, warm, places }
}

async function huntWithAttacks(
  corpus: string,
  set: BenignSet,
  extent: Extent,
  seed: number,
): Promise<readonly AttackOutcome[]> {
  return await inFreshStore(async app => {
    const random = randomFrom(seed)
    await readSet(app, corpus, set)
    await retime(await app.events())
    await repeatBefore(await app.events(), warmDays)
    const known = attacksOf(app.detections().filter(({ analytic }) => analytic === 'T1596.003'))
    const attacks = drawn(known, random).map(attack => placed(attack, extent, random))
    await insertEvents(
      app,
      attacks.flatMap(({ events }) => events),
    )
    const { findings } = await huntOnce(app)
    return attacks.map(attack => ({
      detection_id: attack.detection_id,
      name: attack.name,
      found: findings.some(finding => isOf(finding, attack)),
    }))
  })
}

/** A finding of the detection, about an address of the attack, whose time is that of the attack or has it within. */
function isOf(finding: Told, attack: Placed): boolean {
  const [from, to] = [Date.parse(finding.first_seen), Date.parse(finding.last_seen)]
  const meets = from <= attack.last.getTime() + 1000 && to >= attack.first.getTime() - 1000
  const addresses = [...attack.addresses]
  return (
    finding.detection_id === attack.detection_id &&
    meets &&
    (addresses.length === 0 ||
      addresses.some(address => finding.values.includes(address) || finding.summary.includes(address)))
  )
}

function since({ findings, ...rest }: HuntOutcome, { first }: Extent): HuntOutcome {
  return { ...rest, findings: findings.filter(({ last_seen }) => Date.parse(last_seen) >= first.getTime()) }
}

async function huntOnce(app: App): Promise<HuntOutcome> {
  const { answers } = await huntThrough(app, new AbortController().signal, 'T1596.003')
  return {
    detections: answers.length,
    evaluable: answers.filter(({ answer }) => answer !== 'unknown').length,
    findings: answers.flatMap(({ findings }) =>
      findings.map(({ detection_id, verdict, score, summary, entities, first_seen, last_seen }) => ({
        detection_id,
        verdict,
        score,
        summary,
        values: entities.map(({ value }) => value),
        first_seen,
        last_seen,
      })),
    ),
  }
}

async function insertEvents(app: App, events: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
  const store = await app.events()
  const path = join(app.data, 'tmp-attack')
  writeFileSync(path, events.map(event => `${JSON.stringify(event)}\n`).join(''))
  const chunk = await store.stageChunk(path)
  const place = { evidence_id: 'attack', first_record: 0, sequence: 9_000_000_000, byte_offset: 0 }
  for (const kind of networkKinds) {
    const { sql, params } = dictionaryStatement(kind, place)
    await store.insert(sql, { params, chunk, token: `attack/${kind}` })
  }
  await chunk.release()
  await sayWritten(store)
}

async function inFreshStore<T>(work: (app: App) => Promise<T>): Promise<T> {
  const data = mkdtempSync(join(tmpdir(), 'counterseal-recon-'))
  const app = openApp(configFrom({ data }, {}))
  try {
    return await work(app)
  } finally {
    await app.close()
    rmSync(data, { recursive: true, force: true })
  }
}
