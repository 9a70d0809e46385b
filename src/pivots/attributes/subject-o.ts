import { nothingKnown } from '../facts.ts'
import { normalValue, valuesOfType } from '../name-values.ts'
import type { Pivot } from '../pivot.ts'

/** The organization, which a public CA has checked and nobody else. */
export const subjectO: Pivot = {
  name: 'subject_o',
  title: 'organization of the subject',
  row: 11,
  selectivity: 'S3',
  reliability: 0.25,
  group: 'name',
  trap: 'Defaults: Internet Widgits Pty Ltd is OpenSSL, Acme Co is a Go example. A victim can be named.',
  extract: ({ subject }) => valuesOfType(subject, 'o'),
  normalise: normalValue,
  example: { facts: { ...nothingKnown, subject: [{ type: 'O', value: 'Acme Co' }] }, values: ['acme co'] },
}
