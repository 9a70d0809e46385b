import { defaultLearnSettings } from '../../src/pivots/index.ts'
import { type Chosen, finish, type Trial, together, worthOf } from './choose.ts'
import type { Outcome } from './outcome.ts'
import { type PoolOptions, runJobs } from './pool.ts'
import { hopLimit, type Job } from './session.ts'
import { knobs, shipped, type Variant } from './variant.ts'

export type Tuning = {
  readonly byPack: ReadonlyMap<string, Chosen>
  /** Candidates that were tried, and those there are. */
  readonly tried: number
  readonly candidates: number
}

export type TuningOptions = PoolOptions & {
  readonly seeds: readonly number[]
  /** Seeds of each pack and world in the search, and for calibration. */
  readonly perPack: number
  readonly perPackCalibration: number
  /** For trying knobs one by one. */
  readonly searchMs: number
}

/** Lists are incomplete in the search, and of all extents in the calibration. */
const [searchCoverages, allCoverages] = [
  [0, 0.6],
  [0, 0.3, 0.6, 0.9],
] as const

type Candidate = Pick<Trial, 'variant' | 'turned'>

/**
 * Chooses settings for each pack from all others, on the tuning seeds. The search takes one hop, where nearly all of a
 * setting shows, at a fifth of the cost; calibration, decay and threshold are chosen over both. First the product's own settings and every knob
 * by itself; then, for each pack left out, what helped the others together; then calibration, decay and threshold.
 */
export async function tune(packs: readonly string[], options: TuningOptions): Promise<Tuning> {
  const { perPack, perPackCalibration, searchMs, say } = options
  const without = (left: string) => (pack: string) => pack !== left
  const single = knobs(defaultLearnSettings).flatMap(knob =>
    knob.values
      .slice(1)
      .map(value => ({ knob, value, turned: [`${knob.name} ${value}`], variant: knob.turn(shipped, value) })),
  )
  const own: Candidate = { turned: [], variant: shipped }
  const first = await trials([own, ...single], searchCoverages, perPack, { ...options, hops: 1, jobsMs: searchMs })
  const [base, ...others] = first
  if (base === undefined) throw new Error('the time was over before the first candidate was tried: raise --budget')
  const singles = others.flatMap((trial, n) => {
    const one = single[n]
    return trial === undefined || one === undefined ? [] : [{ ...one, trial }]
  })
  say(`${singles.length} of ${single.length} knobs tried`)
  const combined = new Map<string, Candidate>()
  for (const pack of packs) {
    const candidate = together(base, singles, without(pack))
    combined.set(candidate.turned.join(', '), candidate)
  }
  const second = await trials(
    [...combined.values()].filter(({ turned }) => turned.length > 1),
    searchCoverages,
    perPack,
    { ...options, hops: 1 },
  )
  const known = [base, ...singles.map(({ trial }) => trial), ...second].filter(trial => trial !== undefined)
  const bestFor = new Map(
    packs.map(pack => {
      const sorted = known.toSorted((a, b) => worthOf(b, without(pack)) - worthOf(a, without(pack)))
      return [pack, sorted[0] ?? base] as const
    }),
  )
  const wanted = [...new Set(bestFor.values())]
  say(`${wanted.length} different choices: ${wanted.map(({ turned }) => turned.join(', ') || 'as shipped').join('; ')}`)
  const full = await trials(wanted, allCoverages, perPackCalibration, options)
  const byPack = new Map<string, Chosen>()
  for (const [pack, trial] of bestFor) {
    const finished = full[wanted.indexOf(trial)]
    if (finished !== undefined) byPack.set(pack, finish(finished, without(pack)))
  }
  return { byPack, tried: 1 + singles.length + second.length, candidates: 1 + single.length + second.length }
}

/** In the order of the candidates; undefined where the time was over in one of the worlds. */
async function trials(
  candidates: readonly Candidate[],
  coverages: readonly number[],
  perPack: number,
  options: TuningOptions & { readonly hops?: number },
): Promise<readonly (Trial | undefined)[]> {
  const { hops = hopLimit } = options
  if (candidates.length === 0) return []
  const uncalibrated = (variant: Variant): Variant => ({ ...variant, calibration: [] })
  const jobs = candidates.flatMap(({ variant }) =>
    coverages.map((coverage): Job => ({ coverage, variant: uncalibrated(variant), perPack, hops, steps: true })),
  )
  const answers = await runJobs(options.seeds, jobs, undefined, options)
  return candidates.map(({ variant, turned }, n) => {
    const outcomes = new Map<number, readonly Outcome[]>()
    for (const [c, coverage] of coverages.entries()) {
      const results = answers.map(({ results }) => results[n * coverages.length + c])
      if (results.includes(undefined)) return undefined
      outcomes.set(
        coverage,
        results.flatMap(result => result?.outcomes ?? []),
      )
    }
    return { variant, turned, outcomes }
  })
}
