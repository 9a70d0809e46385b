/**
 * Damages hives, transaction logs, registry text and certificate blobs and reads them: no damage may make a reader throw, hang,
 * or grow.
 *
 *   npx tsx bench/registry/fuzz.ts
 *   npx tsx bench/registry/fuzz.ts --mutants 20000 --seed 7
 *
 * --mutants N   how many (default 200000)
 * --seed N      default 20261122: the same seed makes the same mutants
 *
 * Every key is walked and every value read; some keys are looked up again. Prints figures, and exits 1 with the number of the
 * mutant when something is wrong.
 */
import { parseArgs } from 'node:util'
import { problemCodes } from '../../src/registry/index.ts'
import { randomFrom } from '../generate/random.ts'
import { outcomeOf } from './faults.ts'
import { generatedSamples } from './generated-files.ts'
import { mutant } from './mutants.ts'

const { values } = parseArgs({
  options: { mutants: { type: 'string', default: '200000' }, seed: { type: 'string', default: '20261122' } },
})
const count = Number(values.mutants)
const random = randomFrom(Number(values.seed))
const samples = generatedSamples(random, 96)

/** A sample takes a few milliseconds: this is a fault. */
const slowMs = 1000
/** One that takes longer is timed again: the machine may have done something else. */
const suspectMs = 100

const tally = { items: 0, problems: 0, slowestMs: 0, slowest: 0 }
const codes = new Map<string, number>()
const megabytes: number[] = []
const started = performance.now()
for (let n = 0; n < count; n += 1) {
  if (n % 1000 === 0) megabytes.push(process.memoryUsage().rss / 2 ** 20)
  const sample = mutant(random, random.pick(samples), random.pick(samples))
  const before = performance.now()
  let fault: string | undefined
  try {
    const outcome = outcomeOf(sample)
    fault = outcome.fault
    tally.items += outcome.items
    tally.problems += outcome.codes.length
    for (const code of outcome.codes) codes.set(code, (codes.get(code) ?? 0) + 1)
  } catch (cause) {
    fault = `it threw ${cause instanceof Error ? cause.stack : String(cause)}`
  }
  const once = performance.now() - before
  const took = once < suspectMs || fault !== undefined ? once : Math.min(once, timeOf(sample), timeOf(sample))
  if (took > tally.slowestMs) Object.assign(tally, { slowestMs: took, slowest: n })
  if (took > slowMs) fault ??= `it took ${took.toFixed(0)} ms`
  if (fault !== undefined) {
    console.error(`mutant ${n} of seed ${values.seed}, a ${sample.kind}: ${fault}`)
    process.exit(1)
  }
}
const seconds = (performance.now() - started) / 1000
const half = Math.floor(megabytes.length / 2)
console.log(`| | |
|---|--:|
| mutants | ${count.toLocaleString('en-US')} of ${samples.length} files, seed ${values.seed} |
| keys, values, lines and properties read | ${tally.items.toLocaleString('en-US')} |
| problems noted | ${tally.problems.toLocaleString('en-US')} of ${codes.size} kinds |
| slowest mutant | ${tally.slowestMs.toFixed(0)} ms (number ${tally.slowest}) |
| largest memory, first half and second half | ${Math.max(...megabytes.slice(0, half)).toFixed(0)} MiB, ${Math.max(...megabytes.slice(half)).toFixed(0)} MiB |
| time, damaging included | ${seconds.toFixed(0)} s |

Kinds of problems no mutant had: ${
  Object.keys(problemCodes)
    .filter(code => !codes.has(code))
    .join(', ') || 'none'
}`)

function timeOf(sample: Parameters<typeof outcomeOf>[0]): number {
  const before = performance.now()
  outcomeOf(sample)
  return performance.now() - before
}
