import { nothingKnown } from '../facts.ts'
import { normalValue, valuesOfType } from '../name-values.ts'
import type { Pivot } from '../pivot.ts'

/** Typed freely, and seldom checked by anybody. */
export const subjectOu: Pivot = {
  name: 'subject_ou',
  title: 'organizational unit of the subject',
  row: 11,
  selectivity: 'S3',
  reliability: 0.2,
  group: 'name',
  trap: 'Products and CAs write constants here (Domain Control Validated, FortiGate).',
  extract: ({ subject }) => valuesOfType(subject, 'ou'),
  normalise: normalValue,
  example: {
    facts: { ...nothingKnown, subject: [{ type: 'OU', value: 'AdvancedPenTesting' }] },
    values: ['advancedpentesting'],
  },
}
