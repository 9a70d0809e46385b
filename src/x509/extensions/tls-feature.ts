import { tags } from '../der.ts'
import { readSmallInteger } from '../primitives.ts'
import type { ExtensionReader } from './reader.ts'
import { readSequenceOf } from './values.ts'

/** RFC 7633 §4.1: Features ::= SEQUENCE OF INTEGER, numbers of TLS extensions; 5 is OCSP must-staple. */
export const tlsFeature: ExtensionReader<'tls_feature'> = {
  oid: '1.3.6.1.5.5.7.1.24',
  name: 'tlsFeature',
  field: 'tls_feature',
  repeats: true,
  read: (walk, start, end) => readSequenceOf(walk, start, end, tags.integer, 'Feature', readSmallInteger),
}
