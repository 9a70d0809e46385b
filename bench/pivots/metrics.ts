import { marks, type Outcome, type Tally } from './outcome.ts'

/** 1 where nothing was claimed: nothing false was. */
export function precisionOf({ truePositives, falsePositives }: Tally): number {
  return truePositives + falsePositives === 0 ? 1 : truePositives / (truePositives + falsePositives)
}

/** Kinds of pairs, as {@link Tally} has them. */
export const pairKinds = { all: 0, direct: 1, within: 2, own: 3 } as const

/** NaN where there is nothing to find. */
export function recallOf({ found, pairs }: Tally, kind: keyof typeof pairKinds): number {
  const n = pairKinds[kind]
  return (found[n] ?? 0) / (pairs[n] ?? 0)
}

/** F of precision and the recall of pairs within the hops; precision counts twice as much as recall. */
export function fHalfOf(tally: Tally): number {
  const claimed = tally.truePositives + tally.falsePositives
  const [precision, recall] = [claimed === 0 ? 0 : tally.truePositives / claimed, recallOf(tally, 'within')]
  const sum = 0.25 * precision + recall
  return sum > 0 ? (1.25 * precision * recall) / sum : 0
}

/** Every prediction of all outcomes, with whether it is true. */
export function* eachPrediction(outcomes: Iterable<Outcome>): Generator<readonly [confidence: number, mark: number]> {
  for (const { predictions } of outcomes)
    for (let n = 0; n < predictions.length; n += 2) yield [predictions[n] ?? 0, predictions[n + 1] ?? 0]
}

/**
 * Expected calibration error: how far confidence and truth are apart, over ten bins of equal width, weighted by how many
 * predictions fall into each.
 * @param least predictions of less confidence are not told, and not judged
 */
export function calibrationError(outcomes: Iterable<Outcome>, least: number): number {
  const bins = Array.from({ length: 10 }, () => ({ count: 0, confidence: 0, isTrue: 0 }))
  let all = 0
  for (const [confidence, mark] of eachPrediction(outcomes)) {
    const bin = bins[Math.min(9, Math.floor(confidence * 10))]
    if (confidence < least || bin === undefined) continue
    bin.count += 1
    bin.confidence += confidence
    bin.isTrue += mark & marks.isTrue
    all += 1
  }
  return all === 0 ? 0 : bins.reduce((sum, bin) => sum + Math.abs(bin.confidence - bin.isTrue), 0) / all
}

/** Area under precision and recall (of pairs within the hops), as average precision. Equal confidences fall together. */
export function averagePrecision(outcomes: readonly Outcome[]): number {
  const sorted = [...eachPrediction(outcomes)].sort((a, b) => b[0] - a[0])
  const toFind = outcomes.reduce((sum, { pairs }) => sum + pairs[pairKinds.within], 0)
  let [area, hits, seen, at] = [0, 0, 0, 0]
  while (at < sorted.length) {
    const confidence = sorted[at]?.[0]
    let inGroup = 0
    for (; at < sorted.length && sorted[at]?.[0] === confidence; at += 1) {
      seen += 1
      if (((sorted[at]?.[1] ?? 0) & marks.within) !== 0) inGroup += 1
    }
    hits += inGroup
    area += (inGroup / Math.max(1, toFind)) * (hits / seen)
  }
  return area
}

/** Mean over seeds that claim something: how much of their first twenty is true. NaN when none claims anything. */
export function precisionAt20(outcomes: Iterable<Outcome>, threshold: number): number {
  let [sum, seeds] = [0, 0]
  for (const { predictions } of outcomes) {
    let [claimed, right] = [0, 0]
    for (let n = 0; n < Math.min(40, predictions.length); n += 2) {
      if ((predictions[n] ?? 0) < threshold) continue
      claimed += 1
      right += (predictions[n + 1] ?? 0) & marks.isTrue
    }
    if (claimed === 0) continue
    sum += right / claimed
    seeds += 1
  }
  return sum / seeds
}
