import type { Walk } from '../der.ts'
import { note, readElement, tags, tagText } from '../der.ts'
import { readGeneralName } from '../general-names.ts'
import { readSequenceOf } from './values.ts'

/**
 * The URIs of CRLDistributionPoints, in order. RFC 5280 §4.2.1.13:
 *
 *   CRLDistributionPoints ::= SEQUENCE SIZE (1..MAX) OF DistributionPoint
 *   DistributionPoint     ::= SEQUENCE { distributionPoint [0] DistributionPointName OPTIONAL,
 *                                        reasons [1] OPTIONAL, cRLIssuer [2] OPTIONAL }
 *   DistributionPointName ::= CHOICE { fullName [0] IMPLICIT GeneralNames, nameRelativeToCRLIssuer [1] IMPLICIT RDN }
 */
export function readDistributionPoints(walk: Walk, start: number, end: number): string[] | undefined {
  const uris: string[] = []
  const points = readSequenceOf(walk, start, end, tags.sequence, 'DistributionPoint', () => readPoint(walk, uris))
  return points === undefined ? undefined : uris
}

/** Lists with more are not read to their end. */
const mostUris = 10_000

function readPoint(walk: Walk, uris: string[]): true {
  const { contents, contentsEnd, end } = walk
  for (let at = contents; at < contentsEnd && readElement(walk, at, contentsEnd); ) {
    at = walk.end
    if (walk.tag === 0xa0 && readElement(walk, walk.contents, walk.contentsEnd)) {
      if (walk.tag === 0xa0) readFullName(walk, uris)
      else if (walk.tag !== 0xa1) note(walk, 'der/tag', walk.start, 'DistributionPointName', tagText(walk.tag))
    }
  }
  walk.end = end
  return true
}

function readFullName(walk: Walk, uris: string[]): void {
  const { contentsEnd } = walk
  for (let at = walk.contents; at < contentsEnd && readElement(walk, at, contentsEnd); ) {
    at = walk.end
    if (uris.length === mostUris) {
      note(walk, 'name/too-many', at, `at most ${mostUris} URIs`)
      return
    }
    const name = readGeneralName(walk)
    if (name?.type === 'uri') uris.push(name.value)
  }
}
