import { nothingKnown } from '../facts.ts'
import { normalText } from '../normal-text.ts'
import type { Pivot } from '../pivot.ts'

/** How long it is valid: `3935d`, and the seconds beyond whole days: `89d+86399s`. The last second is not counted in. */
export const validity: Pivot = {
  name: 'validity',
  title: 'length of validity',
  row: 20,
  selectivity: 'S2',
  reliability: 0.15,
  group: 'time',
  trap: '90, 365, 825 and 3650 days are what everybody writes.',
  extract: ({ not_before, not_after }) => {
    if (not_before === undefined || not_after === undefined) return []
    const seconds = Math.round((not_after - not_before) / 1000)
    return Number.isSafeInteger(seconds) ? [lengthText(seconds)] : []
  },
  normalise: text => {
    const trimmed = normalText(text)
    const [, seconds] = /^(-?\d{1,15})s$/.exec(trimmed) ?? []
    return seconds === undefined ? trimmed : lengthText(Number(seconds))
  },
  example: {
    facts: { ...nothingKnown, not_before: 1_660_435_200_000, not_after: 2_000_419_200_000 },
    values: ['3935d'],
  },
}

function lengthText(seconds: number): string {
  const days = Math.trunc(seconds / 86_400)
  const rest = seconds % 86_400
  if (rest === 0) return `${days}d`
  return days === 0 ? `${rest}s` : `${days}d${rest > 0 ? '+' : ''}${rest}s`
}
