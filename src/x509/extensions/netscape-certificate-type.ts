import type { ExtensionReader } from './reader.ts'
import { readNamedBits } from './values.ts'

/** Netscape Certificate Extensions, 1999: what came before extended key usage. OpenSSL still writes it when asked. */
const types = ['sslClient', 'sslServer', 'smime', 'objectSigning', 'reserved', 'sslCA', 'smimeCA', 'objectSigningCA']

export const netscapeCertificateType: ExtensionReader<'netscape_certificate_type'> = {
  oid: '2.16.840.1.113730.1.1',
  name: 'netscapeCertificateType',
  field: 'netscape_certificate_type',
  repeats: true,
  read: (walk, start, end) => readNamedBits(walk, start, end, types),
}
