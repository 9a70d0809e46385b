import { type BaselineName, baselineNames } from './baselines.ts'
import { bootstrapDifference, type Interval } from './bootstrap.ts'
import { addCauses, type Causes, emptyCauses } from './causes.ts'
import type { Chosen } from './choose.ts'
import { averagePrecision, calibrationError, fHalfOf, precisionAt20 } from './metrics.ts'
import { addTally, emptyTally, type Outcome, type Tally, tallyByOperator, tallyOf } from './outcome.ts'
import { type PoolOptions, runJobs, type WorldAnswers } from './pool.ts'
import { type Ablation, ablations } from './product.ts'
import type { Job } from './session.ts'
import { shipped } from './variant.ts'

export const coverages = [0, 0.3, 0.6, 0.9] as const

/** One pack at one coverage, measured with what was chosen without it. */
export type PackResult = {
  readonly pack: string
  readonly coverage: number
  readonly tally: Tally
  readonly fHalf: number
  readonly averagePrecision: number
  readonly precisionAt20: number
  readonly calibrationError: number
  readonly bestBaseline: { readonly name: BaselineName; readonly fHalf: number }
  /** F0.5 less that of the best baseline, over operators. */
  readonly advantage: Interval
}

export type CoverageResult = {
  readonly coverage: number
  readonly packs: readonly PackResult[]
  readonly pooled: Tally
  readonly calibrationError: number
  readonly averagePrecision: number
  /** The product as it is shipped, every pack, at its own threshold for a lead. */
  readonly asShipped: Tally
  readonly causes: Causes
}

export type Measured = {
  readonly coverages: readonly CoverageResult[]
  readonly baselines: Readonly<
    Record<BaselineName, { readonly pooled: Tally; readonly byPack: ReadonlyMap<string, Tally> }>
  >
  readonly ablations: readonly {
    readonly ablation: Ablation
    readonly coverage: number
    readonly tally: Tally
    readonly full: Tally
    readonly worst: string
  }[]
  readonly worlds: readonly Pick<WorldAnswers, 'seed' | 'certificates' | 'owners'>[]
}

export type ReportOptions = PoolOptions & {
  readonly seeds: readonly number[]
  /** Seeds of each pack and world, drawn; ablations take half as many. */
  readonly perPack: number
  readonly resamples: number
}

const ablationCoverages = [0, 0.6] as const

/** The product as it is shipped tells a lead from here. */
export const shippedThreshold = 0.6

/** Measures every pack on the report seeds, with what was chosen for it. */
export async function measureAll(choices: ReadonlyMap<string, Chosen>, options: ReportOptions): Promise<Measured> {
  const { seeds, perPack, resamples } = options
  return await measureWorlds(choices, {
    perPack,
    resamples,
    run: jobs => runJobs(seeds, jobs, { perPack }, options),
  })
}

export type MeasureOptions = Pick<ReportOptions, 'perPack' | 'resamples'> & {
  /** Answers all jobs, once for each world. */
  run(jobs: readonly Job[]): Promise<readonly WorldAnswers[]>
}

