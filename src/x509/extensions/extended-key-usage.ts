import { tags } from '../der.ts'
import { oidAt } from '../oids.ts'
import type { ExtensionReader } from './reader.ts'
import { readSequenceOf } from './values.ts'

/** RFC 5280 §4.2.1.12: ExtKeyUsageSyntax ::= SEQUENCE SIZE (1..MAX) OF KeyPurposeId */
export const extendedKeyUsage: ExtensionReader<'extended_key_usage'> = {
  oid: '2.5.29.37',
  name: 'extKeyUsage',
  field: 'extended_key_usage',
  repeats: true,
  read: (walk, start, end) =>
    readSequenceOf(
      walk,
      start,
      end,
      tags.oid,
      'KeyPurposeId',
      ({ contents, contentsEnd }) => oidAt(walk, contents, contentsEnd).name,
    ),
}
