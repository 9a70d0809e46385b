import { nothingKnown } from '../facts.ts'
import { normalWholeName, wholeName } from '../name-values.ts'
import type { Pivot } from '../pivot.ts'

/** The subject's whole name, as text: strong in self-signed certificates, where somebody typed it. */
export const subject: Pivot = {
  name: 'subject',
  title: 'subject',
  row: 10,
  selectivity: 'S3',
  reliability: 0.75,
  group: 'name',
  trap: 'Defaults of libraries and products are typed by nobody, and whoever likes can copy the name of a victim.',
  extract: facts => wholeName(facts.subject),
  normalise: normalWholeName,
  example: {
    facts: {
      ...nothingKnown,
      subject: [
        { type: 'CN', value: 'DcRat  Server' },
        { type: 'OU', value: 'x' },
        { type: 'C', value: 'CN' },
      ],
    },
    values: ['c=cn,ou=x,cn=dcrat server'],
  },
}
