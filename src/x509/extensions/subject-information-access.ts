import { readAccessDescriptions } from './access-descriptions.ts'
import type { ExtensionReader } from './reader.ts'

/** RFC 5280 §4.2.2.2. */
export const subjectInformationAccess: ExtensionReader<'subject_information_access'> = {
  oid: '1.3.6.1.5.5.7.1.11',
  name: 'subjectInfoAccess',
  field: 'subject_information_access',
  repeats: true,
  read: readAccessDescriptions,
}
