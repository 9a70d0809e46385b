import type { Chunk } from './chunk.ts'

/**
 * Texts that were read before. A log says the same few things over and over, and decoding is most of the work of reading. A
 * text is used again only when every octet is the same, so what is kept decides how fast a log is read, never what is read.
 * It is bounded. A text is kept the second time it comes: what never comes again costs a hash, and no garbage that lives.
 */
export type Memo = {
  readonly texts: (string | undefined)[]
  /** The same as JSON strings; undefined until they are needed. */
  readonly json: (string | undefined)[]
  /** The hash that came last to each place. */
  readonly seen: Int32Array
  /** GUIDs and SIDs by their octets: in each place up to seven words, and behind them which of the two it is. */
  readonly words: Int32Array
  readonly named: (string | undefined)[]
}

const places = 4096
/** Longer texts are command lines and scripts, which do not come again. */
const longestText = 200
/** A SID has up to five parts nearly always: 28 octets. */
const wordsOfKey = 8

export function emptyMemo(): Memo {
  return {
    texts: new Array(places).fill(undefined),
    json: new Array(places).fill(undefined),
    seen: new Int32Array(places),
    words: new Int32Array(places * wordsOfKey),
    named: new Array(places).fill(undefined),
  }
}

/** The UTF-16LE text of `length` characters at `at`. */
export function textAt(chunk: Chunk, at: number, length: number): string {
  const { memo, data, buffer } = chunk
  if (length > longestText) return buffer.toString('utf16le', at, at + 2 * length)
  const hash = hashOf(data, at, length)
  const place = placeOf(hash)
  const known = memo.texts[place]
  if (known !== undefined && isText(data, known, at, length)) return known
  const text = buffer.toString('utf16le', at, at + 2 * length)
  if (memo.seen[place] === hash) {
    memo.texts[place] = text
    memo.json[place] = undefined
  } else memo.seen[place] = hash
  return text
}

/** The same as a JSON string. */
export function jsonTextAt(chunk: Chunk, at: number, length: number, quoted: (text: string) => string): string {
  const { memo, data } = chunk
  if (length > longestText) return quoted(textAt(chunk, at, length))
  const place = placeOf(hashOf(data, at, length))
  const known = memo.texts[place]
  if (known === undefined || !isText(data, known, at, length)) return quoted(textAt(chunk, at, length))
  const json = memo.json[place] ?? quoted(known)
  memo.json[place] = json
  return json
}

/** Of the last twelve characters, where paths differ, and of every eighth before them. */
function hashOf(data: DataView, at: number, length: number): number {
  let hash = length
  const dense = length > 12 ? at + 2 * (length - 12) : at
  for (let i = at; i < dense; i += 16) hash = Math.imul(hash, 31) + data.getUint16(i, true)
  const end = at + 2 * length
  for (let i = dense; i < end; i += 2) hash = Math.imul(hash, 31) + data.getUint16(i, true)
  return hash | 0
}

function placeOf(hash: number): number {
  return (hash ^ (hash >>> 12)) & (places - 1)
}

function isText(data: DataView, text: string, at: number, length: number): boolean {
  if (text.length !== length) return false
  // Texts that differ mostly do so at their end.
  for (let i = length - 1, octet = at + 2 * i; i >= 0; i -= 1, octet -= 2)
    if (text.charCodeAt(i) !== data.getUint16(octet, true)) return false
  return true
}

/** A GUID or a SID as text. @param kind keeps them apart @param make for when it is not known */
export function textOfOctets(
  chunk: Chunk,
  kind: 0 | 1,
  at: number,
  size: number,
  make: (chunk: Chunk, at: number, size: number) => string,
): string {
  const { memo, data } = chunk
  const count = size >> 2
  if (count >= wordsOfKey || (size & 3) !== 0) return make(chunk, at, size)
  const tag = size * 2 + kind
  let hash = tag
  for (let i = 0; i < count; i += 1) hash = Math.imul(hash, 0x9e3779b1) ^ data.getInt32(at + 4 * i, true)
  const place = (hash ^ (hash >>> 15)) & (places - 1)
  const key = place * wordsOfKey
  const { words } = memo
  let isKnown = words[key + wordsOfKey - 1] === tag
  for (let i = 0; i < count && isKnown; i += 1) isKnown = words[key + i] === data.getInt32(at + 4 * i, true)
  if (isKnown) {
    const text = memo.named[place] ?? make(chunk, at, size)
    memo.named[place] = text
    return text
  }
  for (let i = 0; i < count; i += 1) words[key + i] = data.getInt32(at + 4 * i, true)
  words[key + wordsOfKey - 1] = tag
  memo.named[place] = undefined
  return make(chunk, at, size)
}
