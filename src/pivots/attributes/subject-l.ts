import { nothingKnown } from '../facts.ts'
import { normalValue, valuesOfType } from '../name-values.ts'
import type { Pivot } from '../pivot.ts'

/** A town; strange spellings are what makes it worth something. */
export const subjectL: Pivot = {
  name: 'subject_l',
  title: 'locality of the subject',
  row: 11,
  selectivity: 'S2',
  reliability: 0.25,
  group: 'name',
  trap: 'Big cities are shared by many.',
  extract: ({ subject }) => valuesOfType(subject, 'l'),
  normalise: normalValue,
  example: { facts: { ...nothingKnown, subject: [{ type: 'L', value: 'Minnetonka' }] }, values: ['minnetonka'] },
}
