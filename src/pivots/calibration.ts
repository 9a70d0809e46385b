import type { Calibration } from './settings.ts'

/**
 * What scores turned out to be worth on the tuning worlds of CORPUS-S (seeds 101 to 104, lists known to 0, 30, 60 and 90 %),
 * by isotonic regression, with few points. One is raised: .56, which is what a shared address alone is worth. The benchmark
 * claims other owners only, and saw .29; with the certificates of one owner it would be .9. Made-up worlds: a confidence
 * says how sure such evidence is among evidence, and no more.
 */
export const shippedCalibration: Calibration = [
  [0.15, 0.02],
  [0.2, 0.07],
  [0.31, 0.28],
  [0.56, 0.4],
  [0.6, 0.8],
  [0.66, 0.86],
  [0.75, 0.97],
  [1, 0.98],
]
