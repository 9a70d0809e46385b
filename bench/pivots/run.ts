/**
 * The pivot benchmark: measures the product on CORPUS-S against simple methods, and writes docs/benchmarks-pivot.md and
 * docs/benchmarks-pivot.json. Settings for each pack are chosen without it, on seeds that nothing is reported on.
 *
 *   npx tsx bench/pivots/run.ts
 *   npx tsx bench/pivots/run.ts --budget 10 --per-pack 20 --report-seeds 2 --tuning-seeds 2 --print
 *
 * --tuning-seeds N   worlds on which settings are chosen (default 5)
 * --report-seeds N   worlds that are reported (default 5)
 * --scale X          of the background (default 1: 40,000 certificates)
 * --per-pack N       seeds of each pack and world that are reported, drawn (default: all of them)
 * --search N         seeds of each pack and world in the search (default 8), four times as many for calibration
 * --budget MINUTES   for the search over single settings (default 20); what is not tried by then is left out
 * --processes N      worlds at a time (default 2)
 * --cache DIRECTORY  where worlds are kept between runs (default: nowhere)
 * --as-shipped       choose nothing: the product's own settings, and its own threshold for a lead
 * --print            print the page instead of writing it
 */
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { packs } from '../corpus-s/index.ts'
import type { Chosen } from './choose.ts'
import { figuresOf } from './figures.ts'
import { measureAll, shippedThreshold } from './measured.ts'
import { pageOf } from './page.ts'
import { type Tuning, tune } from './tune.ts'
import { shipped } from './variant.ts'

const { values } = parseArgs({
  options: {
    'tuning-seeds': { type: 'string', default: '5' },
    'report-seeds': { type: 'string', default: '5' },
    scale: { type: 'string', default: '1' },
    'per-pack': { type: 'string', default: '100000' },
    search: { type: 'string', default: '8' },
    budget: { type: 'string', default: '20' },
    processes: { type: 'string', default: '2' },
    cache: { type: 'string' },
    'as-shipped': { type: 'boolean', default: false },
    print: { type: 'boolean', default: false },
  },
})
const say = (line: string) => process.stderr.write(`${line}\n`)

/** Seeds from 101 choose, seeds from 201 are reported; those below 100 are looked at while the scorer is written. */
const seedsFrom = (first: number, count: string) => Array.from({ length: Number(count) }, (_, n) => first + n)
const [tuningSeeds, reportSeeds] = [seedsFrom(101, values['tuning-seeds']), seedsFrom(201, values['report-seeds'])]

const pool = { scale: Number(values.scale), cache: values.cache, processes: Number(values.processes), say }
const started = Date.now()

async function chosen(): Promise<Tuning> {
  if (values['as-shipped']) {
    const own: Chosen = { turned: [], variant: shipped, threshold: shippedThreshold }
    return { byPack: new Map(packs.map(pack => [pack, own])), tried: 0, candidates: 0 }
  }
  const perPack = Number(values.search)
  return await tune(packs, {
    ...pool,
    seeds: tuningSeeds,
    perPack,
    perPackCalibration: perPack * 4,
    searchMs: Number(values.budget) * 60_000,
  })
}

const tuning = await chosen()
say(`chosen after ${Math.round((Date.now() - started) / 1000)} s`)
const perPack = Number(values['per-pack'])
const measured = await measureAll(tuning.byPack, { ...pool, seeds: reportSeeds, perPack, resamples: 1000 })
const run = { tuningSeeds, reportSeeds, scale: pool.scale, perPack, minutes: (Date.now() - started) / 60_000 }
const page = pageOf(measured, tuning, run)
if (values.print) process.stdout.write(page)
else {
  const file = (name: string) => fileURLToPath(new URL(`../../docs/${name}`, import.meta.url))
  await writeFile(file('benchmarks-pivot.md'), page)
  await writeFile(file('benchmarks-pivot.json'), `${JSON.stringify(figuresOf(measured, tuning, run), undefined, 1)}\n`)
  say('docs/benchmarks-pivot.md is written')
}
