import type { ExtensionReader } from './reader.ts'
import { readGeneralNamesValue } from './values.ts'

/** RFC 5280 §4.2.1.7. */
export const issuerAltName: ExtensionReader<'issuer_alt_name'> = {
  oid: '2.5.29.18',
  name: 'issuerAltName',
  field: 'issuer_alt_name',
  repeats: false,
  read: readGeneralNamesValue,
}
