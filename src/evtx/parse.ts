import { deepestElement } from './bounds.ts'
import type { Chunk } from './chunk.ts'
import { note } from './chunk.ts'
import { readInstance } from './instance.ts'
import type { Attribute, Markup } from './markup.ts'
import { looksLikeName, nameAt, sizeOfName, unreadableName } from './names.ts'
import { characterOf, textOfEntity } from './references.ts'
import { moreFlag, tokens, withoutFlag } from './tokens.ts'

/*
 * Binary XML as it stands in files (MS-EVEN6 §2.2.12; names are offsets of them, and their text follows only the first time):
 *   fragment     0f  u8 1  u8 1  u8 0
 *   open         01  [u16 dependency]  u32 octets that follow  name  [u32 octets of attributes, with flag 40]
 *   attribute    06  name, then its value in text and substitutions
 *   close start  02          close empty  03          end element  04
 *   value        05  u8 type, 1 for a string  u16 characters  UTF-16LE
 *   CDATA        07  u16 characters  UTF-16LE
 *   character    08  u16 code point           entity  09  name
 *   instruction  0a  name  0b  u16 characters  UTF-16LE
 *   instance     0c  see instance.ts
 *   substitution 0d  u16 index  u8 type       optional  0e  the same
 *   end          00
 * The dependency stands in templates only. CAPI2 writes elements without a template and without it.
 */

/** An element that is still being read. */
type Open = { readonly name: string; readonly attributes: Attribute[]; readonly content: Markup[] }

/** A walk over binary XML. */
type Walk = {
  readonly chunk: Chunk
  /** Where the walk must end at the latest. */
  readonly limit: number
  readonly inTemplate: boolean
  /** How many templates and fragments it stands in. */
  readonly depth: number
  readonly root: Markup[]
  readonly open: Open[]
  /** Where what is read next goes: into an element, or into the value of an attribute. */
  content: Markup[]
  /** Inside the start tag of the innermost element: attributes may come. */
  inTag: boolean
  /** Where the next token stands. */
  at: number
}

/** Reads one token, and puts `at` behind it. False when nothing can be read after it. */
type TokenReader = (walk: Walk) => boolean

const readers: readonly (TokenReader | undefined)[] = readersByToken()

function readersByToken(): readonly (TokenReader | undefined)[] {
  const list: (TokenReader | undefined)[] = []
  list[tokens.openElement] = openElement
  list[tokens.closeStart] = closeStart
  list[tokens.closeEmpty] = closeElement
  list[tokens.endElement] = closeElement
  list[tokens.value] = readValue
  list[tokens.attribute] = openAttribute
  list[tokens.cdata] = readCdata
  list[tokens.character] = readCharacter
  list[tokens.entity] = readEntity
  list[tokens.instruction] = readInstruction
  list[tokens.instance] = readInstanceHere
  list[tokens.substitution] = readSubstitution
  list[tokens.optional] = readSubstitution
  list[tokens.fragment] = skipFragmentHead
  return list
}

/**
 * Reads binary XML from `at` to its end, or the one element that begins there. Leaves in `chunk.cursor` where the next
 * thing begins.
 *
 * @param inTemplate whether elements carry a dependency, as those in templates do
 * @param depth how many templates and fragments it stands in
 */
export function parseMarkup(
  chunk: Chunk,
  at: number,
  limit: number,
  inTemplate: boolean,
  depth: number,
  oneElement = false,
): readonly Markup[] {
  const root: Markup[] = []
  const walk: Walk = { chunk, limit, inTemplate, depth, root, open: [], content: root, inTag: false, at }
  let failed = false
  while (walk.at < limit) {
    const token = chunk.bytes[walk.at] ?? 0
    if (token === tokens.end) break
    const read = readers[token & withoutFlag]
    if (read === undefined) {
      note(chunk, 'evtx/token', walk.at, undefined, `0x${token.toString(16).padStart(2, '0')}`)
      failed = true
      break
    }
    failed = !read(walk)
    if (failed || (oneElement && walk.open.length === 0)) break
  }
  const unclosed = walk.open.at(-1)
  if (unclosed !== undefined && (walk.at >= limit || chunk.bytes[walk.at] === tokens.end))
    note(chunk, 'evtx/truncated', Math.min(walk.at, limit), 'the end of an element', unclosed.name)
  while (walk.open.length > 0) popElement(walk)
  // Behind something that cannot be read, nothing begins where it seems to.
  chunk.cursor = failed ? limit : Math.min(walk.at, limit)
  return root
}

/** Whether `octets` more are there. */
function has({ chunk, at, limit }: Walk, octets: number): boolean {
  if (at + octets <= limit) return true
  note(chunk, 'evtx/truncated', at)
  return false
}

function openElement(walk: Walk): boolean {
  const { chunk, at, inTemplate, open } = walk
  // The name tells whether there is a dependency when what ought to be the case cannot be.
  const usual = at + (inTemplate ? 3 : 1)
  const other = at + (inTemplate ? 1 : 3)
  const size = !looksNamed(chunk, usual + 4) && looksNamed(chunk, other + 4) ? other : usual
  if (!has(walk, size - at + 8)) return false
  if (open.length >= deepestElement) {
    note(chunk, 'evtx/too-deep', at, `at most ${deepestElement} elements`)
    return false
  }
  walk.at = size + 4
  const name = readName(walk)
  if (((chunk.bytes[at] ?? 0) & moreFlag) !== 0) {
    if (!has(walk, 4)) return false
    walk.at += 4
  }
  const element: Open = { name, attributes: [], content: [] }
  open.push(element)
  walk.inTag = true
  walk.content = element.content
  return true
}

