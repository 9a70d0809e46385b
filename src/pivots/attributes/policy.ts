import { nothingKnown } from '../facts.ts'
import { shortened } from '../normal-text.ts'
import type { Pivot } from '../pivot.ts'

/** A policy OID: of a private CA, an arc that somebody registered or made up. */
export const policy: Pivot = {
  name: 'policy',
  title: 'certificate policy',
  row: 24,
  selectivity: 'S2',
  reliability: 0.3,
  group: 'name',
  trap: 'A public CA has the same in all its certificates; only a private one is a lead.',
  extract: ({ policies }) => (policies ?? []).filter(value => value !== '').map(shortened),
  normalise: text => shortened(text.trim()),
  example: { facts: { ...nothingKnown, policies: ['1.3.6.1.4.1.55555.1.1'] }, values: ['1.3.6.1.4.1.55555.1.1'] },
}
