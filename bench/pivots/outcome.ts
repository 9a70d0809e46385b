/** What came of one seed, small enough to send between processes. */
export type Outcome = {
  readonly pack: string
  /** Unique over all corpora. */
  readonly operator: string
  /** Pairs that there are to find: all, direct, within the hops, direct and own. See truth.ts. */
  readonly pairs: readonly [all: number, direct: number, within: number, own: number]
  /** Confidence and marks of each prediction in turn. Highest first. */
  readonly predictions: readonly number[]
  /** Scores of the steps to each prediction: first and second certificate, address. −1 where there is none. */
  readonly steps?: readonly number[]
  /** False claims that are not told one by one, all of confidence 1: a baseline makes ten thousand for one seed. */
  readonly moreFalse?: number
}

/** Marks of a prediction, added up. */
export const marks = { isTrue: 1, direct: 2, within: 4, own: 8, leakUntold: 16, leakTold: 32 } as const

/** Sums over seeds, all at one threshold. */
export type Tally = {
  seeds: number
  truePositives: number
  falsePositives: number
  /** True positives that are among the pairs of each kind, and those pairs. */
  readonly found: [all: number, direct: number, within: number, own: number]
  readonly pairs: [all: number, direct: number, within: number, own: number]
  leaksTold: number
  leaksUntold: number
}

export function emptyTally(): Tally {
  return {
    seeds: 0,
    truePositives: 0,
    falsePositives: 0,
    found: [0, 0, 0, 0],
    pairs: [0, 0, 0, 0],
    leaksTold: 0,
    leaksUntold: 0,
  }
}

const kinds = [marks.isTrue, marks.direct, marks.within, marks.own] as const

export function addOutcome(tally: Tally, { pairs, predictions, moreFalse = 0 }: Outcome, threshold: number): void {
  tally.seeds += 1
  tally.falsePositives += moreFalse
  for (const [kind, count] of pairs.entries()) tally.pairs[kind] = (tally.pairs[kind] ?? 0) + count
  for (let n = 0; n < predictions.length; n += 2) {
    if ((predictions[n] ?? 0) < threshold) continue
    const mark = predictions[n + 1] ?? 0
    if ((mark & marks.isTrue) === 0) tally.falsePositives += 1
    else tally.truePositives += 1
    for (const [kind, bit] of kinds.entries()) if ((mark & bit) !== 0) tally.found[kind] = (tally.found[kind] ?? 0) + 1
    if ((mark & marks.leakTold) !== 0) tally.leaksTold += 1
    if ((mark & marks.leakUntold) !== 0) tally.leaksUntold += 1
  }
}

export function addTally(into: Tally, one: Tally): void {
  into.seeds += one.seeds
  into.truePositives += one.truePositives
  into.falsePositives += one.falsePositives
  into.leaksTold += one.leaksTold
  into.leaksUntold += one.leaksUntold
  for (let kind = 0; kind < 4; kind += 1) {
    into.found[kind] = (into.found[kind] ?? 0) + (one.found[kind] ?? 0)
    into.pairs[kind] = (into.pairs[kind] ?? 0) + (one.pairs[kind] ?? 0)
  }
}

/** Of an operator, for resampling. */
export function tallyByOperator(outcomes: Iterable<Outcome>, threshold: number): ReadonlyMap<string, Tally> {
  const tallies = new Map<string, Tally>()
  for (const outcome of outcomes) {
    const tally = tallies.get(outcome.operator) ?? emptyTally()
    tallies.set(outcome.operator, tally)
    addOutcome(tally, outcome, threshold)
  }
  return tallies
}

export function tallyOf(outcomes: Iterable<Outcome>, threshold: number): Tally {
  const tally = emptyTally()
  for (const outcome of outcomes) addOutcome(tally, outcome, threshold)
  return tally
}
