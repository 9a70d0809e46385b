import { describe, expect, it } from 'vitest'
import { outcomeOf } from '../../bench/authenticode/faults.ts'
import { mutant } from '../../bench/authenticode/mutants.ts'
import { makeSamples, signedIn } from '../../bench/authenticode/samples.ts'
import { randomFrom } from '../../bench/generate/random.ts'

/** The seeds whose mutants once made the room fail are added here. `bench/authenticode/fuzz.ts` tries 200,000. */
const seeds = [20261122]

describe('a damaged file with a signature', () => {
  it.each(seeds)('never makes the room throw, hang, or take it for what nobody signed (seed %i)', async seed => {
    const random = randomFrom(seed)
    const samples = await makeSamples()
    const signed = await signedIn(samples)
    for (const sample of samples)
      expect(await outcomeOf(sample, signed)).toMatchObject({ status: 'valid', fault: undefined })
    for (let n = 0; n < 3000; n += 1) {
      const { fault } = await outcomeOf(mutant(random, random.pick(samples), random.pick(samples)), signed)
      if (fault !== undefined) expect.fail(`mutant ${n} of seed ${seed}: ${fault}`)
    }
  })
})
