import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { rowsOf } from '../../src/model/index.ts'
import type { CorpusRow } from './corpus-rows.ts'
import type { Found, Hunted } from './hunt-fresh.ts'
import { huntIn, inFreshStore, readInto } from './hunt-fresh.ts'
import type { Scene } from './rehost.ts'
import { rehosted } from './rehost.ts'

export type HuntedRow = CorpusRow & Hunted

/** An attack among the events of a recording, and what is found in both. */
export type Pairing = {
  readonly attack: string
  readonly background: string
  /** Where the attack was put. */
  readonly computer: string
  readonly at: string
  readonly records: number
  /** Records that could not be written anew. */
  readonly left_out: number
  readonly findings: readonly Found[]
}

/** All recordings and all attacks in one store. */
export type AllTogether = {
  readonly recordings: number
  readonly attacks: number
  readonly windows_events: number
  readonly before: readonly Found[]
  readonly after: readonly Found[]
}

/** A recording is a background when it has so many events: an attack has to be found among something. */
const fewestEvents = 1_000

/** Each attack in a recording of its own, at a host and a time of it. The n-th attack gets the n-th recording. */
export async function pairings(corpus: string, rows: readonly HuntedRow[]): Promise<readonly Pairing[]> {
  const backgrounds = recordingsIn(rows).filter(({ windows_events }) => windows_events >= fewestEvents)
  const found: Pairing[] = []
  for (const [nth, { path: attack }] of attacksIn(rows).entries()) {
    const background = backgrounds[nth % backgrounds.length]?.path
    if (background === undefined) return []
    found.push(
      await inFreshStore(async app => {
        await readInto(app, [join(corpus, background)])
        const scene = await busiestScene(app, nth)
        const put = await withLog(corpus, attack, scene, path => readInto(app, [path]))
        const { findings } = await huntIn(app)
        return { attack, background, computer: scene.computer, at: timeText(scene.begin), ...put, findings }
      }),
    )
    console.error(`${attack} in ${background}: ${found.at(-1)?.findings.map(({ verdict }) => verdict)}`)
  }
  return found
}

export async function allTogether(corpus: string, rows: readonly HuntedRow[]): Promise<AllTogether | undefined> {
  const recordings = recordingsIn(rows)
  const attacks = attacksIn(rows)
  if (recordings.length === 0 || attacks.length === 0) return undefined
  return inFreshStore(async app => {
    await readInto(
      app,
      recordings.map(({ path }) => join(corpus, path)),
    )
    const { findings: before } = await huntIn(app)
    for (const [nth, { path }] of attacks.entries())
      await withLog(corpus, path, await busiestScene(app, nth), log => readInto(app, [log]))
    const { findings: after, windows_events } = await huntIn(app)
    return { recordings: recordings.length, attacks: attacks.length, windows_events, before, after }
  })
}

function recordingsIn(rows: readonly HuntedRow[]): readonly HuntedRow[] {
  return rows.filter(({ path, windows_events }) => path.startsWith('windows/otrf-json/') && windows_events > 0)
}

function attacksIn(rows: readonly HuntedRow[]): readonly HuntedRow[] {
  return rows.filter(
    ({ path, kind, windows_events }) => kind === 'trust' && path.endsWith('.evtx') && windows_events > 0,
  )
}

/** The host with the most events but for those before it, in the middle of what it says. */
async function busiestScene(app: Parameters<Parameters<typeof inFreshStore>[0]>[0], nth: number): Promise<Scene> {
  const hosts = await rowsOf(await app.events(), {
    name: 'scenes',
    text: `SELECT host_name, toUnixTimestamp64Micro(quantileExact(0.5)(event_time)) AS micros
      FROM windows_event WHERE host_name != '' GROUP BY host_name ORDER BY count() DESC, host_name LIMIT 20`,
  })
  const host = hosts[nth % Math.max(1, hosts.length)]
  return { computer: String(host?.host_name), begin: (BigInt(String(host?.micros)) + epochMicros) * 10n }
}

/** From 1601 to 1970. */
const epochMicros = 11_644_473_600_000_000n

function timeText(time: bigint): string {
  return new Date(Number(time / 10_000n - epochMicros / 1000n)).toISOString().slice(0, 19)
}

async function withLog(corpus: string, attack: string, scene: Scene, work: (path: string) => Promise<unknown>) {
  const directory = mkdtempSync(join(tmpdir(), 'counterseal-rehosted-'))
  try {
    const { bytes, records, left_out } = rehosted(readFileSync(join(corpus, attack)), scene)
    const path = join(directory, basename(attack))
    writeFileSync(path, bytes)
    await work(path)
    return { records, left_out }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
