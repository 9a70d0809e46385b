import { nothingKnown } from '../facts.ts'
import { hexadecimal } from '../normal-text.ts'
import type { Pivot } from '../pivot.ts'

/** subjectKeyIdentifier: usually the SHA-1 of the key, but whoever makes the certificate writes it (RFC 5280 §4.2.1.2). */
export const subjectKeyId: Pivot = {
  name: 'subject_key_id',
  title: 'subject key identifier',
  row: 7,
  selectivity: 'S4',
  reliability: 0.85,
  group: 'key',
  trap: 'It can be forged or a constant. When both keys are known and differ, it says nothing.',
  extract: ({ subject_key_id }) => (subject_key_id ? [subject_key_id.slice(0, 256)] : []),
  normalise: text => hexadecimal(text).slice(0, 256),
  example: { facts: { ...nothingKnown, subject_key_id: 'c1'.repeat(20) }, values: ['c1'.repeat(20)] },
}
