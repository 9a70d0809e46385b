/**
 * How surely those who came read the logs: 1 − (hit rate of the twins) / (hit rate of the canaries), each rate with a uniform prior
 * (specification T1596.003 §3.3). The interval holds 95 % of what is left possible.
 */
export type Attribution = { readonly share: number; readonly low: number; readonly high: number }

/** Points of the grid on either axis. */
const points = 400

/** @param canaries how many names, and how many of them were hit; twins alike */
export function attributionOf(
  canaries: { readonly names: number; readonly hit: number },
  twins: { readonly names: number; readonly hit: number },
): Attribution | undefined {
  if (canaries.names === 0 || canaries.hit === 0 || twins.names === 0) return undefined
  const share = 1 - Math.min(1, twins.hit / twins.names / (canaries.hit / canaries.names))
  const [own, other] = [density(canaries), density(twins)]
  const steps = 1000
  const mass = new Float64Array(steps + 1)
  for (const [a, one] of own.entries())
    for (const [b, two] of other.entries()) {
      const value = 1 - Math.min(1, (b + 0.5) / (a + 0.5))
      const at = Math.round(value * steps)
      mass[at] = (mass[at] ?? 0) + one * two
    }
  const quantile = (wanted: number) => {
    let sum = 0
    for (const [at, one] of mass.entries()) {
      sum += one
      if (sum >= wanted) return at / steps
    }
    return 1
  }
  const rounded = (value: number) => Math.round(value * 1000) / 1000
  return { share: rounded(share), low: rounded(quantile(0.025)), high: rounded(quantile(0.975)) }
}

/** Beta(1 + hit, 1 + names − hit) over a grid, summing to 1. */
function density({ names, hit }: { readonly names: number; readonly hit: number }): readonly number[] {
  const logs = Array.from({ length: points }, (_, nth) => {
    const p = (nth + 0.5) / points
    return hit * Math.log(p) + (names - hit) * Math.log(1 - p)
  })
  const most = Math.max(...logs)
  const all = logs.map(one => Math.exp(one - most))
  const total = all.reduce((sum, one) => sum + one, 0)
  return all.map(one => one / total)
}
