import { type Calibration, calibrated } from '../../src/pivots/index.ts'
import { fitIsotonic, type Sample } from './isotonic.ts'
import { calibrationError, fHalfOf } from './metrics.ts'
import { addOutcome, emptyTally, marks, type Outcome, type Tally } from './outcome.ts'
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

/** Mean over coverages and packs of F0.5, at the best threshold of all. Pooled, one large pool would decide everything. */
export function worthOf(trial: Pick<Trial, 'outcomes'>, wanted: (pack: string) => boolean): number {
  return Math.max(...thresholds.map(threshold => meanF(trial.outcomes, wanted, threshold)))
}

function meanF(
  outcomes: ReadonlyMap<number, readonly Outcome[]>,
  wanted: (pack: string) => boolean,
  threshold: number,
): number {
  let [sum, count] = [0, 0]
  for (const of of outcomes.values())
    for (const tally of tallyByPack(of, threshold, wanted).values()) {
      sum += fHalfOf(tally)
      count += 1
    }
  return sum / Math.max(1, count)
}

function tallyByPack(
  outcomes: Iterable<Outcome>,
  threshold: number,
  wanted: (pack: string) => boolean,
): ReadonlyMap<string, Tally> {
  const tallies = new Map<string, Tally>()
  for (const outcome of outcomes) {
    if (!wanted(outcome.pack)) continue
    const tally = tallies.get(outcome.pack) ?? emptyTally()
    tallies.set(outcome.pack, tally)
    addOutcome(tally, outcome, threshold)
  }
  return tallies
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
 * Fits the calibration on the tuning seeds, then chooses between it and none, and hop decay and threshold with it.
 * Confidences are computed again from the scores of the steps; ways that another calibration would have taken are not
 * gone again.
 */
export function finish(trial: Trial, wanted: (pack: string) => boolean): Chosen {
  const fitted = calibrationFrom([...trial.outcomes.values()].flat(), wanted)
  let best = { worth: Number.NEGATIVE_INFINITY, calibration: fitted, decay: 0.8, threshold: 0.6 }
  for (const calibration of [fitted, []])
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
        if (worth > best.worth) best = { worth, calibration, decay, threshold }
      }
    }
  const { variant, turned } = trial
  const { calibration, decay, threshold } = best
  return {
    turned,
    variant: { ...variant, settings: { ...variant.settings, hop_decay: decay }, calibration },
    threshold,
  }
}

/** Less is not told, and not judged. */
export const leastTold = 0.35

/** The gate. */
export const mostError = 0.05

/**
 * From the claims of one step: their score is that of one edge. Each claim weighs the same, as in the error that is
 * measured. A pool of three hundred tenants pulls the map down for everybody; that is what such claims are worth.
 */
export function calibrationFrom(outcomes: readonly Outcome[], wanted: (pack: string) => boolean): Calibration {
  const samples: Sample[] = []
  for (const { pack, predictions, steps = [] } of outcomes) {
    if (!wanted(pack)) continue
    for (let n = 0; n * 2 < predictions.length; n += 1) {
      const [first = -1, second = -1, address = -1] = steps.slice(n * 3, n * 3 + 3)
      if (second >= 0 || (first >= 0 && address >= 0)) continue
      const truth = (predictions[n * 2 + 1] ?? 0) & marks.isTrue
      samples.push({ score: Math.max(first, address), truth, weight: 1 })
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
