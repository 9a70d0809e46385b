import { nothingKnown } from '../facts.ts'
import { hexadecimal } from '../normal-text.ts'
import type { Pivot } from '../pivot.ts'

/** The same public key. Not the key identifier, which its maker chooses, and not the hash of the BIT STRING alone. */
export const spkiSha256: Pivot = {
  name: 'spki_sha256',
  title: 'public key (SHA-256 of SubjectPublicKeyInfo)',
  row: 4,
  selectivity: 'S4',
  reliability: 0.92,
  group: 'key',
  trap: 'CDNs and hosts use a key for many customers, devices come with a factory key, and cloned machines share theirs.',
  extract: ({ spki_sha256 }) => (spki_sha256 === undefined ? [] : [spki_sha256]),
  normalise: hexadecimal,
  example: {
    facts: { ...nothingKnown, spki_sha256: '87f2085c32b6a2cc709b365f55873e207a9caa10bffecf2fd16d3cf9d94d390c' },
    values: ['87f2085c32b6a2cc709b365f55873e207a9caa10bffecf2fd16d3cf9d94d390c'],
  },
}
