import type { Walk } from '../der.ts'
import { expectEnd, tags } from '../der.ts'
import type { ExtensionReader } from './reader.ts'
import { readOidText, readSequenceOf } from './values.ts'

/** RFC 5280 §4.2.1.5. Which policy of the subject's domain the issuer takes for which of its own. */
export const policyMappings: ExtensionReader<'policy_mappings'> = {
  oid: '2.5.29.33',
  name: 'policyMappings',
  field: 'policy_mappings',
  repeats: true,
  read: (walk, start, end) => readSequenceOf(walk, start, end, tags.sequence, 'policy mapping', readMapping),
}

/** SEQUENCE { issuerDomainPolicy OBJECT IDENTIFIER, subjectDomainPolicy OBJECT IDENTIFIER } */
function readMapping(walk: Walk): readonly [issuer: string, subject: string] | undefined {
  const { contents, contentsEnd } = walk
  const issuer = readOidText(walk, contents, contentsEnd, 'issuerDomainPolicy')
  if (issuer === undefined) return undefined
  const subject = readOidText(walk, walk.end, contentsEnd, 'subjectDomainPolicy')
  if (subject === undefined) return undefined
  expectEnd(walk, walk.end, contentsEnd)
  return [issuer, subject]
}
