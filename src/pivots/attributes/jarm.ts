import { nothingKnown } from '../facts.ts'
import { hexadecimal } from '../normal-text.ts'
import type { Pivot } from '../pivot.ts'

/** JARM of the server that had it, as a sensor gave it: 62 hexadecimal digits. All zeros mean that nothing answered. */
export const jarm: Pivot = {
  name: 'jarm',
  title: 'JARM of the server',
  row: 29,
  selectivity: 'S2',
  reliability: 0.1,
  group: 'tls',
  trap: 'It tells the TLS library: tools written in Go have that of every other Go server.',
  extract: facts =>
    (facts.jarm ?? []).map(hexadecimal).filter(value => /^[0-9a-f]{62}$/.test(value) && !/^0+$/.test(value)),
  normalise: text => hexadecimal(text).slice(0, 256),
  example: {
    facts: { ...nothingKnown, jarm: ['07d14d16d21d'.padEnd(62, '1'), '0'.repeat(62)] },
    values: ['07d14d16d21d'.padEnd(62, '1')],
  },
}
