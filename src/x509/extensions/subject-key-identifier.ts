import type { ExtensionReader } from './reader.ts'
import { readOctetsValue } from './values.ts'

/** RFC 5280 §4.2.1.2. Mostly SHA-1 of the key, but its maker may write what it likes: a hint, no proof. */
export const subjectKeyIdentifier: ExtensionReader<'subject_key_identifier'> = {
  oid: '2.5.29.14',
  name: 'subjectKeyIdentifier',
  field: 'subject_key_identifier',
  repeats: false,
  read: readOctetsValue,
}
