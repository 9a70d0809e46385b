import { normalHostName } from '../../hostname/index.ts'
import { type CertificateFacts, nothingKnown } from '../facts.ts'
import { isShortened, shortened } from '../normal-text.ts'
import type { Pivot } from '../pivot.ts'

/** All host names together: `*.example.com example.com`, sorted, in A-labels, wildcards as they are. */
export const sanSet: Pivot = {
  name: 'san_set',
  title: 'all host names',
  row: 13,
  selectivity: 'S3',
  reliability: 0.85,
  group: 'san',
  trap: 'Packs of a CDN are renewed with the same names; parked domains and brand protection are issued in bulk.',
  extract: facts => {
    const names = hostNames(facts)
    return names.length === 0 ? [] : [shortened(names.join(' '))]
  },
  normalise: text => {
    if (isShortened(text)) return text
    const names = text.split(/[\s,;]+/).filter(name => name !== '')
    return shortened([...new Set(names.map(normalHostName))].sort().join(' '))
  },
  example: {
    facts: {
      ...nothingKnown,
      names: [
        { type: 'dns', value: 'www.example.com' },
        { type: 'ip', value: '192.0.2.1' },
        { type: 'dns', value: '*.example.com' },
      ],
    },
    values: ['*.example.com www.example.com'],
  },
}

function hostNames({ names }: CertificateFacts): readonly string[] {
  const found: string[] = []
  for (const { type, value } of names) if (type === 'dns') found.push(value)
  // Mostly one or two.
  if (found.length > 2) return [...new Set(found)].sort()
  const [first = '', second = ''] = found
  return found.length < 2 || first < second ? found : first === second ? [first] : [second, first]
}
