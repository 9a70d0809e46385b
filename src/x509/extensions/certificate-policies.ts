import type { Walk } from '../der.ts'
import { expectEnd, note, readElement, readExpected, tags } from '../der.ts'
import { readIa5, readString } from '../strings.ts'
import type { CertificatePolicy } from './index.ts'
import type { ExtensionReader } from './reader.ts'
import { readOidText, readSequenceOf } from './values.ts'

/** RFC 5280 §4.2.1.4. Under which rules it was issued, and where they can be read. */
export const certificatePolicies: ExtensionReader<'certificate_policies'> = {
  oid: '2.5.29.32',
  name: 'certificatePolicies',
  field: 'certificate_policies',
  repeats: true,
  read: (walk, start, end) => readSequenceOf(walk, start, end, tags.sequence, 'PolicyInformation', readPolicy),
}

/** Policies with more are not read to their end. */
const mostQualifiers = 1000

/**
 *   PolicyInformation   ::= SEQUENCE { policyIdentifier OBJECT IDENTIFIER,
 *                                      policyQualifiers SEQUENCE SIZE (1..MAX) OF PolicyQualifierInfo OPTIONAL }
 *   PolicyQualifierInfo ::= SEQUENCE { policyQualifierId OBJECT IDENTIFIER, qualifier ANY }
 */
function readPolicy(walk: Walk): CertificatePolicy | undefined {
  const { contents, contentsEnd, end: policyEnd } = walk
  const oid = readOidText(walk, contents, contentsEnd, 'policyIdentifier')
  if (oid === undefined) return undefined
  const cps: string[] = []
  const notices: string[] = []
  if (walk.end < contentsEnd && readExpected(walk, walk.end, contentsEnd, tags.sequence, 'policyQualifiers')) {
    const { contentsEnd: last, end } = walk
    if (walk.contents === last) note(walk, 'extension/empty', last, 'a policy qualifier')
    for (let at = walk.contents; at < last; ) {
      if (cps.length + notices.length === mostQualifiers) {
        note(walk, 'extension/too-many', at, `at most ${mostQualifiers} qualifiers`)
        break
      }
      if (!readExpected(walk, at, last, tags.sequence, 'PolicyQualifierInfo')) break
      at = walk.end
      readQualifier(walk, cps, notices)
    }
    expectEnd(walk, end, contentsEnd)
  }
  walk.end = policyEnd
  return { oid, cps, notices }
}

/** CPSuri is an IA5String; UserNotice a SEQUENCE { noticeRef OPTIONAL, explicitText DisplayText OPTIONAL }. */
function readQualifier(walk: Walk, cps: string[], notices: string[]): void {
  const { contents, contentsEnd } = walk
  const id = readOidText(walk, contents, contentsEnd, 'policyQualifierId')
  if (id === undefined || !readElement(walk, walk.end, contentsEnd) || walk.cut) return
  if (id === '1.3.6.1.5.5.7.2.1') {
    cps.push(
      readString(walk, walk.tag, walk.contents, walk.contentsEnd) ?? readIa5(walk, walk.contents, walk.contentsEnd),
    )
  } else if (id === '1.3.6.1.5.5.7.2.2' && walk.tag === tags.sequence) {
    const { contentsEnd: last } = walk
    for (let at = walk.contents; at < last && readElement(walk, at, last); at = walk.end) {
      // A noticeRef is a SEQUENCE: numbers of paragraphs in a document nobody has.
      if (walk.tag === tags.sequence || walk.cut) continue
      const text = readString(walk, walk.tag, walk.contents, walk.contentsEnd)
      if (text === undefined) note(walk, 'name/not-a-string', at, 'explicitText')
      else notices.push(text)
    }
  }
}
