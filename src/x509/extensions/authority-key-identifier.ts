import type { GeneralName } from '../certificate.ts'
import type { Walk } from '../der.ts'
import { expectEnd, hexOf, note, readElement, readExpected, tags, tagText } from '../der.ts'
import { readGeneralNames } from '../general-names.ts'
import { readSerialText } from '../primitives.ts'
import type { AuthorityKeyIdentifier } from './index.ts'
import type { ExtensionReader } from './reader.ts'

/** RFC 5280 §4.2.1.1. Which of its issuer's keys has signed, as the issuer says. */
export const authorityKeyIdentifier: ExtensionReader<'authority_key_identifier'> = {
  oid: '2.5.29.35',
  name: 'authorityKeyIdentifier',
  field: 'authority_key_identifier',
  repeats: true,
  read: readAuthorityKeyIdentifier,
}

/**
 *   AuthorityKeyIdentifier ::= SEQUENCE {
 *     keyIdentifier             [0] IMPLICIT OCTET STRING OPTIONAL,
 *     authorityCertIssuer       [1] IMPLICIT GeneralNames OPTIONAL,
 *     authorityCertSerialNumber [2] IMPLICIT INTEGER OPTIONAL }
 */
function readAuthorityKeyIdentifier(walk: Walk, start: number, end: number): AuthorityKeyIdentifier | undefined {
  if (!readExpected(walk, start, end, tags.sequence, 'AuthorityKeyIdentifier')) return undefined
  const { contentsEnd, end: sequenceEnd } = walk
  let keyIdentifier: string | undefined
  let issuer: readonly GeneralName[] = []
  let serial: string | undefined
  for (let at = walk.contents; at < contentsEnd; ) {
    if (!readElement(walk, at, contentsEnd)) break
    const { tag, contents, contentsEnd: last } = walk
    if (!walk.cut && tag === 0x80) keyIdentifier = hexOf(walk, contents, last)
    else if (!walk.cut && tag === 0x82) serial = readSerialText(walk)
    else if (tag !== 0xa1) note(walk, 'der/tag', at, '[0], [1] or [2]', tagText(tag))
    at = walk.end
    if (tag === 0xa1) issuer = readGeneralNames(walk, contents, last)
  }
  expectEnd(walk, sequenceEnd, end)
  return { key_identifier: keyIdentifier, issuer, serial }
}
