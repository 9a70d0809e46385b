import { Damage } from './decompress.ts'

/** Finite state entropy and Huffman tables of Zstandard: RFC 8878 §4. Bytes in, values out. */

export function damaged(found: string): Damage {
  return new Damage('zstd/damaged', 'whole Zstandard data (RFC 8878)', found)
}

/** Bits that are read from the end of the bytes to their start; the highest bit set in the last byte is the mark. */
export class BackwardBits {
  readonly #bytes: Uint8Array
  /** Bits that are left. Below zero when more were read than there are; those were zeros (§4.1). */
  left: number

  constructor(bytes: Uint8Array) {
    const last = bytes[bytes.length - 1] ?? 0
    if (last === 0) throw damaged('a bit stream without its mark')
    this.#bytes = bytes
    this.left = bytes.length * 8 - 8 + floorLog2(last)
  }

  /** The next `count` bits, at most 25. */
  read(count: number): number {
    this.left -= count
    return this.#at(this.left) & ((1 << count) - 1)
  }

  /** The next `count` bits, at most 25, without taking them. */
  peek(count: number): number {
    return this.#at(this.left - count) & ((1 << count) - 1)
  }

  #at(bit: number): number {
    const bytes = this.#bytes
    const at = bit >> 3
    if (at >= 0 && at + 4 <= bytes.length)
      // biome-ignore format: one word
      return ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)) >>> (bit & 7)
    let word = 0
    for (let i = 0; i < 4; i += 1) if (at + i >= 0) word |= (bytes[at + i] ?? 0) << (8 * i)
    return word >>> (bit & 7)
  }
}

/** What a state stands for, how many bits the next one takes, and from where it counts. */
export type FseTable = {
  readonly accuracyLog: number
  readonly symbols: Uint8Array
  readonly bits: Uint8Array
  readonly bases: Uint16Array
}

/** §4.1.1. `counts`: -1 stands for a probability below one. */
export function fseTable(counts: readonly number[], accuracyLog: number): FseTable {
  const size = 1 << accuracyLog
  const symbols = new Uint8Array(size)
  const next = new Uint16Array(counts.length)
  let high = size - 1
  counts.forEach((count, symbol) => {
    if (count === -1) {
      symbols[high] = symbol
      high -= 1
      next[symbol] = 1
    }
  })
  const step = (size >> 1) + (size >> 3) + 3
  let position = 0
  counts.forEach((count, symbol) => {
    if (count <= 0) return
    next[symbol] = count
    for (let i = 0; i < count; i += 1) {
      symbols[position] = symbol
      do position = (position + step) & (size - 1)
      while (position > high)
    }
  })
  const bits = new Uint8Array(size)
  const bases = new Uint16Array(size)
  for (let state = 0; state < size; state += 1) {
    const symbol = symbols[state] ?? 0
    const count = next[symbol] ?? 1
    next[symbol] = count + 1
    const width = accuracyLog - floorLog2(count)
    bits[state] = width
    bases[state] = (count << width) - size
  }
  return { accuracyLog, symbols, bits, bases }
}

/** A table that always gives one symbol and takes no bits. */
export function constantTable(symbol: number): FseTable {
  return { accuracyLog: 0, symbols: Uint8Array.of(symbol), bits: new Uint8Array(1), bases: new Uint16Array(1) }
}

/** §4.1.1, the description of a table. Returns it and how many bytes it took. */
export function readFseTable(
  bytes: Uint8Array,
  limits: { readonly accuracyLog: number; readonly symbols: number },
): { readonly table: FseTable; readonly length: number } {
  let bit = 0
  const read = (count: number): number => {
    const at = bit >> 3
    const word = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16)
    bit += count
    return (word >>> ((bit - count) & 7)) & ((1 << count) - 1)
  }
  const accuracyLog = read(4) + 5
  if (accuracyLog > limits.accuracyLog) throw damaged('a table of too great an accuracy')
  const counts: number[] = []
  let remaining = 1 << accuracyLog
  while (remaining > 0 && counts.length < limits.symbols) {
    const width = floorLog2(remaining + 1) + 1
    const low = (1 << (width - 1)) - 1
    const threshold = (1 << width) - 1 - (remaining + 1)
    let value = read(width)
    if ((value & low) < threshold) {
      bit -= 1
      value &= low
    } else if (value > low) value -= threshold
    const count = value - 1
    remaining -= Math.abs(count)
    counts.push(count)
    for (let more = count === 0; more; ) {
      const repeat = read(2)
      for (let i = 0; i < repeat; i += 1) counts.push(0)
      more = repeat === 3 && counts.length <= limits.symbols
    }
  }
  const length = (bit + 7) >> 3
  if (remaining !== 0 || counts.length > limits.symbols || length > bytes.length)
    throw damaged('a table that does not add up')
  return { table: fseTable(counts, accuracyLog), length }
}

