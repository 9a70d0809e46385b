import { type Calibration, calibrated } from '../../src/pivots/index.ts'
import { fitIsotonic } from './isotonic.ts'
import { calibrationError, fHalfOf } from './metrics.ts'
import { addTally, emptyTally, marks, type Outcome, tallyOf } from './outcome.ts'
import { type Knob, thresholds, type Variant } from './variant.ts'

/** A variant, and what came of it on the tuning seeds: outcomes by coverage. */
export type Trial = {
  readonly variant: Variant
  /** What differs from the product's own settings, in words. */
  readonly turned: readonly string[]
  readonly outcomes: ReadonlyMap<number, readonly Outcome[]>
}

export type Chosen = {
  readonly turned: readonly string[]
  /** With its calibration and decay. */
  readonly variant: Variant
  readonly threshold: number
}

/** Mean over the coverages of F0.5, pooled over the packs, at the best threshold of all. */
export function worthOf(trial: Pick<Trial, 'outcomes'>, wanted: (pack: string) => boolean): number {
  return Math.max(...thresholds.map(threshold => meanF(trial.outcomes, wanted, threshold)))
}

function meanF(
  outcomes: ReadonlyMap<number, readonly Outcome[]>,
  wanted: (pack: string) => boolean,
  threshold: number,
): number {
  let sum = 0
  for (const of of outcomes.values())
    sum += fHalfOf(
      tallyOf(
        of.filter(({ pack }) => wanted(pack)),
        threshold,
      ),
    )
  return sum / Math.max(1, outcomes.size)
}

/** Knobs turned together: of each, the value that helped most by itself, where it helped at all. */
export function together(
  base: Trial,
  singles: readonly { readonly knob: Knob; readonly value: number; readonly trial: Trial }[],
  wanted: (pack: string) => boolean,
): Pick<Trial, 'variant' | 'turned'> {
  const least = worthOf(base, wanted) + 0.002
  let { variant } = base
  const turned: string[] = []
  for (const knob of new Set(singles.map(({ knob }) => knob))) {
    const [best] = singles
      .filter(one => one.knob === knob)
      .map(one => ({ ...one, worth: worthOf(one.trial, wanted) }))
      .sort((a, b) => b.worth - a.worth)
    if (best === undefined || best.worth <= least) continue
    variant = knob.turn(variant, best.value)
    turned.push(`${knob.name} ${best.value}`)
  }
  return { variant, turned }
}

/** Hop decays that are tried with a calibration. */
const decays = [0.6, 0.7, 0.8, 0.9, 1] as const

/** What an error of calibration beyond the gate costs, in F0.5. */
const calibrationCost = 1

/**
 * Fits the calibration on the tuning seeds, then chooses hop decay and threshold with it. Confidences are computed again
 * from the scores of the steps; ways that another calibration would have taken are not gone again.
 */
export function finish(trial: Trial, wanted: (pack: string) => boolean): Chosen {
  const calibration = calibrationFrom([...trial.outcomes.values()].flat(), wanted)
  let best = { worth: Number.NEGATIVE_INFINITY, decay: 0.8, threshold: 0.6 }
  for (const decay of decays) {
    const again = new Map(
      [...trial.outcomes].map(([coverage, of]) => [
        coverage,
        of.filter(({ pack }) => wanted(pack)).map(outcome => recalibrated(outcome, calibration, decay)),
      ]),
    )
    const errors = [...again.values()].map(of => Math.max(0, calibrationError(of, leastTold) - mostError))
    const cost = (calibrationCost * errors.reduce((sum, one) => sum + one, 0)) / Math.max(1, errors.length)
    for (const threshold of thresholds) {
      const worth = meanF(again, () => true, threshold) - cost
      if (worth > best.worth) best = { worth, decay, threshold }
    }
  }
  const { variant, turned } = trial
  const settings = { ...variant.settings, hop_decay: best.decay }
  return { turned, variant: { ...variant, settings, calibration }, threshold: best.threshold }
}

/** Less is not told, and not judged. */
export const leastTold = 0.35

/** The gate. */
export const mostError = 0.05

/** From the claims of one step: their score is that of one edge. */
export function calibrationFrom(outcomes: readonly Outcome[], wanted: (pack: string) => boolean): Calibration {
  const samples: (readonly [number, number])[] = []
  for (const { pack, predictions, steps = [] } of outcomes) {
    if (!wanted(pack)) continue
    for (let n = 0; n * 2 < predictions.length; n += 1) {
      const [first = -1, second = -1, address = -1] = steps.slice(n * 3, n * 3 + 3)
      if (second >= 0 || (first >= 0 && address >= 0)) continue
      samples.push([Math.max(first, address), (predictions[n * 2 + 1] ?? 0) & marks.isTrue])
    }
  }
  const fitted = fitIsotonic(samples)
  const last = fitted.at(-1)
  // Beyond the last point nothing was seen: no surer than there.
  return last === undefined || last[0] >= 1 ? fitted : [...fitted, [1, last[1]]]
}

/** The same claims with the confidences that another calibration and decay give them. */
export function recalibrated(outcome: Outcome, calibration: Calibration, decay: number): Outcome {
  const { predictions, steps = [] } = outcome
  const again: (readonly [number, number])[] = []
  const probability = (score: number) => (score < 0 ? 1 : calibrated(score, calibration))
  for (let n = 0; n * 2 < predictions.length; n += 1) {
    const [first = -1, second = -1, address = -1] = steps.slice(n * 3, n * 3 + 3)
    const confidence = probability(first) * (second < 0 ? 1 : decay * probability(second)) * probability(address)
    again.push([confidence, predictions[n * 2 + 1] ?? 0])
  }
  return { ...outcome, predictions: again.toSorted((a, b) => b[0] - a[0]).flat() }
}

/** Sum of the tallies of several lists. */
export function pooled(lists: Iterable<readonly Outcome[]>, threshold: number) {
  const sum = emptyTally()
  for (const outcomes of lists) addTally(sum, tallyOf(outcomes, threshold))
  return sum
}
