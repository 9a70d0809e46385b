import { nothingKnown } from '../facts.ts'
import { normalText, shortened } from '../normal-text.ts'
import type { Pivot } from '../pivot.ts'

/**
 * JA4X as a sensor gave it. Counterseal does not compute it: its licence does not allow that. An empty list is
 * `000000000000` for one implementation and `e3b0c44298fc` for another (specification AN1972 §2.2): they are one.
 */
export const ja4x: Pivot = {
  name: 'ja4x',
  title: 'JA4X, as a sensor gave it',
  row: 23,
  selectivity: 'S2',
  reliability: 0.02,
  group: 'shape',
  trap: 'It tells the library that made the certificate; harmless servers have the same.',
  extract: facts => (facts.ja4x === undefined || facts.ja4x === '' ? [] : [normal(facts.ja4x)]),
  normalise: normal,
  example: {
    facts: { ...nothingKnown, ja4x: '2166164053C1_2166164053c1_e3b0c44298fc' },
    values: ['2166164053c1_2166164053c1_000000000000'],
  },
}

function normal(text: string): string {
  return shortened(normalText(text).replaceAll('e3b0c44298fc', '000000000000'))
}
