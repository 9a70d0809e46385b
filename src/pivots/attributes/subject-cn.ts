import { nothingKnown } from '../facts.ts'
import { normalValue, valuesOfType } from '../name-values.ts'
import type { Pivot } from '../pivot.ts'

/** Host name, product or whatever somebody typed. */
export const subjectCn: Pivot = {
  name: 'subject_cn',
  title: 'common name of the subject',
  row: 11,
  selectivity: 'S3',
  reliability: 0.45,
  group: 'name',
  trap: 'Defaults of products and libraries (localhost, TRAEFIK DEFAULT CERT) are shared by strangers.',
  extract: ({ subject }) => valuesOfType(subject, 'cn'),
  normalise: normalValue,
  example: {
    facts: { ...nothingKnown, subject: [{ type: 'CN', value: '  AsyncRAT  Server ' }] },
    values: ['asyncrat server'],
  },
}
