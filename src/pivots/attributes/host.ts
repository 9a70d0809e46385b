import { canonicalAddress } from '../address.ts'
import { nothingKnown } from '../facts.ts'
import type { Pivot } from '../pivot.ts'

/** An address at which both were met. The scorer asks when: an address that changed hands between them proves nothing. */
export const host: Pivot = {
  name: 'host',
  title: 'address it was met at',
  row: 28,
  selectivity: 'S3',
  reliability: 0.7,
  group: 'host',
  trap: 'Shared hosting and CDNs serve strangers from one address.',
  extract: ({ addresses = [] }) => addresses.filter(value => value !== '').map(value => value.slice(0, 64)),
  normalise: canonicalAddress,
  example: {
    facts: { ...nothingKnown, addresses: ['192.0.2.7', '2001:db8::7'] },
    values: ['192.0.2.7', '2001:db8::7'],
  },
}
