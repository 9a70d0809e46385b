import type { FseTable, HuffmanTable } from './zstd-tables.ts'
import {
  BackwardBits,
  constantTable,
  damaged,
  fseTable,
  readFseTable,
  readHuffmanStream,
  readHuffmanTable,
} from './zstd-tables.ts'

/**
 * Compressed blocks of Zstandard: RFC 8878 §3.1.1.3. Written here because fzstd was found unfit for hostile input: it
 * checks neither distances nor lengths of matches (wrong bytes without a word; seconds of work for a block of 128 KiB),
 * moves the whole window for each block (hours for a file of empty ones), and allocates what the header asks for.
 */

/** Bytes from which on a copy by the engine is faster than one by a loop. */
const worthACall = 64

/** Distances of 1 GiB and more: no window is that large. */
const farthestCode = 29

/** No block gives more (§3.1.1.2.4). */
export const longestBlock = 128 << 10

/** Everything that blocks of one frame share: what was written, the last tables, the last distances. */
export class FrameDecoder {
  readonly #window: number
  readonly #blockBytes: number
  /** What was written last, at least the window where there is as much, and how much of the buffer that is. */
  #buffer = new Uint8Array(2 * longestBlock)
  #filled = 0
  #huffman: HuffmanTable | undefined
  #tables: readonly (FseTable | undefined)[] = [undefined, undefined, undefined]
  #first = 1
  #second = 4
  #third = 8

  /** `window`: bytes. Memory grows with what is written, up to twice that. */
  constructor(window: number) {
    this.#window = window
    this.#blockBytes = Math.min(window, longestBlock)
  }

  raw(content: Uint8Array): Uint8Array {
    this.#reserve(content.length)
    this.#buffer.set(content, this.#filled)
    return this.#wrote(content.length)
  }

  repeated(byte: number, length: number): Uint8Array {
    this.#reserve(length)
    this.#buffer.fill(byte, this.#filled, this.#filled + length)
    return this.#wrote(length)
  }

  compressed(block: Uint8Array): Uint8Array {
    this.#reserve(this.#blockBytes)
    const { literals, length } = this.#literals(block)
    const written = this.#sequences(block.subarray(length), literals)
    return this.#wrote(written)
  }

