import type { ExtensionReader } from './reader.ts'
import { readNamedBits } from './values.ts'

/** RFC 5280 §4.2.1.3, in the order of the bits. X.509 calls the second contentCommitment. */
const usages = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
]

export const keyUsage: ExtensionReader<'key_usage'> = {
  oid: '2.5.29.15',
  name: 'keyUsage',
  field: 'key_usage',
  repeats: true,
  read: (walk, start, end) => readNamedBits(walk, start, end, usages),
}
