import { canonicalAddress } from '../address.ts'
import { type CertificateFacts, nothingKnown } from '../facts.ts'
import type { Pivot } from '../pivot.ts'

/** An address in subjectAltName, or as the subject's CN. */
export const sanIp: Pivot = {
  name: 'san_ip',
  title: 'address named by the certificate',
  row: 16,
  selectivity: 'S3',
  reliability: 0.6,
  group: 'san',
  trap: 'Addresses get other owners, and every network has a 192.168.1.1.',
  extract: ({ names }: CertificateFacts) => {
    const found: string[] = []
    for (const { type, value } of names) if (type === 'ip') found.push(value.slice(0, 64))
    return found
  },
  normalise: canonicalAddress,
  example: {
    facts: { ...nothingKnown, names: [{ type: 'ip', value: '192.0.2.7' }] },
    values: ['192.0.2.7'],
  },
}
