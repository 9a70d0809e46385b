import { nothingKnown } from '../facts.ts'
import { normalValue, valuesOfType } from '../name-values.ts'
import type { Pivot } from '../pivot.ts'

/** A postal code. */
export const subjectPostalCode: Pivot = {
  name: 'subject_postal_code',
  title: 'postal code in the subject',
  row: 11,
  selectivity: 'S2',
  reliability: 0.25,
  group: 'name',
  trap: 'Generators draw four digits, so strangers meet; some draw always the same.',
  extract: ({ subject }) => valuesOfType(subject, 'postalcode'),
  normalise: normalValue,
  example: { facts: { ...nothingKnown, subject: [{ type: 'postalCode', value: '3540' }] }, values: ['3540'] },
}
