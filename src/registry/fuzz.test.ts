import { describe, expect, it } from 'vitest'
import { randomFrom } from '../../bench/generate/random.ts'
import { outcomeOf } from '../../bench/registry/faults.ts'
import { generatedSamples } from '../../bench/registry/generated-files.ts'
import { mutant } from '../../bench/registry/mutants.ts'

/** The seeds whose mutants once made a reader fail are added here. `bench/registry/fuzz.ts` tries 200,000. */
const seeds = [20261122]

describe('a damaged hive, log, registry text or certificate blob', () => {
  it.each(seeds)('never makes its reader throw, hang, or grow (seed %i)', seed => {
    const random = randomFrom(seed)
    const samples = generatedSamples(random, 48)
    for (const sample of samples) expect(outcomeOf(sample).fault).toBeUndefined()
    for (let n = 0; n < 2000; n += 1) {
      const { fault } = outcomeOf(mutant(random, random.pick(samples), random.pick(samples)))
      if (fault !== undefined) expect.fail(`mutant ${n} of seed ${seed}: ${fault}`)
    }
  })
})
