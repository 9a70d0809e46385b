import { nothingKnown } from '../facts.ts'
import { hexadecimal } from '../normal-text.ts'
import type { Pivot } from '../pivot.ts'

/** authorityKeyIdentifier: which key of the issuer signed. For a private CA whose own certificate is missing, the best name. */
export const authorityKeyId: Pivot = {
  name: 'authority_key_id',
  title: 'authority key identifier',
  row: 8,
  selectivity: 'S3',
  reliability: 0.85,
  group: 'name',
  trap: 'For a public CA it only names the CA, and is worth nothing.',
  extract: ({ authority_key_id }) => (authority_key_id ? [authority_key_id.slice(0, 256)] : []),
  normalise: text => hexadecimal(text).slice(0, 256),
  example: { facts: { ...nothingKnown, authority_key_id: 'a1'.repeat(20) }, values: ['a1'.repeat(20)] },
}
