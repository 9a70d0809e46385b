import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Random, randomNamed } from '../bench/corpus-s/random.ts'
import { exceedancesOf, type Settings, type World } from '../bench/rate-model/reference.ts'
import { simulate } from '../bench/rate-model/simulate.ts'
import { defaultHours, storeExceedances } from '../src/baseline/index.ts'
import type { EventStore } from '../src/model/index.ts'
import { rowsOf } from '../src/model/index.ts'
import { openChdbEventStore } from '../src/store/clickhouse/index.ts'

/**
 * The rate model as the product asks it, over invented activity: the simulation of specification T1596.003 §2.1.4 (its
 * acceptance test 4; more seeds and detections in bench/rate-model), and the query against plain loops.
 */
const installed = await import('chdb').then(
  () => true,
  () => false,
)
const absent = 'the optional package chdb is not installed on this platform'
let directory = ''
let store: EventStore | undefined

beforeAll(async () => {
  if (!installed) return
  directory = await mkdtemp(join(tmpdir(), 'counterseal-rates-'))
  store = await openChdbEventStore(join(directory, 'events'))
  await store.migrate()
})
afterAll(async () => {
  await store?.close()
  if (directory !== '') await rm(directory, { recursive: true, force: true })
})

describe('the rate model', () => {
  for (const sources of [40, 400, 4000, 20_000])
    it(`keeps its budget with ${sources} sources, and finds five lookups in an hour of a quiet one`, async context => {
      if (store === undefined) return context.skip(absent)
      const outcome = await simulate(store, sources, { seed: 'test', bursts: [5], directory, workHours: true })
      expect(outcome.falsePerDay).toBeLessThanOrEqual(1)
      expect(outcome.earlyPerDay).toBeLessThanOrEqual(1)
      expect(outcome.quiet.get(5)).toBeGreaterThanOrEqual(0.95)
    })

  it('finds what plain loops over hours find, in thirty invented worlds', async context => {
    if (store === undefined) return context.skip(absent)
    let found = 0
    for (let world = 0; world < 30; world += 1) found += await compareInWorld(store, world)
    expect(found).toBeGreaterThan(50)
  })
})

async function compareInWorld(events: EventStore, seed: number): Promise<number> {
  const random = randomNamed(`worlds/${seed}`)
  const settings: Settings = {
    floor: random.whole(1, 5),
    budget: random.pick([1, 5, 100]),
    historyDays: random.pick([28, 10]),
    learningDays: random.pick([7, 3]),
    leastPeers: 8,
  }
  const world = worldOf(random)
  const expected = exceedancesOf(world, settings)
  const rows = await asked(events, `world-${seed}`, world, settings)
  const named = (entity: string, day: number) => `${String(day).padStart(2, '0')} ${entity}`
  expect(rows.map(({ entity, day }) => named(entity, day))).toEqual(
    expected.map(({ entity, day }) => named(entity, day)),
  )
  for (const [nth, { tails }] of expected.entries()) {
    expect(rows[nth]?.hours).toEqual([...tails.keys()])
    for (const [at, tail] of [...tails.values()].entries())
      expect(Math.log10(rows[nth]?.tails[at] ?? 0)).toBeCloseTo(Math.log10(tail), 4)
  }
  return expected.length
}

/**
 * Some thirty entities in networks large and small, of which some come late, with days and nights without telemetry. In some
 * worlds the sensor was on in work hours alone at first, so that the first night has no night before it.
 */
