import type { Calibration } from '../../src/pivots/index.ts'

type Block = { score: number; first: number; weight: number; sum: number }

/**
 * The rising map from score to share of truth that fits best (pool adjacent violators; Ayer and others, 1955), as points
 * with straight lines between them.
 *
 * @param samples score, and 1 for true or 0
 * @param leastWeight samples behind each point; fewer would make a point of one accident
 */
export function fitIsotonic(
  samples: readonly (readonly [score: number, truth: number])[],
  leastWeight = 200,
): Calibration {
  const sorted = samples.toSorted((a, b) => a[0] - b[0])
  const blocks: Block[] = []
  for (const [score, truth] of sorted) {
    const last = blocks.at(-1)
    if (last !== undefined && last.first === score) {
      last.weight += 1
      last.sum += truth
    } else blocks.push({ score: score, first: score, weight: 1, sum: truth })
  }
  const pooled: Block[] = []
  for (const block of blocks) {
    pooled.push({ ...block, score: block.score * block.weight })
    for (;;) {
      const [before, last] = [pooled.at(-2), pooled.at(-1)]
      if (before === undefined || last === undefined) break
      const rising = before.sum / before.weight < last.sum / last.weight
      if (rising && before.weight >= leastWeight) break
      pooled.splice(-2, 2, {
        first: before.first,
        score: before.score + last.score,
        weight: before.weight + last.weight,
        sum: before.sum + last.sum,
      })
    }
  }
  return pooled.map(({ score, weight, sum }) => [round(score / weight), round(sum / weight)] as const)
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000
}
