import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { defaultHours, settings, storeExceedances } from '../../src/baseline/index.ts'
import type { EventStore, Params } from '../../src/model/index.ts'
import { rowsOf } from '../../src/model/index.ts'
import { type Random, randomNamed } from '../corpus-s/random.ts'

/**
 * The simulation of specification T1596.003 §2.1.4 over the product itself: invented activity of a population is put into
 * a store, and rate-exceedances.sql, the query of the product, is asked about it.
 *
 * Of the sources 0.5 % use the services regularly (gamma 1.5 an hour), 4.5 % sometimes, and the others almost never. An
 * hour's mean varies exponentially, and is four times as high in 5 % of all hours. Fourteen days of history, ten days
 * that are asked about, and one more with a burst on every source.
 */
export type Outcome = {
  readonly sources: number
  /** In the ten days. */
  readonly falsePerDay: number
  /** In days 8 to 14, when it has just stopped learning. */
  readonly earlyPerDay: number
  /** The threshold of p on the last day. */
  readonly threshold: number
  /** By size of the burst: share that is found of those who almost never use the services. */
  readonly quiet: ReadonlyMap<number, number>
  /** The same of regular users; undefined where there are none. */
  readonly regular: ReadonlyMap<number, number | undefined>
  /** For one query over all days. */
  readonly seconds: number
}

export type SimulationOptions = {
  readonly seed: string
  /** Of the burst, in an hour. */
  readonly bursts: readonly number[]
  /** A directory for chunk files. */
  readonly directory: string
  /** False: one bucket for all hours, as the script of the specification has it. */
  readonly workHours: boolean
}

const historyDays = 14
const testDays = 10
const days = historyDays + testDays + 1
/** A Monday. */
const start = Date.UTC(2026, 0, 5) / 1000

const insertActivity = `INSERT INTO activity (family, revision, category, hour, entity, members, first)
SELECT {family:String}, {revision:String}, 'all', toDateTime(toUInt32({start:UInt32} + toUInt32OrZero(c[2]) * 3600), 'UTC'), c[1],
  arrayMap(n -> sipHash64(n), range(toUInt32OrZero(c[3]))), (toDateTime64(0, 6, 'UTC'), toFixedString('', 16), '', 0)
FROM (SELECT splitByChar('\\t', line) AS c FROM {{chunk}})`

const insertPresence = `INSERT INTO activity_presence (family, revision, day, entity, hours)
SELECT {family:String}, {revision:String}, toDate(toDateTime({start:UInt32}, 'UTC')) + toIntervalDay(day), line, 16777215
FROM (SELECT line, arrayJoin(range({days:UInt32})) AS day FROM {{chunk}})`

export async function simulate(store: EventStore, sources: number, options: SimulationOptions): Promise<Outcome> {
  const { seed, bursts, directory, workHours } = options
  const draws = new Draws(randomNamed(`${seed}/${sources}`))
  const family = `simulation-${seed}-${sources}-${workHours}`
  const rates = Array.from({ length: sources }, () => draws.rate())
  const lines = rates.flatMap((rate, source) => activityOf(draws, rate, source, 0, (days - 1) * 24))
  await insert(
    store,
    directory,
    insertPresence,
    Array.from({ length: sources }, (_, n) => addressOf(n)),
    {
      family,
      revision: 'base',
      start,
      days,
    },
  )
  await insert(store, directory, insertActivity, lines, { family, revision: 'base', start })
  const base = await ask(store, family, 'base', workHours)
  const dayOf = (index: number) => new Date((start + index * 86_400) * 1000).toISOString().slice(0, 10)
  const between = (from: number, to: number) =>
    base.rows.filter(row => String(row.day) >= dayOf(from) && String(row.day) < dayOf(to)).length
  const [quiet, regular] = [new Map<number, number>(), new Map<number, number | undefined>()]
  for (const burst of bursts) {
    const revision = `burst-${burst}`
    const last = rates.map((rate, source) => {
      const hour = (days - 1) * 24 + draws.below(24)
      return `${addressOf(source)}\t${hour}\t${burst + draws.count(rate)}`
    })
    for (const table of ['activity', 'activity_presence']) await copyRevision(store, table, family, revision)
    await insert(store, directory, insertActivity, last, { family, revision, start })
    const { rows } = await ask(store, family, revision, workHours)
    const found = new Set(rows.filter(row => String(row.day) === dayOf(days - 1)).map(row => String(row.entity)))
    quiet.set(burst, shareOf(found, rates, rate => rate < 0.001) ?? Number.NaN)
    regular.set(
      burst,
      shareOf(found, rates, rate => rate > 0.3),
    )
  }
  return {
    sources,
    falsePerDay: between(historyDays, historyDays + testDays) / testDays,
    earlyPerDay: between(7, historyDays) / (historyDays - 7),
    threshold: 1 / (sources * 24),
    quiet,
    regular,
    seconds: base.seconds,
  }
}

function activityOf(draws: Draws, rate: number, source: number, from: number, to: number): readonly string[] {
  if (rate === 0) return []
  const lines: string[] = []
  for (let hour = from; hour < to; hour += 1) {
    const count = draws.count(rate)
    if (count > 0) lines.push(`${addressOf(source)}\t${hour}\t${count}`)
  }
  return lines
}

/** 250 of them in a /24. */
function addressOf(source: number): string {
  const network = Math.floor(source / 250)
  return `10.${network >> 8}.${network & 255}.${(source % 250) + 1}`
}

function shareOf(
  found: ReadonlySet<string>,
  rates: readonly number[],
  isMeant: (rate: number) => boolean,
): number | undefined {
  const meant = rates.flatMap((rate, source) => (isMeant(rate) ? [addressOf(source)] : []))
  return meant.length === 0 ? undefined : meant.filter(address => found.has(address)).length / meant.length
}

