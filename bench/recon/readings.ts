import type { Told } from './hunt-set.ts'

/**
 * Why a finding in benign traffic is there, by whoever looked at its records. A finding that asks for somebody and has none ends the bench.
 */
const readings: readonly {
  readonly set: string
  readonly detection_id: string
  readonly about: RegExp
  readonly why: string
}[] = []

export function readingOf(set: string, { detection_id, summary }: Told): string | undefined {
  return readings.find(one => one.set === set && one.detection_id === detection_id && one.about.test(summary))?.why
}
