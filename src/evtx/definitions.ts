import { Buffer } from 'node:buffer'
import { chunkHeaderSize, chunkSize, mostKnownOctets } from './bounds.ts'
import type { Chunk } from './chunk.ts'
import { note, noteAgain } from './chunk.ts'
import type { Definition, FailedDefinition, KnownTemplate, NameReference } from './definition.ts'
import { nameAt, sizeOfName } from './names.ts'
import { parseMarkup } from './parse.ts'

/*
 * Template definition:
 *   u32 offset of the next template with the same place in the chunk's table; not needed to read
 *   16 octets GUID
 *   u32 size of what follows
 *   binary XML: fragment head, element, end
 */
const guidAt = 4
const sizeAt = 20
const headSize = 24

/** The template at `offset` of the chunk, read when it is met first. Undefined, with a problem, when it cannot be. */
export function definitionAt(chunk: Chunk, offset: number, depth: number): Definition | undefined {
  const found = chunk.definitions.get(offset) ?? lookUp(chunk, offset, depth)
  if (typeof found === 'string') {
    note(chunk, found, offset)
    return undefined
  }
  if (found.problems.length > 0) noteAgain(chunk, found.problems)
  return found
}

/** Octets of the definition at `offset`, its head included; undefined when it cannot lie there. */
export function sizeOfDefinition({ data }: Chunk, offset: number): number | undefined {
  if (offset < chunkHeaderSize || offset + headSize > chunkSize) return undefined
  const size = headSize + data.getUint32(offset + sizeAt, true)
  return offset + size > chunkSize ? undefined : size
}

function lookUp(chunk: Chunk, offset: number, depth: number): Definition | FailedDefinition {
  const definition = lookIn(chunk, offset, depth)
  chunk.definitions.set(offset, definition)
  return definition
}

function lookIn(chunk: Chunk, offset: number, depth: number): Definition | FailedDefinition {
  const size = sizeOfDefinition(chunk, offset)
  if (size === undefined) return 'evtx/template-place'
  chunk.templateOctetsLeft -= size
  if (chunk.templateOctetsLeft < 0) return 'evtx/too-many-templates'
  return recognise(chunk, offset, size) ?? read(chunk, offset, size, depth)
}

function read(chunk: Chunk, offset: number, size: number, depth: number): Definition {
  // Whoever meets it before it is read has found it inside itself.
  chunk.definitions.set(offset, 'evtx/template-cycle')
  const outer = { problems: chunk.problems, references: chunk.references }
  const references: NameReference[] = []
  chunk.problems = []
  chunk.references = references
  const content = parseMarkup(chunk, offset + headSize, offset + size, true, depth)
  const { problems } = chunk
  // One that holds another is bound to the chunk: the parser takes its list away.
  const isPortable = problems.length === 0 && chunk.references === references
  Object.assign(chunk, outer)
  const id = chunk.data.getUint32(offset + guidAt, true)
  const definition: Definition = { id, size, content, problems, plans: new Map(), json: 'not compiled' }
  if (isPortable) remember(chunk, offset, definition, references)
  return definition
}

function remember({ bytes, known }: Chunk, offset: number, definition: Definition, references: NameReference[]): void {
  if (known.octets + definition.size > mostKnownOctets) {
    known.byKey.clear()
    known.octets = 0
  }
  known.octets += definition.size
  const octets = bytes.slice(offset, offset + definition.size)
  const template: KnownTemplate = {
    definition,
    octets,
    references: references.map(reference => ({ ...reference, at: reference.at - offset })),
  }
  const key = keyOf(octets, 0, definition.size)
  const siblings = known.byKey.get(key)
  if (siblings === undefined) known.byKey.set(key, [template])
  else siblings.push(template)
}

/** GUID and size. Read as Latin-1: it need only be the same for the same octets. */
function keyOf(bytes: Uint8Array, offset: number, size: number): string {
  const { buffer, byteOffset } = bytes
  return `${size} ${Buffer.from(buffer, byteOffset + offset + guidAt, 16).toString('latin1')}`
}

/** Templates of one GUID and size that are compared. A log has one or two: they differ in which names stand in them. */
const mostSiblings = 8

function recognise(chunk: Chunk, offset: number, size: number): Definition | undefined {
  const siblings = chunk.known.byKey.get(keyOf(chunk.bytes, offset, size))
  if (siblings === undefined) return undefined
  for (let i = Math.max(0, siblings.length - mostSiblings); i < siblings.length; i += 1) {
    const template = siblings[i]
    if (template !== undefined && isSame(chunk, offset, template)) return template.definition
  }
  return undefined
}

/** Whether every octet is the same but the offsets of names, and every name is. */
function isSame(chunk: Chunk, offset: number, { octets, references }: KnownTemplate): boolean {
  const { data } = chunk
  let place = guidAt
  for (const { at, inline, name } of references) {
    if (!areEqual(chunk, offset, octets, place, at)) return false
    const nameOffset = data.getUint32(offset + at, true)
    const isInline = nameOffset === offset + at + 4
    const found = nameAt(chunk, nameOffset)
    if (isInline !== inline || found?.text !== name || !found.isSound) return false
    place = at + 4 + (inline ? sizeOfName(chunk, nameOffset) : 0)
  }
  return areEqual(chunk, offset, octets, place, octets.length)
}

function areEqual({ bytes }: Chunk, offset: number, octets: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i += 1) if (bytes[offset + i] !== octets[i]) return false
  return true
}
