import { type CertificateFacts, nothingKnown } from '../facts.ts'
import { valuesOfType } from '../name-values.ts'
import { normalText, shortened } from '../normal-text.ts'
import type { Pivot } from '../pivot.ts'

/** An e-mail address anywhere: in subjectAltName or in the subject. */
export const email: Pivot = {
  name: 'email',
  title: 'e-mail address',
  row: 17,
  selectivity: 'S3',
  reliability: 0.6,
  group: 'name',
  trap: 'Support addresses of vendors (support@fortinet.com, info@plesk.com) stand in all their devices.',
  extract: ({ names, subject }: CertificateFacts) => {
    const found: string[] = []
    for (const { type, value } of names) if (type === 'email' && value !== '') found.push(shortened(normalText(value)))
    found.push(...valuesOfType(subject, 'emailaddress'))
    return found.length < 2 ? found : [...new Set(found)]
  },
  normalise: text => shortened(normalText(text)),
  example: {
    facts: {
      ...nothingKnown,
      subject: [{ type: 'emailAddress', value: 'Ops@mail.example' }],
      names: [{ type: 'email', value: 'ops@mail.example' }],
    },
    values: ['ops@mail.example'],
  },
}