function worldOf(random: Random): World {
  const days = random.whole(12, 36)
  const dark = new Set(Array.from({ length: days }, (_, day) => day).filter(() => random.chance(0.08)))
  const office = random.chance(0.4) ? random.whole(5, days - 1) : 0
  const isWork = (hour: number) => Math.floor(hour / 24) % 7 < 5 && hour % 24 >= 7 && hour % 24 < 19
  const observed = new Set(
    Array.from({ length: days * 24 }, (_, hour) => hour).filter(
      hour =>
        !dark.has(Math.floor(hour / 24)) && random.chance(0.9) && (Math.floor(hour / 24) >= office || isWork(hour)),
    ),
  )
  const counts = new Map<string, Map<number, number>>()
  const present = new Map<string, Set<number>>()
  for (const [network, size] of [random.whole(8, 20), random.whole(7, 9), random.whole(1, 7)].entries())
    for (let host = 1; host <= size; host += 1) {
      const entity = `10.0.${network}.${host}`
      const first = random.chance(0.3) ? random.whole(0, days - 1) : 0
      const rate = random.pick([0, 0.001, 0.01, 0.3, 2])
      const hours = new Map<number, number>()
      for (const hour of observed) {
        if (hour < first * 24) continue
        const mean = random.chance(0.05) ? rate * 8 : rate
        const count = Math.floor(-Math.log(1 - random.next()) * mean + random.next() * 0.5)
        const burst = random.chance(0.005) ? random.whole(1, 30) : 0
        if (count + burst > 0) hours.set(hour, count + burst)
      }
      if (hours.size > 0) counts.set(entity, hours)
      const seen = [...observed].map(hour => Math.floor(hour / 24)).filter(day => day >= first && random.chance(0.2))
      const active = [...hours.keys()].map(hour => Math.floor(hour / 24))
      if (seen.length + active.length > 0) present.set(entity, new Set([...seen, ...active]))
    }
  return { days, counts, present, observed }
}

/** A Monday. */
const start = Date.UTC(2026, 0, 5) / 1000

async function asked(events: EventStore, family: string, world: World, settings: Settings) {
  const { counts, present, observed } = world
  const activity = [...counts].flatMap(([entity, hours]) =>
    [...hours].map(([hour, count]) => `${entity}\t${hour}\t${count}`),
  )
  // An hour at which telemetry was there is told once, without a name; a presence is told at the first such hour of its day.
  const masks = [...observed].map(hour => `\t${Math.floor(hour / 24)}\t${hour % 24}`)
  const seen = [...present].flatMap(([entity, days]) =>
    [...days].map(day => `${entity}\t${day}\t${[...observed].filter(hour => Math.floor(hour / 24) === day)[0] ?? 0}`),
  )
  await fill(events, family, insertActivity, activity)
  await fill(events, family, insertPresence, [
    ...masks,
    ...seen.map(line => line.replace(/\d+$/, hour => String(Number(hour) % 24))),
  ])
  await storeExceedances(events, family, {
    family,
    revision: 'r',
    categories: [{ name: 'all', floor: settings.floor }],
    budget: settings.budget,
    learning_days: settings.learningDays,
    history_days: settings.historyDays,
    least_peers: settings.leastPeers,
    hours: defaultHours,
  })
  const text = `SELECT entity, toUInt32(day - toDate(toDateTime({start:UInt32}, 'UTC'))) AS day, hours.tail AS tails,
  arrayMap(hour -> intDiv(toUnixTimestamp(hour) - {start:UInt32}, 3600), hours.hour) AS hours
FROM rate_exceedance WHERE snapshot = {snapshot:String} ORDER BY day, entity`
  const rows = await rowsOf(events, { name: 'test', text }, { params: { snapshot: family, start } })
  return rows.map(row => ({
    entity: String(row.entity),
    day: Number(row.day),
    hours: (row.hours as number[]).map(Number), // Array(UInt32)
    tails: row.tails as number[], // Array(Float64)
  }))
}

async function fill(events: EventStore, family: string, text: string, lines: readonly string[]): Promise<void> {
  const path = join(directory, 'lines')
  await writeFile(path, lines.map(line => `${line}\n`).join(''))
  const chunk = await events.stageChunk(path)
  const inserted = events.insert({ name: 'test', text }, { chunk, params: { family, start } })
  await inserted.finally(() => chunk.release())
}

const insertActivity = `INSERT INTO activity (family, revision, category, hour, entity, members, first)
SELECT {family:String}, 'r', 'all', toDateTime(toUInt32({start:UInt32} + toUInt32OrZero(c[2]) * 3600), 'UTC'), c[1],
  arrayMap(n -> sipHash64(n), range(toUInt32OrZero(c[3]))), (toDateTime64(0, 6, 'UTC'), toFixedString('', 16), '', 0)
FROM (SELECT splitByChar('\\t', line) AS c FROM {{chunk}})`

const insertPresence = `INSERT INTO activity_presence (family, revision, day, entity, hours)
SELECT {family:String}, 'r', toDate(toDateTime({start:UInt32}, 'UTC')) + toIntervalDay(toUInt32OrZero(c[2])), c[1], bitShiftLeft(toUInt32(1), toUInt8OrZero(c[3]))
FROM (SELECT splitByChar('\\t', line) AS c FROM {{chunk}})`
