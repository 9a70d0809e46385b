import type { Walk } from '../der.ts'
import { expectEnd, readExpected, tags } from '../der.ts'
import type { ExtensionReader } from './reader.ts'

/** RFC 6962 §3.1. A critical extension with NULL in it, so that nobody takes the precertificate for a certificate. */
export const precertificatePoison: ExtensionReader<'precertificate_poison'> = {
  oid: '1.3.6.1.4.1.11129.2.4.3',
  name: 'precertificatePoison',
  field: 'precertificate_poison',
  repeats: true,
  read: readPoison,
}

/** Present is poison: whatever stands in it, it is no certificate. */
function readPoison(walk: Walk, start: number, end: number): true {
  if (readExpected(walk, start, end, tags.null, 'NULL')) expectEnd(walk, walk.contents, end)
  return true
}
