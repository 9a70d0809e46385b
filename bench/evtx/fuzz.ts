/**
 * Damages chunks of event logs and reads them: no damage may make the reader throw, hang, or keep memory.
 *
 *   COUNTERSEAL_CORPUS=../shared/corpus npx tsx bench/evtx/fuzz.ts
 *   npx tsx bench/evtx/fuzz.ts --mutants 20000 --seed 7
 *
 * --mutants N   how many (default 200000)
 * --seed N      default 20261122: the same seed makes the same mutants
 *
 * Without the corpus it damages generated chunks only. Every mutant is read with what was deleted; three of its records are
 * shown as XML and as JSON on both roads. One log in turn reads a thousand mutants, so what one leaves behind meets the next.
 * Prints figures, and exits 1 with the number of the mutant when something is wrong.
 */
import { parseArgs } from 'node:util'
import { beginLog, problemCodes, readChunk } from '../../src/evtx/index.ts'
import { randomFrom } from '../generate/random.ts'
import { chunksOf, corpusLogs } from './corpus-logs.ts'
import { faultOf } from './faults.ts'
import { generatedLog } from './generated-logs.ts'
import { mutant } from './mutants.ts'

const { values } = parseArgs({
  options: { mutants: { type: 'string', default: '200000' }, seed: { type: 'string', default: '20261122' } },
})
const count = Number(values.mutants)
const random = randomFrom(Number(values.seed))
const corpus = process.env.COUNTERSEAL_CORPUS
const chunks = [
  ...[1, 2, 3, 4].flatMap(seed => chunksOf(generatedLog(seed, 300, 30))),
  ...(corpus === undefined ? [] : corpusLogs(corpus).flatMap(({ bytes }) => chunksOf(bytes))),
].filter(chunk => chunk.some(octet => octet !== 0))
const anyChunk = () => chunks[random.whole(0, chunks.length - 1)] as Uint8Array // below the length

/** A chunk takes a millisecond or two: this is a fault. */
const slowMs = 1000
/** One that takes longer is timed again: the machine may have done something else. */
const suspectMs = 50

const tally = { records: 0, problems: 0, slowestMs: 0, slowest: 0 }
const codes = new Map<string, number>()
const megabytes: number[] = []
const started = performance.now()
let log = beginLog(new Uint8Array(), { recover: true })
for (let n = 0; n < count; n += 1) {
  if (n % 1000 === 0) {
    log = beginLog(new Uint8Array(), { recover: true })
    globalThis.gc?.()
    megabytes.push(process.memoryUsage().rss / 2 ** 20)
  }
  const bytes = mutant(random, anyChunk(), anyChunk())
  const before = performance.now()
  let fault: string | undefined
  try {
    const reading = readChunk(log, bytes)
    fault = faultOf(reading, 3)
    tally.records += reading.records.length
    for (const { code } of [...reading.problems, ...reading.records.flatMap(({ problems }) => problems)]) {
      tally.problems += 1
      codes.set(code, (codes.get(code) ?? 0) + 1)
    }
  } catch (cause) {
    fault = `it threw ${cause instanceof Error ? cause.stack : String(cause)}`
  }
  const once = performance.now() - before
  const took = once < suspectMs || fault !== undefined ? once : Math.min(once, ...[1, 2, 3].map(() => timeOf(bytes)))
  if (took > tally.slowestMs) Object.assign(tally, { slowestMs: took, slowest: n })
  if (took > slowMs) fault ??= `it took ${took.toFixed(0)} ms`
  if (fault !== undefined) {
    console.error(`mutant ${n} of seed ${values.seed}: ${fault}`)
    process.exit(1)
  }
}
const seconds = (performance.now() - started) / 1000
const half = Math.floor(megabytes.length / 2)
const chunkCodes = Object.keys(problemCodes).filter(code => !code.startsWith('evtx/file'))
console.log(`| | |
|---|--:|
| mutants | ${count.toLocaleString('en-US')} of ${chunks.length} chunks, seed ${values.seed} |
| records read | ${tally.records.toLocaleString('en-US')} |
| problems noted | ${tally.problems.toLocaleString('en-US')} of ${codes.size} kinds |
| slowest mutant, showing three records included | ${tally.slowestMs.toFixed(0)} ms (number ${tally.slowest}) |
| largest memory, first half and second half | ${Math.max(...megabytes.slice(0, half)).toFixed(0)} MiB, ${Math.max(...megabytes.slice(half)).toFixed(0)} MiB |
| time, damaging included | ${seconds.toFixed(0)} s |

Kinds of problems no mutant had: ${chunkCodes.filter(code => !codes.has(code)).join(', ') || 'none'}`)

function timeOf(bytes: Uint8Array): number {
  const before = performance.now()
  faultOf(readChunk(beginLog(new Uint8Array(), { recover: true }), bytes), 3)
  return performance.now() - before
}
