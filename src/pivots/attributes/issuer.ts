import { nothingKnown } from '../facts.ts'
import { normalWholeName, wholeName } from '../name-values.ts'
import type { Pivot } from '../pivot.ts'

/** The issuer's whole name, as text, so that it is the same from bytes and from a sensor. */
export const issuer: Pivot = {
  name: 'issuer',
  title: 'issuer',
  row: 9,
  selectivity: 'S3',
  reliability: 0.85,
  group: 'name',
  trap: 'Public CAs issue for everybody. Who makes a certificate can write any issuer into it.',
  extract: facts => wholeName(facts.issuer),
  normalise: normalWholeName,
  example: {
    facts: {
      ...nothingKnown,
      issuer: [
        { type: 'C', value: 'US' },
        { type: 'O', value: 'Example, Inc.' },
      ],
    },
    values: ['c=us,o=example\\, inc.'],
  },
}
