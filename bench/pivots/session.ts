import { type PivotResult, pivot } from '../../src/pivots/index.ts'
import { randomNamed } from '../corpus-s/random.ts'
import { type BaselineName, baselineNames, postingsOf } from './baselines.ts'
import { type Causes, causesOf, emptyCauses } from './causes.ts'
import { marks, type Outcome } from './outcome.ts'
import { type Holdings, holdingsOf, leakOf, type Prediction, predictionsOf } from './predictions.ts'
import { type Ablation, type Product, productOver } from './product.ts'
import { type SeedTruth, truthOf } from './truth.ts'
import { settingsOf, type Variant } from './variant.ts'
import type { World } from './world.ts'

/** What is asked of one world. */
export type Job = {
  readonly coverage: number
  readonly variant: Variant
  /** Seeds of these packs only. Absent: of all. */
  readonly packs?: readonly string[]
  /** At most so many seeds of each pack, drawn. Absent: all. */
  readonly perPack?: number
  readonly ablation?: Ablation
  readonly hops?: number
  /** Tell the scores of the steps, for calibration. */
  readonly steps?: boolean
  /** Tell the causes of errors at this threshold. */
  readonly causesFrom?: number
}

export type JobResult = { readonly outcomes: readonly Outcome[]; readonly causes: Causes; readonly seconds: number }

/** A world with everything made ready for many questions. */
export type Session = {
  run(job: Job): Promise<JobResult>
  /** Over the same seeds as a job with the same limit. */
  baselines(perPack?: number): Readonly<Record<BaselineName, readonly Outcome[]>>
}

/** Hops over which pairs are looked for: the depth of the product when nobody asks for another. */
export const hopLimit = 2

export function openSession(world: World): Session {
  const truths = truthOf(world, hopLimit)
  const holdings = holdingsOf(world)
  const product = productOver(world)
  return {
    run: job => runJob(product, holdings, truths, job),
    baselines: perPack => baselineOutcomes(world, chosen(truths, perPack === undefined ? {} : { perPack })),
  }
}

/** Half of the seeds of one pack may be of one restless operator: the draw is over all of them, as the measure is. */
function chosen(
  truths: readonly SeedTruth[],
  { packs, perPack }: Pick<Job, 'packs' | 'perPack'>,
): readonly SeedTruth[] {
  const wanted = truths.filter(({ seed }) => packs?.includes(seed.pack) ?? true)
  if (perPack === undefined) return wanted
  const byPack = new Map<string, SeedTruth[]>()
  for (const truth of wanted) byPack.set(truth.seed.pack, [...(byPack.get(truth.seed.pack) ?? []), truth])
  return [...byPack].flatMap(([pack, of]) => randomNamed(`bench/pivots/seeds/${pack}`).shuffled(of).slice(0, perPack))
}

async function runJob(
  product: Product,
  holdings: Holdings,
  truths: readonly SeedTruth[],
  job: Job,
): Promise<JobResult> {
  const started = performance.now()
  const { coverage, variant, ablation, causesFrom } = job
  const settings = settingsOf(variant)
  const index = await product.index(ablation, variant.learning)
  const rules = product.rules(coverage, ablation)
  const outcomes: Outcome[] = []
  const causes = emptyCauses()
  const results = new Map<string, PivotResult>()
  for (const truth of chosen(truths, job)) {
    const { seed } = truth
    const id = seed.ids[0] ?? ''
    // Owners of one certificate ask the same question.
    const result = results.get(id) ?? (await pivot(index, [id], rules, settings, { hops: job.hops ?? hopLimit }))
    results.set(id, result)
    const predictions = predictionsOf(result, seed, holdings)
    const marked = predictions.map(prediction => {
      const { owner, confidence } = prediction
      const leak = truth.others.has(owner) ? undefined : leakOf(prediction, holdings, rules)
      return [owner, confidence, leak === undefined ? 0 : leakMarks[leak]] as const
    })
    const outcome = outcomeOf(product.world.seed, truth, marked)
    outcomes.push(job.steps === true ? { ...outcome, steps: predictions.flatMap(stepsOf) } : outcome)
    if (causesFrom !== undefined) causesOf(causes, truth, predictions, result, holdings, causesFrom)
  }
  return { outcomes, causes, seconds: (performance.now() - started) / 1000 }
}

const leakMarks = { told: marks.leakTold, untold: marks.leakUntold } as const

function stepsOf({ steps: { certificates, address } }: Prediction): readonly number[] {
  return [certificates[0] ?? -1, certificates[1] ?? -1, address ?? -1].map(score => Math.round(score * 10_000) / 10_000)
}

function outcomeOf(
  world: number,
  { seed, others, direct, within, own }: SeedTruth,
  predictions: Iterable<readonly [owner: string, confidence: number, leakMark: number]>,
): Outcome {
  const flat: number[] = []
  for (const [owner, confidence, leakMark] of predictions) {
    let mark: number = leakMark
    if (others.has(owner)) mark |= marks.isTrue
    if (direct.has(owner)) mark |= marks.direct
    if (within.has(owner)) mark |= marks.within
    if (own.has(owner)) mark |= marks.own
    flat.push(Math.round(confidence * 10_000) / 10_000, mark)
  }
  return {
    pack: seed.pack,
    operator: `${world}/${seed.operator}`,
    pairs: [others.size, direct.size, within.size, own.size],
    predictions: flat,
  }
}

function baselineOutcomes(
  world: World,
  truths: readonly SeedTruth[],
): Readonly<Record<BaselineName, readonly Outcome[]>> {
  const { numberOf, holders, baselines } = postingsOf(world)
  const owners = new Map(world.entries.map(({ owner }) => owner).map((owner, n) => [owner, n]))
  const held = holders.map(entries => entries.map(({ owner }) => owners.get(owner) ?? 0))
  const claimed = new Uint32Array(world.entries.length)
  let round = 0
  const of = (name: BaselineName): readonly Outcome[] =>
    truths.map(truth => {
      const { seed } = truth
      round += 1
      claimed[owners.get(seed.owner) ?? 0] = round
      let count = 0
      for (const n of baselines[name](numberOf.get(seed.issuance) ?? -1))
        for (const owner of held[n] ?? []) {
          if (claimed[owner] === round) continue
          claimed[owner] = round
          count += 1
        }
      const right = [...truth.others].filter(owner => claimed[owners.get(owner) ?? 0] === round)
      const outcome = outcomeOf(
        world.seed,
        truth,
        right.map(owner => [owner, 1, 0] as const),
      )
      return { ...outcome, moreFalse: count - right.length }
    })
  const entries = baselineNames.map(name => [name, of(name)] as const)
  return Object.fromEntries(entries) as Record<BaselineName, readonly Outcome[]> // of all names
}
