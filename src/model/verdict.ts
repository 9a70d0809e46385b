import { z } from 'zod'

/**
 * What Counterseal says of a finding: one scale for all analytics, from least to most urgent. Beside the scale stand
 * `approved` (it happened and was sanctioned), `refuted` (it did not happen) and `unknown` (it could not be seen).
 */
export const verdicts = [
  'informational',
  'lead',
  'review',
  'alert',
  'incident',
  'approved',
  'refuted',
  'unknown',
] as const

export const verdict = z.enum(verdicts)
export type Verdict = z.infer<typeof verdict>

/** The part of {@link verdicts} that has an order. */
export const urgencies = ['informational', 'lead', 'review', 'alert', 'incident'] as const satisfies readonly Verdict[]
export type Urgency = (typeof urgencies)[number]

/** Position on the scale, 0 for informational to 4 for incident; -1 for what lies beside the scale. */
export function urgency(of: Verdict): number {
  return (urgencies as readonly Verdict[]).indexOf(of)
}
