import { nothingKnown } from '../facts.ts'
import { normalText, shortened } from '../normal-text.ts'
import type { Pivot } from '../pivot.ts'

/** Kind and size of the key, RSA exponent, signature algorithm: `rsa-4096-e65537 sha512withrsaencryption`. From bytes only. */
export const keyShape: Pivot = {
  name: 'key_shape',
  title: 'kind of key and signature',
  row: 21,
  selectivity: 'S1',
  reliability: 0.05,
  group: 'shape',
  trap: 'It tells a program and its settings; there are a dozen in use.',
  extract: ({ extensions, key_algorithm, key_bits, key_curve, key_exponent, signature_algorithm }) => {
    // A sensor has names of its own for all of these.
    if (extensions === undefined || key_algorithm === undefined) return []
    const size = key_curve ?? key_bits
    const exponent = key_exponent === undefined ? '' : `-e${key_exponent}`
    const key = size === undefined ? key_algorithm : `${key_algorithm}-${size}`
    return [shortened(normalText(`${key}${exponent} ${signature_algorithm ?? ''}`))]
  },
  normalise: text => shortened(normalText(text)),
  example: {
    facts: {
      ...nothingKnown,
      extensions: [],
      key_algorithm: 'rsa',
      key_bits: 2048,
      key_exponent: '65537',
      signature_algorithm: 'sha512WithRSAEncryption',
    },
    values: ['rsa-2048-e65537 sha512withrsaencryption'],
  },
}
