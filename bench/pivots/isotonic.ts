import type { Calibration } from '../../src/pivots/index.ts'

export type Sample = { readonly score: number; readonly truth: number; readonly weight: number }

type Block = { readonly first: number; readonly weight: number; readonly scores: number; readonly truths: number }

/**
 * The rising map from score to share of truth that fits best (pool adjacent violators; Ayer and others, 1955), as points
 * with straight lines between them.
 *
 * @param leastWeight of the samples behind each point; less would make a point of one accident
 */
export function fitIsotonic(samples: readonly Sample[], leastWeight = 30): Calibration {
  const pooled: Block[] = []
  for (const block of byScore(samples)) {
    pooled.push(block)
    for (;;) {
      const [before, last] = [pooled.at(-2), pooled.at(-1)]
      if (before === undefined || last === undefined) break
      const isRising = before.truths / before.weight < last.truths / last.weight
      if (isRising && before.weight >= leastWeight) break
      pooled.splice(-2, 2, both(before, last))
    }
  }
  const [before, last] = [pooled.at(-2), pooled.at(-1)]
  if (before !== undefined && last !== undefined && last.weight < leastWeight) pooled.splice(-2, 2, both(before, last))
  return pooled.map(({ scores, weight, truths }) => [round(scores / weight), round(truths / weight)] as const)
}

/** Equal scores are one block. */
function byScore(samples: readonly Sample[]): readonly Block[] {
  const blocks: Block[] = []
  for (const { score, truth, weight } of samples.toSorted((a, b) => a.score - b.score)) {
    const block = { first: score, weight, scores: score * weight, truths: truth * weight }
    const last = blocks.at(-1)
    if (last?.first === score) blocks.splice(-1, 1, both(last, block))
    else blocks.push(block)
  }
  return blocks
}

function both(a: Block, b: Block): Block {
  return { first: a.first, weight: a.weight + b.weight, scores: a.scores + b.scores, truths: a.truths + b.truths }
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000
}
