import { readDistributionPoints } from './distribution-points.ts'
import type { ExtensionReader } from './reader.ts'

/** RFC 5280 §4.2.1.13. */
export const crlDistributionPoints: ExtensionReader<'crl_distribution_points'> = {
  oid: '2.5.29.31',
  name: 'cRLDistributionPoints',
  field: 'crl_distribution_points',
  repeats: true,
  read: readDistributionPoints,
}
