import { nothingKnown } from '../facts.ts'
import { shortened } from '../normal-text.ts'
import type { Pivot } from '../pivot.ts'

/** Where the CA says its own certificate and its OCSP responder are. */
export const authorityUrl: Pivot = {
  name: 'authority_url',
  title: 'where the issuer and OCSP are',
  row: 24,
  selectivity: 'S2',
  reliability: 0.3,
  group: 'name',
  trap: 'A public CA has the same in all its certificates; only a private one is a lead.',
  extract: ({ authority_urls }) => (authority_urls ?? []).filter(value => value !== '').map(shortened),
  normalise: text => shortened(text.trim()),
  example: {
    facts: { ...nothingKnown, authority_urls: ['http://ocsp.corp.example'] },
    values: ['http://ocsp.corp.example'],
  },
}
