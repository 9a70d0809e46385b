import { baseBlockSize, binHeaderSize, mostOctetsOfWork, pageSize } from './bounds.ts'
import { type Notes, note } from './note.ts'

/*
 * Bin: "hbin", u32 its place behind the base block, u32 its size (a multiple of 4,096), 20 octets, then cells to its end.
 * Cell: i32 size with these four octets, a multiple of 8, negative when it is in use; then what it holds.
 */
const binMagic = 0x6e696268

/** The bins of a hive: its octets behind the base block, and which bin each page belongs to. Places count from the first bin. */
export type Bins = {
  readonly bytes: Uint8Array
  readonly data: DataView
  /** By page: where its bin begins, and where it ends. */
  readonly begins: Uint32Array
  readonly ends: Uint32Array
}

/** What a cell holds, from `at` to before `end`. */
export type Cell = { readonly at: number; readonly end: number }

/** A look-up or a walk: what it may still read, so that no hive keeps it busy for longer than its size is worth. */
export type Work = { readonly bins: Bins; octetsLeft: number }

export function newWork(bins: Bins): Work {
  return { bins, octetsLeft: mostOctetsOfWork(bins.bytes.length) }
}

/** Takes octets off what may still be read. False, with a problem, when there are not as many. */
export function spend(work: Work, octets: number, notes: Notes, at: number): boolean {
  if (work.octetsLeft < 0) return false
  work.octetsLeft -= octets
  if (work.octetsLeft >= 0) return true
  note(notes, 'registry/too-large', byteAt(at))
  return false
}

/** For problems: where a place lies in the file. */
export function byteAt(place: number): string {
  return `byte ${baseBlockSize + place}`
}

/**
 * @param bytes the hive behind its base block
 * @param claimed octets of bins the base block speaks of: a bin may end there although the file was cut off
 */
export function readBins(bytes: Uint8Array, claimed: number, notes: Notes): Bins {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const pages = Math.ceil(bytes.length / pageSize)
  const bins: Bins = { bytes, data, begins: new Uint32Array(pages), ends: new Uint32Array(pages) }
  const most = Math.max(bytes.length, claimed)
  let at = 0
  while (at < bytes.length) {
    const size = sizeOfBin(bins, at, most)
    let end = at + (size ?? pageSize)
    if (size === undefined) {
      while (end < bytes.length && sizeOfBin(bins, end, most) === undefined) end += pageSize
      note(notes, 'registry/bin', byteAt(at), 'hbin, its own place, and a size in the hive')
    }
    end = Math.min(end, bytes.length)
    bins.begins.fill(at, at / pageSize, Math.ceil(end / pageSize))
    bins.ends.fill(end, at / pageSize, Math.ceil(end / pageSize))
    at = end
  }
  return bins
}

function sizeOfBin({ bytes, data }: Bins, at: number, most: number): number | undefined {
  if (at + binHeaderSize > bytes.length) return undefined
  if (data.getUint32(at, true) !== binMagic || data.getUint32(at + 4, true) !== at) return undefined
  const size = data.getUint32(at + 8, true)
  return size === 0 || size % pageSize !== 0 || at + size > most ? undefined : size
}

/**
 * The cell at a place. One that is marked free is given all the same, and one that reaches out of its bin as far as its bin
 * goes, each with a problem.
 */
export function cellAt({ bytes, data, begins, ends }: Bins, place: number, notes: Notes): Cell | undefined {
  const page = Math.floor(place / pageSize)
  const begin = begins[page]
  const end = ends[page]
  const isInside = begin !== undefined && end !== undefined && place >= begin + binHeaderSize && place + 8 <= end
  if (!isInside || place % 8 !== 0 || place + 8 > bytes.length) {
    note(notes, 'registry/cell', byteAt(place), 'a cell in a bin')
    return undefined
  }
  const size = data.getInt32(place, true)
  if (size > 0) note(notes, 'registry/cell-free', byteAt(place))
  const length = Math.abs(size)
  if (length < 8 || place + length > end) {
    note(notes, 'registry/cell', byteAt(place), `a size from 8 to ${end - place}`, String(size))
    return length < 8 ? undefined : { at: place + 4, end }
  }
  return { at: place + 4, end: place + length }
}

/** The two letters that a cell begins with, as a number, `nk`. */
export function signatureOf({ data }: Bins, { at, end }: Cell): number {
  return at + 4 <= end ? data.getUint16(at, true) : 0
}

export function signature(letters: string): number {
  return letters.charCodeAt(0) + letters.charCodeAt(1) * 256
}

/** Every cell in the order in which they lie, damage left out: for finding what nothing leads to. */
export function* cellPlaces({ bytes, data, begins, ends }: Bins): Generator<number> {
  for (let page = 0; page < begins.length; page = Math.ceil((ends[page] ?? bytes.length) / pageSize)) {
    const end = ends[page] ?? bytes.length
    for (let at = (begins[page] ?? 0) + binHeaderSize; at + 8 <= end; ) {
      yield at
      const size = Math.abs(data.getInt32(at, true))
      if (size < 8 || size % 8 !== 0) break
      at += size
    }
  }
}
