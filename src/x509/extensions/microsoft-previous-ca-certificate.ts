import type { ExtensionReader } from './reader.ts'
import { readOctetsValue } from './values.ts'

/** szOID_CERTSRV_PREVIOUS_CERT_HASH, [MS-WCCE] §2.2.2.7.3: SHA-1 of the certificate the CA had before this one. */
export const microsoftPreviousCaCertificate: ExtensionReader<'microsoft_previous_ca_certificate'> = {
  oid: '1.3.6.1.4.1.311.21.2',
  name: 'microsoftPreviousCaCertificate',
  field: 'microsoft_previous_ca_certificate',
  repeats: true,
  read: readOctetsValue,
}