async function insert(
  store: EventStore,
  directory: string,
  text: string,
  lines: readonly string[],
  params: Params,
): Promise<void> {
  const path = join(directory, 'lines')
  await writeFile(path, lines.map(line => `${line}\n`).join(''))
  const chunk = await store.stageChunk(path)
  await store.insert({ name: 'simulate', text }, { chunk, params }).finally(() => chunk.release())
}

async function copyRevision(store: EventStore, table: string, family: string, revision: string): Promise<void> {
  const columns = table === 'activity' ? 'category, hour, entity, members, first' : 'day, entity, hours'
  const text = `INSERT INTO ${table} (family, revision, ${columns}) SELECT family, {revision:String}, ${columns} FROM ${table} WHERE family = {family:String} AND revision = 'base'`
  await store.insert({ name: 'simulate', text }, { params: { family, revision } })
}

async function ask(store: EventStore, family: string, revision: string, workHours: boolean, floor = 5) {
  const snapshot = `${family}-${revision}`
  const began = performance.now()
  await storeExceedances(store, snapshot, {
    family,
    revision,
    categories: [{ name: 'all', floor }],
    budget: 1,
    learning_days: 7,
    ...settings,
    hours: workHours ? defaultHours : { ...defaultHours, workDays: [] },
  })
  const seconds = (performance.now() - began) / 1000
  const text = 'SELECT entity, toString(day) AS day FROM rate_exceedance WHERE snapshot = {snapshot:String}'
  return { rows: await rowsOf(store, { name: 'simulate', text }, { params: { snapshot } }), seconds }
}

export type DenseOutcome = {
  readonly sources: number
  readonly days: number
  /** Hours of entities with something in them. */
  readonly rows: number
  readonly members: number
  readonly seconds: number
}

/** Every source does something in twelve hours of each day, 6 on average: what it costs to judge all of them. */
export async function fillDense(store: EventStore, sources: number): Promise<DenseOutcome> {
  const [family, revision, dayCount] = ['dense', 'base', 28] as const
  const entity =
    "concat('10.', toString(intDiv(source, 65536)), '.', toString(intDiv(source, 256) % 256), '.', toString(source % 256))"
  for (let day = 0; day < dayCount; day += 1) {
    const params = { family, revision, start: start + day * 86_400, sources, day }
    const activity = `INSERT INTO activity (family, revision, category, hour, entity, members, first)
SELECT {family:String}, {revision:String}, 'all', toDateTime({start:UInt32} + (6 + number % 12) * 3600, 'UTC'), ${entity},
  arrayMap(n -> cityHash64(n, number, {day:UInt32}), range(1 + cityHash64(number, {day:UInt32}) % if(cityHash64(number, {day:UInt32}, 'busy') % 1000 = 0, 120, 12))),
  (toDateTime64(0, 6, 'UTC'), toFixedString('', 16), '', 0)
FROM (SELECT number, intDiv(number, 12) AS source FROM numbers(12 * {sources:UInt32}))`
    const presence = `INSERT INTO activity_presence (family, revision, day, entity, hours)
SELECT {family:String}, {revision:String}, toDate(toDateTime({start:UInt32}, 'UTC')), ${entity}, bitShiftLeft(toUInt32(4095), 6)
FROM (SELECT number AS source FROM numbers({sources:UInt32}))`
    for (const text of [activity, presence]) {
      const used = Object.entries(params).filter(([name]) => text.includes(`{${name}:`))
      await store.insert({ name: 'simulate', text }, { params: Object.fromEntries(used) })
    }
  }
  const { seconds } = await ask(store, family, revision, true, 50)
  const text =
    'SELECT count() AS rows, sum(length(members)) AS members FROM activity FINAL WHERE family = {family:String}'
  const [row] = await rowsOf(store, { name: 'simulate', text }, { params: { family } })
  return { sources, days: dayCount, rows: Number(row?.rows), members: Number(row?.members), seconds }
}

/** The distributions of the specification's script. */
class Draws {
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  below(limit: number): number {
    return Math.floor(this.#uniform() * limit)
  }

  /** Mean an hour of a source. */
  rate(): number {
    const kind = this.#uniform()
    if (kind < 0.005) return this.#gamma(1.5)
    if (kind < 0.05) return this.#gamma(0.5) * 0.03
    return this.#uniform() < 0.5 ? 0.0005 : 0
  }

  /** Contacts in one hour. */
  count(rate: number): number {
    return this.#poisson(rate * (this.#uniform() < 0.05 ? 4 : 0.84) * this.#gamma(1))
  }

  #uniform(): number {
    return 1 - this.#random.next()
  }

  #normal(): number {
    return Math.sqrt(-2 * Math.log(this.#uniform())) * Math.cos(2 * Math.PI * this.#uniform())
  }

  /** Marsaglia and Tsang 2000. */
  #gamma(shape: number): number {
    if (shape < 1) return this.#gamma(shape + 1) * this.#uniform() ** (1 / shape)
    const d = shape - 1 / 3
    const c = 1 / Math.sqrt(9 * d)
    for (;;) {
      const x = this.#normal()
      const v = (1 + c * x) ** 3
      if (v > 0 && Math.log(this.#uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
    }
  }

  /** By counting down; above 50 as a rounded normal. */
  #poisson(mean: number): number {
    if (mean <= 0) return 0
    if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.#normal()))
    const limit = Math.exp(-mean)
    let product = 1
    let count = -1
    do {
      count += 1
      product *= this.#uniform()
    } while (product > limit)
    return count
  }
}
