import { nothingKnown } from '../facts.ts'
import { hexadecimal } from '../normal-text.ts'
import type { Pivot } from '../pivot.ts'

/** The same modulus or point, whatever parameters stand beside it: rsaEncryption with NULL and without is one key. */
export const keySha256: Pivot = {
  name: 'key_sha256',
  title: 'RSA modulus or uncompressed point (SHA-256)',
  row: 5,
  selectivity: 'S4',
  reliability: 0.92,
  group: 'key',
  trap: 'As for the whole key: CDNs, factory keys and cloned machines share theirs.',
  extract: ({ key_sha256 }) => (key_sha256 === undefined ? [] : [key_sha256]),
  normalise: hexadecimal,
  example: { facts: { ...nothingKnown, key_sha256: '0b'.repeat(32) }, values: ['0b'.repeat(32)] },
}
