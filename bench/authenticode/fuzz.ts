/**
 * Damages signed PE files, installers, scripts, catalogs and lists, and reads and verifies them: no damage may make the room throw,
 * hang, grow, or take something for valid that nobody signed.
 *
 *   npx tsx bench/authenticode/fuzz.ts
 *   npx tsx bench/authenticode/fuzz.ts --mutants 20000 --seed 7
 *
 * --mutants N   how many (default 200000)
 * --seed N      default 20261122: the same seed makes the same mutants
 *
 * Prints figures, and exits 1 with the number of the mutant when something is wrong.
 */
import { parseArgs } from 'node:util'
import { problemCodes } from '../../src/authenticode/index.ts'
import { randomFrom } from '../generate/random.ts'
import { outcomeOf } from './faults.ts'
import { mutant } from './mutants.ts'
import type { Sample } from './samples.ts'
import { makeSamples, signedIn } from './samples.ts'

const { values } = parseArgs({
  options: { mutants: { type: 'string', default: '200000' }, seed: { type: 'string', default: '20261122' } },
})
const count = Number(values.mutants)
const random = randomFrom(Number(values.seed))
const samples = await makeSamples()
const signed = await signedIn(samples)

/** A sample takes about a millisecond: this is a fault. */
const slowMs = 1000
/** One that takes longer is timed again: the machine may have done something else. */
const suspectMs = 100

const tally = { problems: 0, slowestMs: 0, slowest: 0 }
const codes = new Map<string, number>()
const statuses = new Map<string, number>()
const megabytes: number[] = []
const started = performance.now()
for (let n = 0; n < count; n += 1) {
  if (n % 1000 === 0) megabytes.push(process.memoryUsage().rss / 2 ** 20)
  const sample = mutant(random, random.pick(samples), random.pick(samples))
  const before = performance.now()
  let fault: string | undefined
  try {
    const outcome = await outcomeOf(sample, signed)
    fault = outcome.fault
    tally.problems += outcome.codes.length
    statuses.set(outcome.status, (statuses.get(outcome.status) ?? 0) + 1)
    for (const code of outcome.codes) codes.set(code, (codes.get(code) ?? 0) + 1)
  } catch (cause) {
    fault = `it threw ${cause instanceof Error ? cause.stack : String(cause)}`
  }
  const once = performance.now() - before
  const took =
    once < suspectMs || fault !== undefined ? once : Math.min(once, await timeOf(sample), await timeOf(sample))
  if (took > tally.slowestMs) Object.assign(tally, { slowestMs: took, slowest: n })
  if (took > slowMs) fault ??= `it took ${took.toFixed(0)} ms`
  if (fault !== undefined) {
    console.error(`mutant ${n} of seed ${values.seed}, of ${sample.name}: ${fault}`)
    process.exit(1)
  }
}
const seconds = (performance.now() - started) / 1000
const half = Math.floor(megabytes.length / 2)
const told = [...statuses]
  .sort((a, b) => b[1] - a[1])
  .map(([status, times]) => `${status} ${times.toLocaleString('en-US')}`)
console.log(`| | |
|---|--:|
| mutants | ${count.toLocaleString('en-US')} of ${samples.length} files, seed ${values.seed} |
| statuses | ${told.join(', ')} |
| problems noted | ${tally.problems.toLocaleString('en-US')} of ${codes.size} kinds |
| slowest mutant | ${tally.slowestMs.toFixed(0)} ms (number ${tally.slowest}) |
| largest memory, first half and second half | ${Math.max(...megabytes.slice(0, half)).toFixed(0)} MiB, ${Math.max(...megabytes.slice(half)).toFixed(0)} MiB |
| time, damaging included | ${seconds.toFixed(0)} s |

Kinds of problems no mutant had: ${
  Object.keys(problemCodes)
    .filter(code => !codes.has(code))
    .join(', ') || 'none'
}`)

async function timeOf(sample: Sample): Promise<number> {
  const before = performance.now()
  await outcomeOf(sample, signed)
  return performance.now() - before
}
