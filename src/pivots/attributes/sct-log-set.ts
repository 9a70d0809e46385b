import { nothingKnown } from '../facts.ts'
import { normalText, shortened } from '../normal-text.ts'
import type { Pivot } from '../pivot.ts'

/** Which logs promised to include it: the first eight digits of each log id, sorted. Also the mark of a publicly trusted one. */
export const sctLogSet: Pivot = {
  name: 'sct_log_set',
  title: 'logs of its SCTs',
  row: 25,
  selectivity: 'S2',
  reliability: 0.05,
  group: 'time',
  trap: 'The CA chooses the logs, for everybody alike.',
  extract: ({ scts = [] }) => {
    const logs = [...new Set(scts.map(({ log_id }) => log_id.slice(0, 8)))].sort()
    return logs.length === 0 ? [] : [shortened(logs.join(' '))]
  },
  normalise: text => shortened(normalText(text)),
  example: {
    facts: {
      ...nothingKnown,
      scts: [
        { log_id: 'e83ed0da3ef5'.padEnd(64, '0'), timestamp: 1 },
        { log_id: 'a4642160abcd'.padEnd(64, '0'), timestamp: 2 },
      ],
    },
    values: ['a4642160 e83ed0da'],
  },
}
