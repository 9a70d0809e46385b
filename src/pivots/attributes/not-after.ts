import { nothingKnown } from '../facts.ts'
import { instantText, normalInstant } from '../instant.ts'
import type { Pivot } from '../pivot.ts'

/** The exact second at which validity ends. */
export const notAfter: Pivot = {
  name: 'not_after',
  title: 'end of validity, to the second',
  row: 19,
  selectivity: 'S2',
  reliability: 0.35,
  group: 'time',
  trap: '9999-12-31T23:59:59Z is the last instant of .NET, and RFC 5280 has it mean "no end".',
  extract: ({ not_after }) => {
    const value = not_after === undefined ? undefined : instantText(not_after)
    return value === undefined ? [] : [value]
  },
  normalise: normalInstant,
  example: { facts: { ...nothingKnown, not_after: 253_402_300_799_000 }, values: ['9999-12-31T23:59:59Z'] },
}
