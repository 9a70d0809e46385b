import { looksLikePem, readPem } from '../formats/index.ts'
import type { IndexedCertificate } from '../pivots/index.ts'
import { certificateOf } from './certificate-of.ts'

/**
 * The certificates of a PEM or DER text as an index would keep them, in their order; what cannot be read is left out.
 * Their owners are grouped with nobody: whoever asks may not have them in a store.
 */
export function givenCertificates(content: Uint8Array): readonly IndexedCertificate[] {
  const blocks = looksLikePem(content) ? readPem(content).map(({ der }) => der) : [content]
  return blocks.flatMap(der => {
    const one = certificateOf(der)
    return one === undefined ? [] : [{ ...one, owner_group: one.owner }]
  })
}
