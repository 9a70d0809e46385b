import type { Chunk } from './chunk.ts'
import { note } from './chunk.ts'

/** The five entities that XML has by itself (XML 1.0 §4.6). */
const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

/** The text of an entity that is referred to at `at`. One that is not known stands as written. */
export function textOfEntity(chunk: Chunk, at: number, name: string): string {
  const text = Object.hasOwn(entities, name) ? entities[name] : undefined
  if (text !== undefined) return text
  note(chunk, 'evtx/entity', at, 'lt, gt, amp, quot or apos', name)
  return `&${name};`
}

/** A character reference has 16 bits: a code point of the basic plane, or half of a pair. */
export function characterOf(code: number): string {
  return String.fromCharCode(code)
}
