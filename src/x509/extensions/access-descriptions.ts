import type { Walk } from '../der.ts'
import { expectEnd, note, readElement, readExpected, tags } from '../der.ts'
import { readGeneralName } from '../general-names.ts'
import { oidAt } from '../oids.ts'
import type { AccessDescription } from './index.ts'
import { readSequenceOf } from './values.ts'

/** RFC 5280 §4.2.2: SEQUENCE SIZE (1..MAX) OF AccessDescription */
export function readAccessDescriptions(walk: Walk, start: number, end: number): AccessDescription[] | undefined {
  return readSequenceOf(walk, start, end, tags.sequence, 'AccessDescription', readAccessDescription)
}

/** AccessDescription ::= SEQUENCE { accessMethod OBJECT IDENTIFIER, accessLocation GeneralName } */
function readAccessDescription(walk: Walk): AccessDescription | undefined {
  const { contents, contentsEnd } = walk
  if (!readExpected(walk, contents, contentsEnd, tags.oid, 'accessMethod') || walk.cut) return undefined
  const method = oidAt(walk, walk.contents, walk.contentsEnd).name
  if (!readElement(walk, walk.end, contentsEnd)) {
    note(walk, 'der/missing', contentsEnd, 'accessLocation')
    return undefined
  }
  const { end } = walk
  const location = readGeneralName(walk)
  expectEnd(walk, end, contentsEnd)
  return location === undefined ? undefined : { method, location }
}