/** By the next `maxBits` bits: the symbol, and how many of the bits it took. */
export type HuffmanTable = { readonly maxBits: number; readonly symbols: Uint8Array; readonly bits: Uint8Array }

/** §4.2.1. Returns the tree and how many bytes its description took. */
export function readHuffmanTable(bytes: Uint8Array): { readonly table: HuffmanTable; readonly length: number } {
  const header = bytes[0] ?? 0
  const length = 1 + (header >= 128 ? (header - 127 + 1) >> 1 : header)
  if (length > bytes.length) throw damaged('a Huffman tree that is cut')
  const description = bytes.subarray(1, length)
  const weights = header >= 128 ? plainWeights(description, header - 127) : fseWeights(description)
  return { table: huffmanTable(weights), length }
}

function plainWeights(bytes: Uint8Array, count: number): number[] {
  return Array.from({ length: count }, (_, n) => ((bytes[n >> 1] ?? 0) >> (n % 2 === 0 ? 4 : 0)) & 15)
}

/** Two states take turns until the bits are used up. */
function fseWeights(bytes: Uint8Array): number[] {
  const { table, length } = readFseTable(bytes, { accuracyLog: 6, symbols: 13 })
  const bits = new BackwardBits(bytes.subarray(length))
  const states = [bits.read(table.accuracyLog), bits.read(table.accuracyLog)]
  const weights: number[] = []
  for (let turn = 0; ; turn ^= 1) {
    const state = states[turn] ?? 0
    weights.push(table.symbols[state] ?? 0)
    if (weights.length > 254) throw damaged('too many Huffman weights')
    states[turn] = (table.bases[state] ?? 0) + bits.read(table.bits[state] ?? 0)
    if (bits.left < 0) {
      weights.push(table.symbols[states[turn ^ 1] ?? 0] ?? 0)
      return weights
    }
  }
}

/** The weight of the last symbol is what fills the tree up. */
function huffmanTable(given: readonly number[]): HuffmanTable {
  const sum = given.reduce((total, weight) => total + (weight === 0 ? 0 : 2 ** (weight - 1)), 0)
  const maxBits = floorLog2(sum) + 1
  const rest = 2 ** maxBits - sum
  if (sum === 0 || maxBits > 11 || 2 ** floorLog2(rest) !== rest) throw damaged('Huffman weights that make no tree')
  const weights = [...given, floorLog2(rest) + 1]
  const symbols = new Uint8Array(1 << maxBits)
  const bits = new Uint8Array(1 << maxBits)
  let at = 0
  for (let weight = 1; weight <= maxBits; weight += 1)
    weights.forEach((own, symbol) => {
      if (own !== weight) return
      const end = at + (1 << (weight - 1))
      symbols.fill(symbol, at, end)
      bits.fill(maxBits + 1 - weight, at, end)
      at = end
    })
  return { maxBits, symbols, bits }
}

/** §4.2.2: fills `out` from one stream, which must end with it. */
export function readHuffmanStream(bytes: Uint8Array, table: HuffmanTable, out: Uint8Array): void {
  const { maxBits, symbols, bits } = table
  const stream = new BackwardBits(bytes)
  for (let at = 0; at < out.length; at += 1) {
    const code = stream.peek(maxBits)
    stream.left -= bits[code] ?? 0
    out[at] = symbols[code] ?? 0
  }
  if (stream.left !== 0) throw damaged('a Huffman stream that does not end with its literals')
}

export function floorLog2(value: number): number {
  return 31 - Math.clz32(value)
}
