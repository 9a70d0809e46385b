import { readAccessDescriptions } from './access-descriptions.ts'
import type { ExtensionReader } from './reader.ts'

/** RFC 5280 §4.2.2.1. Where to ask whether it is revoked, and where its issuer's certificate is. */
export const authorityInformationAccess: ExtensionReader<'authority_information_access'> = {
  oid: '1.3.6.1.5.5.7.1.1',
  name: 'authorityInfoAccess',
  field: 'authority_information_access',
  repeats: true,
  read: readAccessDescriptions,
}
