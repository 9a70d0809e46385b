import type { ExtensionReader } from './reader.ts'
import { readGeneralNamesValue } from './values.ts'

/** RFC 5280 §4.2.1.6. Whom the certificate is for: what programs look at since they no longer look at the CN. */
export const subjectAltName: ExtensionReader<'subject_alt_name'> = {
  oid: '2.5.29.17',
  name: 'subjectAltName',
  field: 'subject_alt_name',
  repeats: false,
  read: readGeneralNamesValue,
}
