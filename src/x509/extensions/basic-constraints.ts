import type { Walk } from '../der.ts'
import { expectEnd, note, readElement, readExpected, tags } from '../der.ts'
import { readBoolean, readSmallInteger } from '../primitives.ts'
import type { Extensions } from './index.ts'
import type { ExtensionReader } from './reader.ts'

/** RFC 5280 §4.2.1.9. Whether it may issue certificates, and how long a chain below it may be. */
export const basicConstraints: ExtensionReader<'basic_constraints'> = {
  oid: '2.5.29.19',
  name: 'basicConstraints',
  field: 'basic_constraints',
  repeats: true,
  read: readBasicConstraints,
}

/** BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER (0..MAX) OPTIONAL } */
function readBasicConstraints(walk: Walk, start: number, end: number): Extensions['basic_constraints'] {
  if (!readExpected(walk, start, end, tags.sequence, 'BasicConstraints')) return undefined
  const { contents, contentsEnd, end: sequenceEnd } = walk
  let at = contents
  let ca = false
  if (walk.bytes[at] === tags.boolean && at < contentsEnd && readElement(walk, at, contentsEnd)) {
    ca = readBoolean(walk)
    if (!ca) note(walk, 'der/default-encoded', at, undefined, 'cA FALSE')
    at = walk.end
  }
  let length: number | undefined
  if (at < contentsEnd && readExpected(walk, at, contentsEnd, tags.integer, 'pathLenConstraint')) {
    const { end: integerEnd } = walk
    length = readSmallInteger(walk)
    if (length !== undefined && (length < 0 || !ca))
      note(walk, 'extension/value', at, 'a path length of 0 and more, in a CA', `${length}, cA ${ca}`)
    expectEnd(walk, integerEnd, contentsEnd)
  }
  expectEnd(walk, sequenceEnd, end)
  return { ca, path_length: length }
}
