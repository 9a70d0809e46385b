import { readDistributionPoints } from './distribution-points.ts'
import type { ExtensionReader } from './reader.ts'

/** RFC 5280 §4.2.1.15. Where the delta CRL is. */
export const freshestCrl: ExtensionReader<'freshest_crl'> = {
  oid: '2.5.29.46',
  name: 'freshestCRL',
  field: 'freshest_crl',
  repeats: true,
  read: readDistributionPoints,
}
