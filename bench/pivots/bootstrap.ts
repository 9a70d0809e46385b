import { randomNamed } from '../corpus-s/random.ts'
import { fHalfOf } from './metrics.ts'
import { addTally, emptyTally, type Tally } from './outcome.ts'

export type Interval = { readonly low: number; readonly middle: number; readonly high: number }

/**
 * 95 % interval of F0.5 (ours) − F0.5 (the best of the others), by resampling operators with replacement. The best of the
 * others is chosen anew in each resample, so that luck in the choice helps them.
 *
 * @param ours by operator
 * @param others of each method, by operator
 */
export function bootstrapDifference(
  ours: ReadonlyMap<string, Tally>,
  others: readonly ReadonlyMap<string, Tally>[],
  options: { readonly resamples?: number; readonly seed?: string } = {},
): Interval {
  const { resamples = 1000, seed = 'pivots' } = options
  const operators = [...ours.keys()].sort()
  const random = randomNamed(`bench/pivots/bootstrap/${seed}`)
  const differences: number[] = []
  for (let n = 0; n < resamples; n += 1) {
    const sums = [ours, ...others].map(() => emptyTally())
    for (let drawn = 0; drawn < operators.length; drawn += 1) {
      const operator = operators[random.whole(0, operators.length - 1)] ?? ''
      for (const [method, tallies] of [ours, ...others].entries()) {
        const [sum, tally] = [sums[method], tallies.get(operator)]
        if (sum !== undefined && tally !== undefined) addTally(sum, tally)
      }
    }
    const [own = 0, ...rest] = sums.map(fHalfOf)
    differences.push(own - Math.max(0, ...rest))
  }
  differences.sort((a, b) => a - b)
  const at = (share: number) => differences[Math.floor(share * (differences.length - 1))] ?? Number.NaN
  return { low: at(0.025), middle: at(0.5), high: at(0.975) }
}
