import { nothingKnown } from '../facts.ts'
import { shortened } from '../normal-text.ts'
import type { Pivot } from '../pivot.ts'

/** Where the CA says its practice statement is. */
export const cpsUrl: Pivot = {
  name: 'cps_url',
  title: 'certification practice statement',
  row: 24,
  selectivity: 'S2',
  reliability: 0.3,
  group: 'name',
  trap: 'A public CA has the same in all its certificates; only a private one is a lead.',
  extract: ({ cps_urls }) => (cps_urls ?? []).filter(value => value !== '').map(shortened),
  normalise: text => shortened(text.trim()),
  example: { facts: { ...nothingKnown, cps_urls: ['https://corp.example/cps'] }, values: ['https://corp.example/cps'] },
}