function looksNamed(chunk: Chunk, at: number): boolean {
  return at + 4 <= chunk.bytes.length && looksLikeName(chunk, chunk.data.getUint32(at, true))
}

/** Reads the offset of a name, which must be there, and goes behind it, and behind the name when it follows at once. */
function readName(walk: Walk): string {
  const { chunk, at } = walk
  const offset = chunk.data.getUint32(at, true)
  const name = nameAt(chunk, offset)
  const inline = offset === at + 4
  walk.at = at + 4 + (inline ? sizeOfName(chunk, offset) : 0)
  if (name !== undefined) {
    if (!name.isSound) note(chunk, 'evtx/name-hash', offset, undefined, name.text)
    chunk.references?.push({ at, inline, name: name.text })
    return name.text
  }
  note(chunk, 'evtx/name', at, undefined, String(offset))
  return unreadableName
}

function closeStart(walk: Walk): boolean {
  walk.inTag = false
  walk.content = walk.open.at(-1)?.content ?? walk.root
  walk.at += 1
  return true
}

function closeElement(walk: Walk): boolean {
  if (walk.open.length === 0) note(walk.chunk, 'evtx/unbalanced', walk.at)
  else popElement(walk)
  walk.at += 1
  return true
}

function popElement(walk: Walk): void {
  const element = walk.open.pop()
  walk.inTag = false
  walk.content = walk.open.at(-1)?.content ?? walk.root
  if (element === undefined) return
  const { name, attributes, content } = element
  walk.content.push({ kind: 'element', name, attributes, content })
}

function openAttribute(walk: Walk): boolean {
  const element = walk.open.at(-1)
  if (!has(walk, 5)) return false
  if (element === undefined || !walk.inTag) {
    note(walk.chunk, 'evtx/token', walk.at, 'an attribute inside a tag only')
    return false
  }
  walk.at += 1
  const content: Markup[] = []
  element.attributes.push({ name: readName(walk), content })
  walk.content = content
  return true
}

function addText(walk: Walk, text: string): void {
  const { content } = walk
  const last = content.at(-1)
  if (last?.kind === 'text') content[content.length - 1] = { kind: 'text', text: last.text + text }
  else content.push({ kind: 'text', text })
}

/** Reads the characters whose count stands `at`, and goes behind them. */
function readCharacters(walk: Walk, head: number): string | undefined {
  if (!has(walk, head)) return undefined
  const start = walk.at + head
  const octets = 2 * walk.chunk.data.getUint16(start - 2, true)
  if (!has(walk, head + octets)) return undefined
  walk.at = start + octets
  return walk.chunk.buffer.toString('utf16le', start, start + octets)
}

function readValue(walk: Walk): boolean {
  const type = walk.chunk.bytes[walk.at + 1] ?? 0
  if (type !== 1) {
    note(walk.chunk, 'evtx/token', walk.at + 1, 'a string', `type ${type}`)
    return false
  }
  const text = readCharacters(walk, 4)
  if (text !== undefined) addText(walk, text)
  return text !== undefined
}

function readCdata(walk: Walk): boolean {
  const text = readCharacters(walk, 3)
  if (text !== undefined) addText(walk, text)
  return text !== undefined
}

function readCharacter(walk: Walk): boolean {
  if (!has(walk, 3)) return false
  addText(walk, characterOf(walk.chunk.data.getUint16(walk.at + 1, true)))
  walk.at += 3
  return true
}

function readEntity(walk: Walk): boolean {
  if (!has(walk, 5)) return false
  const { at } = walk
  walk.at += 1
  addText(walk, textOfEntity(walk.chunk, at, readName(walk)))
  return true
}

function readInstruction(walk: Walk): boolean {
  if (!has(walk, 5)) return false
  walk.at += 1
  const target = readName(walk)
  let text: string | undefined = ''
  if (walk.at < walk.limit && walk.chunk.bytes[walk.at] === tokens.instructionText) text = readCharacters(walk, 3)
  if (text !== undefined) walk.content.push({ kind: 'instruction', target, text })
  return text !== undefined
}

function readSubstitution(walk: Walk): boolean {
  if (!has(walk, 4)) return false
  const optional = ((walk.chunk.bytes[walk.at] ?? 0) & withoutFlag) === tokens.optional
  walk.content.push({ kind: 'substitution', index: walk.chunk.data.getUint16(walk.at + 1, true), optional })
  walk.at += 4
  return true
}

function readInstanceHere(walk: Walk): boolean {
  walk.chunk.references = undefined
  const instance = readInstance(walk.chunk, walk.at, walk.limit, walk.depth + 1)
  if (instance === undefined) return false
  walk.at = walk.chunk.cursor
  walk.content.push(instance)
  return true
}

function skipFragmentHead(walk: Walk): boolean {
  walk.at += 4
  return true
}
