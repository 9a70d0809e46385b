import { nothingKnown } from '../facts.ts'
import { instantText, normalInstant } from '../instant.ts'
import type { Pivot } from '../pivot.ts'

/** The exact second at which validity begins: certificates made by one run of one script share it. */
export const notBefore: Pivot = {
  name: 'not_before',
  title: 'start of validity, to the second',
  row: 18,
  selectivity: 'S2',
  reliability: 0.35,
  group: 'time',
  trap: 'A public CA issues hundreds in a second, and many tools round to the hour or the day.',
  extract: ({ not_before }) => {
    const value = not_before === undefined ? undefined : instantText(not_before)
    return value === undefined ? [] : [value]
  },
  normalise: normalInstant,
  example: { facts: { ...nothingKnown, not_before: 1_700_000_000_000 }, values: ['2023-11-14T22:13:20Z'] },
}
