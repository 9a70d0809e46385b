import { nothingKnown } from '../facts.ts'
import { shortened } from '../normal-text.ts'
import type { Pivot } from '../pivot.ts'

/** Where the CA says its revocation list is: of a private CA, often a name inside its network. */
export const crlUrl: Pivot = {
  name: 'crl_url',
  title: 'where the revocation list is',
  row: 24,
  selectivity: 'S2',
  reliability: 0.3,
  group: 'name',
  trap: 'A public CA has the same in all its certificates; only a private one is a lead.',
  extract: ({ crl_urls }) => (crl_urls ?? []).filter(value => value !== '').map(shortened),
  normalise: text => shortened(text.trim()),
  example: {
    facts: { ...nothingKnown, crl_urls: ['http://crl.corp.example/root.crl'] },
    values: ['http://crl.corp.example/root.crl'],
  },
}
