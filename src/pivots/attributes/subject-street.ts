import { nothingKnown } from '../facts.ts'
import { normalValue, valuesOfType } from '../name-values.ts'
import type { Pivot } from '../pivot.ts'

/** An address of a building. */
export const subjectStreet: Pivot = {
  name: 'subject_street',
  title: 'street in the subject',
  row: 11,
  selectivity: 'S3',
  reliability: 0.25,
  group: 'name',
  trap: 'Generators take streets out of short lists.',
  extract: ({ subject }) => valuesOfType(subject, 'street'),
  normalise: normalValue,
  example: {
    facts: { ...nothingKnown, subject: [{ type: 'street', value: '1 Example  Road' }] },
    values: ['1 example road'],
  },
}
