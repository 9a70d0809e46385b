import { normalText, shortened } from './normal-text.ts'
import type { Pivot } from './pivot.ts'

/** One attribute of the subject by itself. */
export const subjectCommonName: Pivot = {
  name: 'subject_cn',
  title: 'common name of the subject',
  row: 11,
  selectivity: 'S3',
  reliability: 0.45,
  group: 'name',
  trap: 'Defaults of products and libraries (localhost, TRAEFIK DEFAULT CERT) are shared by strangers.',
  extract: ({ subject = [] }) =>
    subject.filter(({ type, value }) => type === 'CN' && value !== '').map(({ value }) => shortened(normalText(value))),
  normalise: text => shortened(normalText(text)),
  example: {
    facts: {
      subject: [
        { type: 'O', value: 'x' },
        { type: 'CN', value: '  AsyncRAT  Server ' },
      ],
      names: [],
      apexes: [],
      problems: [],
    },
    values: ['asyncrat server'],
  },
}
