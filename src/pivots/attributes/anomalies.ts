import { nothingKnown } from '../facts.ts'
import { shortened } from '../normal-text.ts'
import type { Pivot } from '../pivot.ts'

/** Everything the reader found wrong, together: a broken generator breaks all its certificates alike. */
export const anomalies: Pivot = {
  name: 'anomalies',
  title: 'what is wrong with it',
  row: 27,
  selectivity: 'S3',
  reliability: 0.3,
  group: 'shape',
  trap: 'Whole products and real CAs have made the same mistake in millions of certificates.',
  extract: ({ problems }) => (problems.length === 0 ? [] : [shortened(problems.join(' '))]),
  normalise: text => shortened([...new Set(text.split(/[\s,]+/).filter(code => code !== ''))].sort().join(' ')),
  example: {
    facts: { ...nothingKnown, problems: ['x509/serial-negative', 'x509/version'] },
    values: ['x509/serial-negative x509/version'],
  },
}
