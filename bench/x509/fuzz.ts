/**
 * Damages certificates and reads them: no damage may make the reader throw, hang, or look outside its bytes.
 *
 *   COUNTERSEAL_CORPUS=../shared/corpus npx tsx bench/x509/fuzz.ts
 *   npx tsx bench/x509/fuzz.ts --mutants 100000 --seed 7
 *
 * --mutants N   how many (default 1000000)
 * --seed N      default 20261122: the same seed makes the same mutants
 *
 * Without the corpus it damages generated certificates. Every thousandth reading is looked through for views that reach
 * outside, as is every one with a problem code not met before. Prints figures, and exits 1 with the mutant in base64 when
 * something is wrong.
 */
import { parseArgs } from 'node:util'
import { fingerprintsOf, problemCodes, readCertificate } from '../../src/x509/index.ts'
import { randomFrom } from '../generate/random.ts'
import { corpusCertificates } from './corpus-certificates.ts'
import { generatedCertificates } from './generated-certificates.ts'
import { faultOf, mutant } from './mutants.ts'

const { values } = parseArgs({
  options: { mutants: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '20261122' } },
})
const count = Number(values.mutants)
const random = randomFrom(Number(values.seed))
const corpus = process.env.COUNTERSEAL_CORPUS
const certificates =
  corpus === undefined ? generatedCertificates(2000) : corpusCertificates(corpus).map(({ der }) => der)

/** A reading of a mutant, which has a few KiB, takes microseconds: this is a fault. */
const slowMs = 20
/** One that takes longer is timed again: the machine may have done something else. */
const suspectMs = 1

const tally = { read: 0, unreadable: 0, clean: 0, problems: 0, looked: 0, longest: 0, slowestMs: 0 }
const codes = new Map<string, number>()
const started = performance.now()
for (let n = 0; n < count; n += 1) {
  const bytes = mutant(
    random,
    certificates[random.whole(0, certificates.length - 1)] as Uint8Array, // below the length
    certificates[random.whole(0, certificates.length - 1)] as Uint8Array,
  )
  const fault = faultOfReading(n, bytes)
  if (fault !== undefined) {
    console.error(`mutant ${n} of seed ${values.seed}: ${fault}\n${Buffer.from(bytes).toString('base64')}`)
    process.exit(1)
  }
}
const seconds = (performance.now() - started) / 1000
const missing = Object.keys(problemCodes).filter(code => !codes.has(code))
console.log(`| | |
|---|--:|
| mutants | ${count.toLocaleString('en-US')} of ${certificates.length} certificates, seed ${values.seed} |
| read | ${tally.read.toLocaleString('en-US')}, ${tally.clean.toLocaleString('en-US')} of them without a problem |
| not even a tbsCertificate | ${tally.unreadable.toLocaleString('en-US')} |
| problems noted | ${tally.problems.toLocaleString('en-US')} of ${codes.size} kinds |
| looked through for views outside | ${tally.looked.toLocaleString('en-US')} |
| largest mutant | ${tally.longest.toLocaleString('en-US')} bytes |
| slowest reading | ${tally.slowestMs.toFixed(1)} ms |
| time, damaging included | ${seconds.toFixed(0)} s |

Kinds of problems no mutant had: ${missing.join(', ') || 'none'}`)

/** Reads and checks one mutant; tells what is wrong. */
function faultOfReading(n: number, bytes: Uint8Array): string | undefined {
  tally.longest = Math.max(tally.longest, bytes.length)
  const before = performance.now()
  try {
    const reading = readCertificate(bytes)
    const found = 'problem' in reading ? [reading.problem] : reading.certificate.problems
    if ('problem' in reading) tally.unreadable += 1
    else {
      fingerprintsOf(reading.certificate)
      tally.read += 1
      if (found.length === 0) tally.clean += 1
    }
    const took = performance.now() - before
    const fair = took < suspectMs ? took : fastestOf(bytes)
    tally.slowestMs = Math.max(tally.slowestMs, fair)
    if (fair > slowMs) return `reading took ${fair.toFixed(0)} ms`
    tally.problems += found.length
    const isNew = found.some(({ code }) => !codes.has(code))
    for (const { code } of found) codes.set(code, (codes.get(code) ?? 0) + 1)
    const stranger = found.find(({ code }) => !(code in problemCodes))
    if (stranger !== undefined) return `the code ${stranger.code} is not in the list`
    if (n % 1000 !== 0 && !isNew) return undefined
    tally.looked += 1
    return faultOf(reading, bytes)
  } catch (cause) {
    return `it threw ${cause instanceof Error ? cause.stack : String(cause)}`
  }
}

/** Milliseconds of the fastest of five readings: garbage is not collected, nor another process run, in all of them. */
function fastestOf(bytes: Uint8Array): number {
  const times = Array.from({ length: 5 }, () => {
    const before = performance.now()
    readCertificate(bytes)
    return performance.now() - before
  })
  return Math.min(...times)
}
