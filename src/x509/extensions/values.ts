import type { GeneralName } from '../certificate.ts'
import type { Walk } from '../der.ts'
import { expectEnd, hexOf, note, readExpected, tags } from '../der.ts'
import { readGeneralNames } from '../general-names.ts'
import { oidAt } from '../oids.ts'

/** Shapes that several extensions have. Each reads the contents of extnValue, which stand from `start` to `end`. */

/** Lists with more are not read to their end. */
const mostItems = 10_000

/**
 * Reads SEQUENCE SIZE (1..MAX) OF Item, where every Item has this tag.
 *
 * @param item reads the item that is the element read last; undefined leaves it out, the problem is noted then
 * @returns undefined when there is no such SEQUENCE
 */
export function readSequenceOf<Item>(
  walk: Walk,
  start: number,
  end: number,
  tag: number,
  what: string,
  item: (walk: Walk) => Item | undefined,
): Item[] | undefined {
  if (!readExpected(walk, start, end, tags.sequence, `SEQUENCE OF ${what}`)) return undefined
  const { contents, contentsEnd, end: sequenceEnd } = walk
  if (contents === contentsEnd) note(walk, 'extension/empty', contents, what)
  const items: Item[] = []
  for (let at = contents; at < contentsEnd; ) {
    if (items.length === mostItems) {
      note(walk, 'extension/too-many', at, `at most ${mostItems}`)
      break
    }
    if (!readExpected(walk, at, contentsEnd, tag, what)) break
    at = walk.end
    const one = walk.cut ? undefined : item(walk)
    if (one !== undefined) items.push(one)
  }
  expectEnd(walk, sequenceEnd, end)
  return items
}

/** GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName */
export function readGeneralNamesValue(walk: Walk, start: number, end: number): GeneralName[] | undefined {
  if (!readExpected(walk, start, end, tags.sequence, 'GeneralNames')) return undefined
  const { contents, contentsEnd, end: sequenceEnd } = walk
  if (contents === contentsEnd) note(walk, 'extension/empty', contents, 'a GeneralName')
  const names = readGeneralNames(walk, contents, contentsEnd)
  expectEnd(walk, sequenceEnd, end)
  return names
}

/** OCTET STRING, in lower-case hexadecimal. */
export function readOctetsValue(walk: Walk, start: number, end: number): string | undefined {
  if (!readExpected(walk, start, end, tags.octetString, 'OCTET STRING') || walk.cut) return undefined
  expectEnd(walk, walk.end, end)
  return hexOf(walk, walk.contents, walk.contentsEnd)
}

/** The OBJECT IDENTIFIER at `at` in digits; undefined, with a problem, when there is none. */
export function readOidText(walk: Walk, at: number, end: number, what: string): string | undefined {
  if (!readExpected(walk, at, end, tags.oid, what) || walk.cut) return undefined
  return oidAt(walk, walk.contents, walk.contentsEnd).text
}

/**
 * Names of the bits that are set in the BIT STRING from `start` to `end`, in their order; a bit without a name is told by
 * its number: `bit 9`. X.690 §8.6: the first octet is the number of unused bits at the end; bit 0 is the highest.
 */
export function readNamedBits(walk: Walk, start: number, end: number, names: readonly string[]): string[] | undefined {
  if (!readExpected(walk, start, end, tags.bitString, 'BIT STRING') || walk.cut) return undefined
  const { bytes, contents, contentsEnd } = walk
  expectEnd(walk, walk.end, end)
  const unused = bytes[contents] ?? 0
  const octets = contentsEnd - contents - 1
  if (octets < 0 || unused > 7 || (octets === 0 && unused !== 0)) {
    note(walk, 'der/bit-string', contents, 'the number of unused bits', octets < 0 ? 'nothing' : String(unused))
    return undefined
  }
  const count = Math.min(octets * 8 - unused, mostBits)
  const set: string[] = []
  for (let bit = 0; bit < count; bit += 1) {
    const octet = bytes[contents + 1 + (bit >> 3)] ?? 0
    if ((octet & (0x80 >> (bit & 7))) !== 0) set.push(names[bit] ?? `bit ${bit}`)
  }
  return set
}

/** Far more than any list of named bits has. */
const mostBits = 256
