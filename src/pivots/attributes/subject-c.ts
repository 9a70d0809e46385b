import { nothingKnown } from '../facts.ts'
import { normalValue, valuesOfType } from '../name-values.ts'
import type { Pivot } from '../pivot.ts'

/** Two letters, or whatever stands in their place. */
export const subjectC: Pivot = {
  name: 'subject_c',
  title: 'country of the subject',
  row: 11,
  selectivity: 'S1',
  reliability: 0.25,
  group: 'name',
  trap: 'There are some two hundred.',
  extract: ({ subject }) => valuesOfType(subject, 'c'),
  normalise: normalValue,
  example: { facts: { ...nothingKnown, subject: [{ type: 'C', value: 'XX' }] }, values: ['xx'] },
}
