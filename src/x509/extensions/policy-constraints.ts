import type { Walk } from '../der.ts'
import { expectEnd, note, readElement, readExpected, tags, tagText } from '../der.ts'
import { readSmallInteger } from '../primitives.ts'
import type { Extensions } from './index.ts'
import type { ExtensionReader } from './reader.ts'

/** RFC 5280 §4.2.1.11. After how many certificates of the path policies must be explicit, or may no longer be mapped. */
export const policyConstraints: ExtensionReader<'policy_constraints'> = {
  oid: '2.5.29.36',
  name: 'policyConstraints',
  field: 'policy_constraints',
  repeats: true,
  read: readPolicyConstraints,
}

/**
 *   PolicyConstraints ::= SEQUENCE { requireExplicitPolicy [0] IMPLICIT INTEGER OPTIONAL,
 *                                    inhibitPolicyMapping  [1] IMPLICIT INTEGER OPTIONAL }
 */
function readPolicyConstraints(walk: Walk, start: number, end: number): Extensions['policy_constraints'] {
  if (!readExpected(walk, start, end, tags.sequence, 'PolicyConstraints')) return undefined
  const { contents, contentsEnd, end: sequenceEnd } = walk
  if (contents === contentsEnd) note(walk, 'extension/empty', contents, 'a constraint')
  let explicit: number | undefined
  let mapping: number | undefined
  for (let at = contents; at < contentsEnd && readElement(walk, at, contentsEnd); at = walk.end) {
    if (walk.tag === 0x80) explicit = readSmallInteger(walk)
    else if (walk.tag === 0x81) mapping = readSmallInteger(walk)
    else note(walk, 'der/tag', at, '[0] or [1]', tagText(walk.tag))
  }
  expectEnd(walk, sequenceEnd, end)
  return { require_explicit_policy: explicit, inhibit_policy_mapping: mapping }
}
