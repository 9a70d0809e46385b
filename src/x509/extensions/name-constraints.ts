import type { GeneralName } from '../certificate.ts'
import type { Walk } from '../der.ts'
import { expectEnd, note, readElement, readExpected, tags, tagText } from '../der.ts'
import { readGeneralName } from '../general-names.ts'
import type { Extensions } from './index.ts'
import type { ExtensionReader } from './reader.ts'

/** RFC 5280 §4.2.1.10. For which names a CA may issue. A dNSName `example.com` allows everything below it, too. */
export const nameConstraints: ExtensionReader<'name_constraints'> = {
  oid: '2.5.29.30',
  name: 'nameConstraints',
  field: 'name_constraints',
  repeats: false,
  read: readNameConstraints,
}

/** Lists with more are not read to their end. */
const mostSubtrees = 10_000

/**
 *   NameConstraints ::= SEQUENCE { permittedSubtrees [0] IMPLICIT GeneralSubtrees OPTIONAL,
 *                                  excludedSubtrees  [1] IMPLICIT GeneralSubtrees OPTIONAL }
 *   GeneralSubtrees ::= SEQUENCE SIZE (1..MAX) OF GeneralSubtree
 *   GeneralSubtree  ::= SEQUENCE { base GeneralName, minimum [0] DEFAULT 0, maximum [1] OPTIONAL }
 */
function readNameConstraints(walk: Walk, start: number, end: number): Extensions['name_constraints'] {
  if (!readExpected(walk, start, end, tags.sequence, 'NameConstraints')) return undefined
  const { contents, contentsEnd, end: sequenceEnd } = walk
  if (contents === contentsEnd) note(walk, 'extension/empty', contents, 'subtrees')
  const permitted: GeneralName[] = []
  const excluded: GeneralName[] = []
  for (let at = contents; at < contentsEnd && readElement(walk, at, contentsEnd); ) {
    at = walk.end
    if (walk.tag === 0xa0) readSubtrees(walk, permitted)
    else if (walk.tag === 0xa1) readSubtrees(walk, excluded)
    else note(walk, 'der/tag', walk.start, '[0] or [1]', tagText(walk.tag))
  }
  expectEnd(walk, sequenceEnd, end)
  return { permitted, excluded }
}

function readSubtrees(walk: Walk, into: GeneralName[]): void {
  const { contents, contentsEnd } = walk
  if (contents === contentsEnd) note(walk, 'extension/empty', contents, 'a subtree')
  for (let at = contents; at < contentsEnd; ) {
    if (into.length === mostSubtrees) {
      note(walk, 'name/too-many', at, `at most ${mostSubtrees} subtrees`)
      return
    }
    if (!readExpected(walk, at, contentsEnd, tags.sequence, 'GeneralSubtree')) return
    at = walk.end
    const { contents: base, contentsEnd: last } = walk
    if (!readElement(walk, base, last)) continue
    const { end } = walk
    const name = readGeneralName(walk, 'networks')
    if (name !== undefined) into.push(name)
    // §4.2.1.10: minimum is 0 and so not written, maximum is absent.
    expectEnd(walk, end, last)
  }
}
