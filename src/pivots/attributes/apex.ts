import { normalHostName, registrableDomain } from '../../hostname/index.ts'
import { nothingKnown } from '../facts.ts'
import type { Pivot } from '../pivot.ts'

/**
 * A registrable domain that both name. What it is worth depends on how many domains each names in all: the scorer takes
 * their weighted overlap (specification AN1972 §2.1 row 14) and how packed they are (§3.3).
 */
export const apex: Pivot = {
  name: 'apex',
  title: 'registrable domain',
  row: 14,
  selectivity: 'S3',
  reliability: 0.85,
  group: 'san',
  trap: 'CDNs pack strangers into one certificate, and nobody checks which names a self-signed certificate has.',
  extract: ({ apexes }) => apexes,
  normalise: text => {
    const name = normalHostName(text)
    return registrableDomain(name) ?? name
  },
  example: {
    facts: { ...nothingKnown, apexes: ['example.com', 'example.net'] },
    values: ['example.com', 'example.net'],
  },
}
