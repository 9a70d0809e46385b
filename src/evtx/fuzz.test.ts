import { describe, expect, it } from 'vitest'
import { chunksOf, corpusLogs } from '../../bench/evtx/corpus-logs.ts'
import { faultOf } from '../../bench/evtx/faults.ts'
import { generatedLog } from '../../bench/evtx/generated-logs.ts'
import { mutant } from '../../bench/evtx/mutants.ts'
import { randomFrom } from '../../bench/generate/random.ts'
import { beginLog, readChunk } from './index.ts'

/** The seeds whose mutants once made the reader fail are added here. `bench/evtx/fuzz.ts` tries 200,000. */
const seeds = [20261122]

const corpus = process.env.COUNTERSEAL_CORPUS

describe('a damaged chunk', () => {
  const chunks = [
    ...[1, 2, 3, 4].flatMap(seed => chunksOf(generatedLog(seed, 300, 30))),
    ...(corpus === undefined
      ? []
      : corpusLogs(corpus)
          .slice(0, 20)
          .flatMap(({ bytes }) => chunksOf(bytes))),
  ].filter(chunk => chunk.some(octet => octet !== 0))

  it.each(seeds)('never makes the reader throw, hang, or tell two things about one record (seed %i)', seed => {
    const random = randomFrom(seed)
    const anyChunk = () => chunks[random.whole(0, chunks.length - 1)] as Uint8Array // below the length
    const log = beginLog(new Uint8Array(), { recover: true })
    for (let n = 0; n < 1500; n += 1) {
      const bytes = mutant(random, anyChunk(), anyChunk())
      const fault = faultOf(readChunk(log, bytes), 2)
      if (fault !== undefined) expect.fail(`mutant ${n} of seed ${seed}: ${fault}`)
    }
  })

  it('is read the same way whatever was read before it', () => {
    const random = randomFrom(7)
    const bytes = Array.from({ length: 60 }, () => {
      const chunk = chunks[random.whole(0, chunks.length - 1)] as Uint8Array // below the length
      return mutant(random, chunk, chunk)
    })
    const told = (log: ReturnType<typeof beginLog>, chunk: Uint8Array) =>
      JSON.stringify(
        readChunk({ ...log, nextChunk: 0 }, chunk).records.map(({ source, ...record }) => record),
        (_, value) => (typeof value === 'bigint' ? String(value) : value),
      )
    const alone = bytes.map(one => told(beginLog(new Uint8Array(), { recover: true }), one))
    const shared = beginLog(new Uint8Array(), { recover: true })
    for (let round = 0; round < 2; round += 1)
      for (const [i, one] of bytes.entries()) if (told(shared, one) !== alone[i]) expect.fail(`chunk ${i}`)
  })
})