export async function measureWorlds(
  choices: ReadonlyMap<string, Chosen>,
  { perPack, resamples, run }: MeasureOptions,
): Promise<Measured> {
  const jobs: Job[] = []
  const ask = (job: Job) => jobs.push(job) - 1
  const own = [...choices].flatMap(([pack, chosen]) =>
    coverages.map(coverage => {
      const base = { coverage, variant: chosen.variant, packs: [pack], perPack }
      return { pack, chosen, coverage, job: ask({ ...base, causesFrom: chosen.threshold }) }
    }),
  )
  const asShipped = coverages.map(coverage => ({ coverage, job: ask({ coverage, variant: shipped, perPack }) }))
  const half = Math.ceil(perPack / 2)
  const ablated = Object.keys(ablations).flatMap(name =>
    [...choices].flatMap(([pack, { variant, threshold }]) =>
      ablationCoverages.map(coverage => {
        const ablation = name as Ablation // a key of the list
        const turned = withoutPart(variant, ablation)
        return {
          pack,
          threshold,
          coverage,
          ablation,
          job: ask({ coverage, variant: turned, packs: [pack], perPack: half, ablation }),
        }
      }),
    ),
  )
  const whole = [...choices].flatMap(([pack, { variant, threshold }]) =>
    ablationCoverages.map(coverage => ({
      pack,
      threshold,
      coverage,
      job: ask({ coverage, variant, packs: [pack], perPack: half }),
    })),
  )
  const worlds = await run(jobs)
  const outcomesOf = (job: number) => worlds.flatMap(({ results }) => results[job]?.outcomes ?? [])
  const baselineOutcomes = (name: BaselineName) => worlds.flatMap(({ baselines }) => baselines[name] ?? [])
  const byName = new Map(baselineNames.map(name => [name, baselineOutcomes(name)]))

  const packResult = ({ pack, chosen, coverage, job }: (typeof own)[number]): PackResult => {
    const outcomes = outcomesOf(job)
    const others = [...byName].map(([name, all]) => ({ name, of: all.filter(one => one.pack === pack) }))
    const [best] = others
      .map(({ name, of }) => ({ name, fHalf: fHalfOf(tallyOf(of, 1)) }))
      .sort((a, b) => b.fHalf - a.fHalf)
    const tally = tallyOf(outcomes, chosen.threshold)
    return {
      pack,
      coverage,
      tally,
      fHalf: fHalfOf(tally),
      averagePrecision: averagePrecision(outcomes),
      precisionAt20: precisionAt20(outcomes, chosen.threshold),
      calibrationError: calibrationError(outcomes, leastJudged),
      bestBaseline: best ?? { name: 'B0', fHalf: 0 },
      advantage: bootstrapDifference(
        tallyByOperator(outcomes, chosen.threshold),
        others.map(({ of }) => tallyByOperator(of, 1)),
        { resamples, seed: `${pack}/${coverage}` },
      ),
    }
  }
  const results = own.map(packResult)
  return {
    coverages: coverages.map((coverage, n) => {
      const mine = own.filter(one => one.coverage === coverage)
      const all = mine.flatMap(({ job }) => outcomesOf(job))
      const causes = emptyCauses()
      for (const { job } of mine)
        for (const { results: of } of worlds) addCauses(causes, of[job]?.causes ?? emptyCauses())
      const packs = results.filter(one => one.coverage === coverage)
      return {
        coverage,
        packs,
        pooled: sum(packs.map(({ tally }) => tally)),
        calibrationError: calibrationError(all, leastJudged),
        averagePrecision: averagePrecision(all),
        asShipped: tallyOf(outcomesOf(asShipped[n]?.job ?? -1), shippedThreshold),
        causes,
      }
    }),
    baselines: baselineTallies(byName, [...choices.keys()]),
    ablations: Object.keys(ablations).flatMap(name =>
      ablationCoverages.map(coverage => {
        const ablation = name as Ablation // a key of the list
        const pairs = ablated
          .filter(one => one.ablation === ablation && one.coverage === coverage)
          .map(({ pack, threshold, job }) => {
            const full = whole.find(one => one.pack === pack && one.coverage === coverage)
            return {
              pack,
              tally: tallyOf(outcomesOf(job), threshold),
              full: tallyOf(outcomesOf(full?.job ?? -1), threshold),
            }
          })
        const [worst] = pairs.toSorted(
          (a, b) => fHalfOf(a.tally) - fHalfOf(a.full) - (fHalfOf(b.tally) - fHalfOf(b.full)),
        )
        return {
          ablation,
          coverage,
          tally: sum(pairs.map(({ tally }) => tally)),
          full: sum(pairs.map(({ full }) => full)),
          worst: worst?.pack ?? '',
        }
      }),
    ),
    worlds: worlds.map(({ seed, certificates, owners }) => ({ seed, certificates, owners })),
  }
}

function baselineTallies(
  byName: ReadonlyMap<BaselineName, readonly Outcome[]>,
  packs: readonly string[],
): Measured['baselines'] {
  const of = (name: BaselineName) => {
    const all = byName.get(name) ?? []
    const tallies = packs.map(
      pack =>
        [
          pack,
          tallyOf(
            all.filter(one => one.pack === pack),
            1,
          ),
        ] as const,
    )
    return { pooled: tallyOf(all, 1), byPack: new Map(tallies) }
  }
  return { B0: of('B0'), B1: of('B1'), B2: of('B2'), 'B2 two hops': of('B2 two hops'), B3: of('B3'), B4: of('B4') }
}

/** What is told of a lead at all: the product drops what is weaker. */
const leastJudged = 0.35

function sum(tallies: Iterable<Tally>): Tally {
  const all = emptyTally()
  for (const tally of tallies) addTally(all, tally)
  return all
}

/** Two of the parts are settings. */
function withoutPart(variant: Chosen['variant'], ablation: Ablation): Chosen['variant'] {
  if (ablation === 'SAN packing')
    return {
      ...variant,
      settings: { ...variant.settings, pack_factor_some: 1, pack_factor_many: 1, pack_factor_more: 1 },
    }
  return ablation === 'hop decay' ? { ...variant, settings: { ...variant.settings, hop_decay: 1 } } : variant
}
