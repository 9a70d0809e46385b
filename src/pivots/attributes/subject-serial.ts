import { nothingKnown } from '../facts.ts'
import { normalValue, valuesOfType } from '../name-values.ts'
import type { Pivot } from '../pivot.ts'

/** Number of a device or, in EV certificates, of a company in its register. Not that of the certificate. */
export const subjectSerial: Pivot = {
  name: 'subject_serial',
  title: 'serialNumber in the subject',
  row: 11,
  selectivity: 'S3',
  reliability: 0.25,
  group: 'name',
  trap: 'Devices of one series can have a constant.',
  extract: ({ subject }) => valuesOfType(subject, 'serialnumber'),
  normalise: normalValue,
  example: {
    facts: { ...nothingKnown, subject: [{ type: 'serialNumber', value: 'FGT60D4614' }] },
    values: ['fgt60d4614'],
  },
}
