import { deepestFragment } from './bounds.ts'
import type { Chunk } from './chunk.ts'
import { note } from './chunk.ts'
import { definitionAt, sizeOfDefinition } from './definitions.ts'
import type { Instance } from './markup.ts'
import { readValueArray } from './value-array.ts'

/*
 * Template instance:
 *   u8 0c, u8 1
 *   u32 the first four octets of the GUID of the template
 *   u32 offset of the template in the chunk
 *   the template itself, when this is the first place in the chunk that needs it: then it lies at that offset
 *   its values, see value-array.ts
 */
const headSize = 10

/**
 * Reads the template instance at `at`; leaves in `chunk.cursor` where it ends. Undefined, with a problem, when its end
 * cannot be known.
 */
export function readInstance(chunk: Chunk, at: number, limit: number, depth: number): Instance | undefined {
  if (at + headSize > limit) {
    note(chunk, 'evtx/truncated', at, 'a template instance')
    return undefined
  }
  if (depth > deepestFragment) {
    note(chunk, 'evtx/too-deep', at, `at most ${deepestFragment} templates`)
    return undefined
  }
  const id = chunk.data.getUint32(at + 2, true)
  const offset = chunk.data.getUint32(at + 6, true)
  let definition = definitionAt(chunk, offset, depth)
  let valuesAt = at + headSize
  if (offset === valuesAt) {
    const size = sizeOfDefinition(chunk, offset)
    if (size === undefined) return undefined // a length that means nothing, and the values begin behind it
    valuesAt += size
  }
  if (definition !== undefined && definition.id !== id) {
    note(chunk, 'evtx/template-id', at, hexOf(id), hexOf(definition.id))
    definition = undefined
  }
  const values = readValueArray(chunk, valuesAt, limit)
  chunk.cursor = values.end
  return { kind: 'instance', definition, values }
}

function hexOf(id: number): string {
  return id.toString(16).padStart(8, '0')
}
