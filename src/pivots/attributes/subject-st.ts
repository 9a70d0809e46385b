import { nothingKnown } from '../facts.ts'
import { normalValue, valuesOfType } from '../name-values.ts'
import type { Pivot } from '../pivot.ts'

/** A state or province. */
export const subjectSt: Pivot = {
  name: 'subject_st',
  title: 'state or province of the subject',
  row: 11,
  selectivity: 'S2',
  reliability: 0.25,
  group: 'name',
  trap: 'There are few of them, and Some-State is the default of OpenSSL.',
  extract: ({ subject }) => valuesOfType(subject, 'st'),
  normalise: normalValue,
  example: { facts: { ...nothingKnown, subject: [{ type: 'ST', value: 'Cyberspace' }] }, values: ['cyberspace'] },
}
