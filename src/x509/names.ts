import type { DistinguishedName, NameAttribute } from './certificate.ts'
import type { Walk } from './der.ts'
import { expectEnd, hexOf, note, readElement, readExpected, tags, view } from './der.ts'
import { comesAgain, createMemo, keep, recall } from './memo.ts'
import { oidAt } from './oids.ts'
import { isStringTag, readString } from './strings.ts'

/** Names with more are not read to their end. Real ones have a dozen. */
const mostAttributes = 1000

/** What names come to whose bytes have been seen. Without their bytes: those are views into one certificate. */
const known = createMemo<Omit<DistinguishedName, 'der'>>(2048, 256)

/**
 * The Name that is the element read last. X.501 §9.2, RFC 5280 §4.1.2.4:
 *
 *   Name                      ::= SEQUENCE OF RelativeDistinguishedName
 *   RelativeDistinguishedName ::= SET SIZE (1..MAX) OF AttributeTypeAndValue
 *   AttributeTypeAndValue     ::= SEQUENCE { type OBJECT IDENTIFIER, value ANY }
 *
 * Of a name that is cut off, what is whole is read. Afterwards the walk stands somewhere inside.
 */
export function readName(walk: Walk): DistinguishedName {
  const { start, contents, contentsEnd, end } = walk
  const der = view(walk, start, end)
  const kept = recall(known, 0, walk.data, start, end)
  if (kept !== undefined) return { der, text: kept.text, attributes: kept.attributes }
  const problems = walk.problems.length
  const attributes: NameAttribute[] = []
  let at = contents
  for (let rdn = 0; at < contentsEnd; rdn += 1) {
    if (!readExpected(walk, at, contentsEnd, tags.set, 'RelativeDistinguishedName')) break
    at = walk.end
    if (!readRdn(walk, rdn, attributes)) break
  }
  const text = textOf(attributes)
  // A name with a problem is read anew each time: each certificate must carry the problem.
  if (walk.problems.length === problems && comesAgain(known))
    keep(known, 0, walk.data, start, end, { text, attributes })
  return { der, text, attributes }
}

/** The attributes of the RDN read last. @returns false when nothing after it is to be read */
function readRdn(walk: Walk, rdn: number, attributes: NameAttribute[]): boolean {
  const { start, contents, contentsEnd } = walk
  if (contents === contentsEnd) note(walk, 'name/empty', start, 'an attribute in each RDN')
  for (let at = contents; at < contentsEnd; ) {
    if (attributes.length === mostAttributes) {
      note(walk, 'name/too-many', at, `at most ${mostAttributes} attributes`)
      return false
    }
    if (!readExpected(walk, at, contentsEnd, tags.sequence, 'AttributeTypeAndValue')) return false
    at = walk.end
    const attribute = readAttribute(walk, rdn)
    if (attribute !== undefined) attributes.push(attribute)
  }
  return true
}

function readAttribute(walk: Walk, rdn: number): NameAttribute | undefined {
  const { contents, contentsEnd } = walk
  if (!readExpected(walk, contents, contentsEnd, tags.oid, 'type') || walk.cut) return undefined
  const type = oidAt(walk, walk.contents, walk.contentsEnd)
  if (!readElement(walk, walk.end, contentsEnd)) {
    if (walk.end === contentsEnd) note(walk, 'der/missing', contentsEnd, `the value of ${type.name}`)
    return undefined
  }
  if (walk.cut) return undefined
  const { tag, start, end } = walk
  const string = readString(walk, tag, walk.contents, walk.contentsEnd)
  if (string === undefined) noteNoString(walk, type.name)
  expectEnd(walk, end, contentsEnd)
  return { oid: type.text, type: type.name, value: string ?? `#${hexOf(walk, start, end)}`, tag, rdn }
}

function noteNoString(walk: Walk, type: string): void {
  const pieces = walk.tag > 0x20 && isStringTag(walk.tag & 0x1f)
  note(walk, pieces ? 'der/constructed-string' : 'name/not-a-string', walk.start, `a string as ${type}`)
}

/** RFC 4514 §2: RDNs from last to first, joined by commas; attributes of one RDN by plus signs. */
function textOf(attributes: readonly NameAttribute[]): string {
  let text = ''
  let rest = ''
  let rdn = -1
  for (const attribute of attributes) {
    const one = `${attribute.type}=${isStringTag(attribute.tag) ? escaped(attribute.value) : attribute.value}`
    if (attribute.rdn === rdn) text += `+${one}`
    else {
      rest = rdn === -1 ? '' : rest === '' ? text : `${text},${rest}`
      text = one
      rdn = attribute.rdn
    }
  }
  return rest === '' ? text : `${text},${rest}`
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const special = /^[ #]|["+,;<>\\\u0000-\u001f\u007f]| $/

/** RFC 4514 §2.4. Control characters are written in hexadecimal, which it allows: a line of text stays one line. */
function escaped(value: string): string {
  if (!special.test(value)) return value
  const inner = value.replace(/["+,;<>\\]/g, '\\$&').replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    /[\u0000-\u001f\u007f]/g,
    character => `\\${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
  const ended = inner.endsWith(' ') ? `${inner.slice(0, -1)}\\ ` : inner
  return /^[ #]/.test(ended) ? `\\${ended}` : ended
}
