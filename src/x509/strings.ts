import { isUtf8 } from 'node:buffer'
import type { Walk } from './der.ts'
import { note, view } from './der.ts'

/** What octets may stand in which kind of string: X.680 §41. One bit for each kind. */
const kind = { ascii: 1, printable: 2, numeric: 4, visible: 8, notNul: 16 } as const

const kindsOf = Uint8Array.from({ length: 256 }, (_, octet) => {
  const character = String.fromCharCode(octet)
  return (
    (octet < 0x80 ? kind.ascii : 0) |
    (/[A-Za-z0-9 '()+,\-./:=?]/.test(character) ? kind.printable : 0) |
    (/[0-9 ]/.test(character) ? kind.numeric : 0) |
    (octet >= 0x20 && octet < 0x7f ? kind.visible : 0) |
    (octet === 0 ? 0 : kind.notNul)
  )
})

/** Universal tags of character strings; the numbers of X.680 §8.6. */
export const stringTags = {
  utf8: 12,
  numeric: 18,
  printable: 19,
  t61: 20,
  ia5: 22,
  graphic: 25,
  visible: 26,
  general: 27,
  universal: 28,
  bmp: 30,
} as const

export function isStringTag(tag: number): boolean {
  return (stringTagBits & (1 << tag)) !== 0 && tag < 32
}

const stringTagBits = Object.values(stringTags).reduce((bits, tag) => bits | (1 << tag), 0)

/**
 * The character string whose contents stand from `start` to `end`. What its kind does not allow becomes a problem and is
 * read all the same: as Latin-1, so that every octet can still be seen. T61String is read as Latin-1, which is what those
 * who wrote it meant; hardly anybody has used T.61's own accents.
 *
 * @param tag the universal tag, {@link stringTags}
 * @returns undefined when the tag is not that of a character string
 */
export function readString(walk: Walk, tag: number, start: number, end: number): string | undefined {
  switch (tag) {
    case stringTags.utf8:
      return readUtf8(walk, start, end)
    case stringTags.printable:
      return readLatin1(walk, start, end, kind.printable)
    case stringTags.ia5:
      return readLatin1(walk, start, end, kind.ascii)
    case stringTags.numeric:
      return readLatin1(walk, start, end, kind.numeric)
    case stringTags.visible:
      return readLatin1(walk, start, end, kind.visible)
    case stringTags.t61:
    case stringTags.graphic:
    case stringTags.general:
      return readLatin1(walk, start, end, 0)
    case stringTags.bmp:
      return readWide(walk, start, end, 2)
    case stringTags.universal:
      return readWide(walk, start, end, 4)
    default:
      return undefined
  }
}

/** IA5String without its own tag, as GeneralName has it. */
export function readIa5(walk: Walk, start: number, end: number): string {
  return readLatin1(walk, start, end, kind.ascii)
}

/** The kinds all octets have in common. */
function kindsIn(bytes: Uint8Array, start: number, end: number): number {
  let all = 0xff
  for (let at = start; at < end; at += 1) all &= kindsOf[bytes[at] ?? 0] ?? 0
  return all
}

function readLatin1(walk: Walk, start: number, end: number, wanted: number): string {
  const kinds = kindsIn(walk.bytes, start, end)
  const text = walk.buffer.toString('latin1', start, end)
  if ((kinds & kind.notNul) === 0) note(walk, 'name/embedded-nul', start, undefined, text)
  else if ((kinds & wanted) !== wanted) note(walk, 'name/character-set', start, undefined, text)
  return text
}

function readUtf8(walk: Walk, start: number, end: number): string {
  const kinds = kindsIn(walk.bytes, start, end)
  const ascii = (kinds & kind.ascii) !== 0
  const valid = ascii || isUtf8(view(walk, start, end))
  const text = walk.buffer.toString(ascii || !valid ? 'latin1' : 'utf8', start, end)
  if (!valid) note(walk, 'name/not-utf8', start, undefined, text)
  if ((kinds & kind.notNul) === 0) note(walk, 'name/embedded-nul', start, undefined, text)
  return text
}

/** BMPString: two octets a character, big-endian; pairs of surrogates are taken as in UTF-16. UniversalString: four. */
function readWide(walk: Walk, start: number, end: number, width: 2 | 4): string {
  const whole = end - ((end - start) % width)
  if (whole !== end) note(walk, 'name/odd-length', start, `a multiple of ${width}`, `${end - start} octets`)
  const pieces: string[] = []
  let damaged = false
  for (let at = start; at < whole; at += width) {
    const point = width === 2 ? walk.buffer.readUInt16BE(at) : walk.buffer.readUInt32BE(at)
    if (point > 0x10ffff) damaged = true
    pieces.push(width === 2 ? String.fromCharCode(point) : String.fromCodePoint(Math.min(point, 0x10ffff)))
  }
  const text = pieces.join('')
  if (damaged) note(walk, 'name/character-set', start, 'characters up to 10FFFF', text)
  if (text.includes('\0')) note(walk, 'name/embedded-nul', start, undefined, text)
  return text
}