  /** A copy: the buffer is written over. */
  #wrote(length: number): Uint8Array {
    const start = this.#filled
    this.#filled += length
    return this.#buffer.slice(start, this.#filled)
  }

  /** Makes room; moves the window to the front only after as much again was written, so that each byte moves once. */
  #reserve(length: number): void {
    if (length > this.#blockBytes) throw damaged(`a block of ${length} bytes, where ${this.#blockBytes} are the most`)
    if (this.#filled + length <= this.#buffer.length) return
    const limit = 2 * (Math.max(this.#window, longestBlock) + longestBlock)
    if (this.#buffer.length < limit) {
      const larger = new Uint8Array(Math.min(limit, 2 * this.#buffer.length))
      larger.set(this.#buffer.subarray(0, this.#filled))
      this.#buffer = larger
      if (this.#filled + length <= larger.length) return
    }
    const kept = Math.min(this.#filled, this.#window)
    this.#buffer.copyWithin(0, this.#filled - kept, this.#filled)
    this.#filled = kept
  }

  /** §3.1.1.3.1: Literals_Block_Type 2 bits, Size_Format 2 bits, sizes. */
  #literals(block: Uint8Array): { readonly literals: Uint8Array; readonly length: number } {
    const byte = (at: number) => block[at] ?? 0
    const [type, format] = [byte(0) & 3, (byte(0) >> 2) & 3]
    if (type < 2) {
      const headerLength = format === 1 ? 2 : format === 3 ? 3 : 1
      const wide = (byte(0) >> 4) | (byte(1) << 4)
      const size = headerLength === 1 ? byte(0) >> 3 : headerLength === 2 ? wide : wide | (byte(2) << 12)
      const length = headerLength + (type === 0 ? size : 1)
      this.#fits(size, length, block)
      if (type === 0) return { literals: block.subarray(headerLength, length), length }
      return { literals: new Uint8Array(size).fill(byte(headerLength)), length }
    }
    const headerLength = format < 2 ? 3 : format + 2
    const mask = format < 2 ? 0x3ff : format === 2 ? 0x3fff : 0x3ffff
    const bits = format < 2 ? 10 : format === 2 ? 14 : 18
    const header = Array.from({ length: headerLength }, (_, at) => byte(at) * 2 ** (8 * at)).reduce((a, b) => a + b, 0)
    const size = Math.floor(header / 16) % (mask + 1)
    const packed = Math.floor(header / 2 ** (4 + bits))
    const length = headerLength + packed
    this.#fits(size, length, block)
    let content = block.subarray(headerLength, length)
    if (type === 2) {
      const { table, length: described } = readHuffmanTable(content)
      this.#huffman = table
      content = content.subarray(described)
    }
    if (this.#huffman === undefined) throw damaged('literals that use a Huffman tree before there is one')
    const literals = new Uint8Array(size)
    if (format === 0) readHuffmanStream(content, this.#huffman, literals)
    else readFourStreams(content, this.#huffman, literals)
    return { literals, length }
  }

  #fits(size: number, length: number, block: Uint8Array): void {
    if (size > this.#blockBytes || length > block.length) throw damaged('literals that do not fit their block')
  }

  /** §3.1.1.3.2. Returns how many bytes were written. */
  #sequences(section: Uint8Array, literals: Uint8Array): number {
    const { count, length } = sequenceCount(section)
    if (count === 0) {
      if (length !== section.length) throw damaged('bytes behind the end of a block')
      this.#buffer.set(literals, this.#filled)
      return literals.length
    }
    const modes = section[length] ?? 0
    if ((modes & 3) !== 0) throw damaged('a reserved bit')
    let at = length + 1
    this.#tables = kinds.map((kind, n) => {
      const mode = (modes >> (6 - 2 * n)) & 3
      if (mode === 0) return kind.predefined
      if (mode === 3) return this.#tables[n]
      if (mode === 1) {
        const symbol = section[at] ?? 255
        at += 1
        if (symbol >= kind.symbols) throw damaged('a code that does not exist')
        return constantTable(symbol)
      }
      const read = readFseTable(section.subarray(at), kind)
      at += read.length
      return read.table
    })
    const [literalTable, offsetTable, matchTable] = this.#tables
    if (literalTable === undefined || offsetTable === undefined || matchTable === undefined)
      throw damaged('sequences that use a table before there is one')
    const bits = new BackwardBits(section.subarray(at))
    return this.#execute(count, bits, literals, literalTable, offsetTable, matchTable)
  }

  #execute(
    count: number,
    bits: BackwardBits,
    literals: Uint8Array,
    literalTable: FseTable,
    offsetTable: FseTable,
    matchTable: FseTable,
  ): number {
    const buffer = this.#buffer
    const start = this.#filled
    const end = start + this.#blockBytes
    let [out, taken] = [start, 0]
    let literalState = bits.read(literalTable.accuracyLog)
    let offsetState = bits.read(offsetTable.accuracyLog)
    let matchState = bits.read(matchTable.accuracyLog)
    for (let left = count; left > 0; left -= 1) {
      const offsetCode = offsetTable.symbols[offsetState] ?? 0
      const matchCode = matchTable.symbols[matchState] ?? 0
      const literalCode = literalTable.symbols[literalState] ?? 0
      if (offsetCode > farthestCode) throw damaged('a match before the start')
      const offsetValue = (1 << offsetCode) + readWide(bits, offsetCode)
      const matchLength = (matchBases[matchCode] ?? 0) + bits.read(matchBits[matchCode] ?? 0)
      const literalLength = (literalBases[literalCode] ?? 0) + bits.read(literalBits[literalCode] ?? 0)
      if (left > 1) {
        literalState = (literalTable.bases[literalState] ?? 0) + bits.read(literalTable.bits[literalState] ?? 0)
        matchState = (matchTable.bases[matchState] ?? 0) + bits.read(matchTable.bits[matchState] ?? 0)
        offsetState = (offsetTable.bases[offsetState] ?? 0) + bits.read(offsetTable.bits[offsetState] ?? 0)
      }
      if (bits.left < 0) throw damaged('sequences that end too early')
      const distance = this.#distance(offsetValue, literalLength)
      if (taken + literalLength > literals.length || out + literalLength + matchLength > end)
        throw damaged('a sequence that is too long')
      if (literalLength < worthACall)
        for (let i = 0; i < literalLength; i += 1) buffer[out + i] = literals[taken + i] ?? 0
      else buffer.set(literals.subarray(taken, taken + literalLength), out)
      taken += literalLength
      out += literalLength
      if (distance < 1 || distance > out) throw damaged('a match before the start')
      if (distance >= matchLength && matchLength >= worthACall)
        buffer.copyWithin(out, out - distance, out - distance + matchLength)
      else for (let i = 0; i < matchLength; i += 1) buffer[out + i] = buffer[out + i - distance] ?? 0
      out += matchLength
    }
    if (bits.left !== 0) throw damaged('bits behind the last sequence')
    if (out + literals.length - taken > end) throw damaged('literals that are too long')
    buffer.set(literals.subarray(taken), out)
    return out + literals.length - taken - start
  }

  /** §3.1.1.5: values up to 3 repeat an earlier distance; after no literals, another one of them. */
  #distance(value: number, literalLength: number): number {
    const which = value > 3 ? 4 : value + (literalLength === 0 ? 1 : 0)
    if (which === 1) return this.#first
    const distance = value > 3 ? value - 3 : which === 2 ? this.#second : which === 3 ? this.#third : this.#first - 1
    if (which !== 2) this.#third = this.#second
    this.#second = this.#first
    this.#first = distance
    return distance
  }
}

function sequenceCount(section: Uint8Array): { readonly count: number; readonly length: number } {
  const [first, second, third] = section
  if (first === undefined) throw damaged('a block without sequences')
  if (first < 128) return { count: first, length: 1 }
  if (second === undefined) throw damaged('a block that is cut')
  if (first < 255) return { count: ((first - 128) << 8) + second, length: 2 }
  return { count: second + ((third ?? 0) << 8) + 0x7f00, length: 3 }
}

/** §3.1.1.3.1.6: a jump table of three sizes of 2 bytes, and four streams that give a quarter each. */
function readFourStreams(content: Uint8Array, table: HuffmanTable, out: Uint8Array): void {
  const size = (at: number) => (content[at] ?? 0) | ((content[at + 1] ?? 0) << 8)
  const ends = [6 + size(0), 6 + size(0) + size(2), 6 + size(0) + size(2) + size(4), content.length]
  const quarter = (out.length + 3) >> 2
  if (3 * quarter > out.length) throw damaged('four streams for a few literals')
  let start = 6
  ends.forEach((end, n) => {
    if (end <= start || end > content.length) throw damaged('streams that do not fit their block')
    readHuffmanStream(
      content.subarray(start, end),
      table,
      out.subarray(n * quarter, n === 3 ? undefined : (n + 1) * quarter),
    )
    start = end
  })
}

/** At most 29 bits. */
function readWide(bits: BackwardBits, count: number): number {
  if (count <= 16) return bits.read(count)
  const high = bits.read(count - 16)
  return high * 65536 + bits.read(16)
}

/** §3.1.1.3.2.1.1, tables 16 and 17: the value a code begins at, and how many bits are added. */
const literalBits = [...zeros(16), 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]
const matchBits = [...zeros(32), 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]
const literalBases = basesOf(literalBits, 0)
const matchBases = basesOf(matchBits, 3)

function zeros(length: number): readonly number[] {
  return new Array<number>(length).fill(0)
}

/** Each code begins where the one before ends. */
function basesOf(bits: readonly number[], first: number): readonly number[] {
  let next = first
  return bits.map(width => {
    const base = next
    next += 2 ** width
    return base
  })
}

/** §3.1.1.3.2.2, the predefined distributions; limits of §3.1.1.3.2.1. In the order literals, offsets, matches. */
const kinds = [
  {
    symbols: 36,
    accuracyLog: 9,
    // biome-ignore format: as in the RFC
    predefined: fseTable([4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1], 6),
  },
  {
    symbols: 32,
    accuracyLog: 8,
    // biome-ignore format: as in the RFC
    predefined: fseTable([1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1], 5),
  },
  {
    symbols: 53,
    accuracyLog: 9,
    // biome-ignore format: as in the RFC
    predefined: fseTable([1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1], 6),
  },
] as const
