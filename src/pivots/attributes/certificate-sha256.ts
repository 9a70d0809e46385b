import { nothingKnown } from '../facts.ts'
import { hexadecimal } from '../normal-text.ts'
import type { Pivot } from '../pivot.ts'

/**
 * The same certificate in two places. Not stored as a value, since it is what a certificate is named by: it is scored
 * between a certificate and the addresses it was met at (host-edges.ts).
 */
export const certificateSha256: Pivot = {
  name: 'certificate_sha256',
  title: 'the certificate itself (SHA-256 of its DER)',
  row: 1,
  selectivity: 'S5',
  reliability: 0.97,
  group: 'artefact',
  trap: 'What a host answers without a server name is one certificate for all its customers.',
  extract: () => [],
  normalise: hexadecimal,
  example: { facts: { ...nothingKnown, sha256: 'aa'.repeat(32) }, values: [] },
}
