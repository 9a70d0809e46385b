import { nothingKnown } from '../facts.ts'
import { normalValue, valuesOfType } from '../name-values.ts'
import type { Pivot } from '../pivot.ts'

/** An address that somebody typed into the name. */
export const subjectEmail: Pivot = {
  name: 'subject_email',
  title: 'e-mail address in the subject',
  row: 11,
  selectivity: 'S3',
  reliability: 0.45,
  group: 'name',
  trap: 'Support addresses of vendors, and defaults such as root@localhost.',
  extract: ({ subject }) => valuesOfType(subject, 'emailaddress'),
  normalise: normalValue,
  example: {
    facts: { ...nothingKnown, subject: [{ type: 'emailAddress', value: 'OPS@mail.example' }] },
    values: ['ops@mail.example'],
  },
}
