import type { AlgorithmIdentifier } from './certificate.ts'
import type { Walk } from './der.ts'
import { readExpected, tags, view } from './der.ts'
import { oidAt } from './oids.ts'

/**
 * The AlgorithmIdentifier that is the element read last. RFC 5280 §4.1.1.2:
 *
 *   AlgorithmIdentifier ::= SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY DEFINED BY algorithm OPTIONAL }
 *
 * Undefined when it has no identifier.
 */
export function readAlgorithm(walk: Walk): AlgorithmIdentifier | undefined {
  const { contents, contentsEnd } = walk
  if (!readExpected(walk, contents, contentsEnd, tags.oid, 'algorithm') || walk.cut) return undefined
  const { text, name } = oidAt(walk, walk.contents, walk.contentsEnd)
  return { oid: text, name, parameters: walk.end < contentsEnd ? view(walk, walk.end, contentsEnd) : undefined }
}
