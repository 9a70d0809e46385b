import type { Measured } from './measured.ts'
import { fHalfOf, precisionOf, recallOf } from './metrics.ts'
import type { Tally } from './outcome.ts'
import type { Tuning } from './tune.ts'

/** How a run was made. */
export type Run = {
  readonly tuningSeeds: readonly number[]
  readonly reportSeeds: readonly number[]
  readonly scale: number
  readonly perPack: number
  readonly minutes: number
}

/** The figures of the page, for whoever compares two runs. Rounded to four digits. */
export function figuresOf({ coverages, baselines, ablations }: Measured, tuning: Tuning, run: Run): unknown {
  return rounded({
    run,
    chosen: Object.fromEntries(tuning.byPack),
    coverages: coverages.map(({ coverage, packs, pooled, calibrationError, averagePrecision, asShipped }) => ({
      coverage,
      pooled: figures(pooled),
      calibrationError,
      averagePrecision,
      asShipped: figures(asShipped),
      packs: packs.map(({ pack, tally, advantage, bestBaseline, calibrationError: error }) => ({
        pack,
        ...figures(tally),
        calibrationError: error,
        bestBaseline,
        advantage,
      })),
    })),
    baselines: Object.fromEntries(Object.entries(baselines).map(([name, { pooled }]) => [name, figures(pooled)])),
    ablations: ablations.map(({ ablation, coverage, tally, full, worst }) => ({
      ablation,
      coverage,
      without: figures(tally),
      with: figures(full),
      worst,
    })),
  })
}

function figures(tally: Tally) {
  return {
    seeds: tally.seeds,
    precision: precisionOf(tally),
    recallDirect: recallOf(tally, 'direct'),
    recallOwn: recallOf(tally, 'own'),
    recallWithin: recallOf(tally, 'within'),
    recallAll: recallOf(tally, 'all'),
    fHalf: fHalfOf(tally),
    falsePerSeed: tally.falsePositives / tally.seeds,
    leaksTold: tally.leaksTold,
    leaksUntold: tally.leaksUntold,
  }
}

function rounded(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, one: unknown) => (typeof one === 'number' ? Math.round(one * 10_000) / 10_000 : one)),
  )
}
