import { binHeaderSize, pageSize } from '../bounds.ts'

/** The bins of a hive that is being written: cells one after the other, never over the end of a bin. */
export type Cells = { bytes: Uint8Array; data: DataView; binStart: number; binEnd: number; next: number }

export function noCells(): Cells {
  const bytes = new Uint8Array(64 * 1024)
  return { bytes, data: new DataView(bytes.buffer), binStart: 0, binEnd: 0, next: 0 }
}

/** A cell with room for `octets`, which are zero. Returns its place; what it holds begins 4 octets behind. */
export function addCell(cells: Cells, octets: number): number {
  const size = Math.ceil((octets + 4) / 8) * 8
  if (cells.next + size > cells.binEnd) addBin(cells, size)
  const place = cells.next
  cells.data.setInt32(place, -size, true)
  cells.next += size
  return place
}

/** A cell that holds `contents`. */
export function addOctets(cells: Cells, contents: Uint8Array): number {
  const place = addCell(cells, contents.length)
  cells.bytes.set(contents, place + 4)
  return place
}

export function put16(cells: Cells, place: number, offset: number, value: number): void {
  cells.data.setUint16(place + 4 + offset, value, true)
}

export function put32(cells: Cells, place: number, offset: number, value: number): void {
  cells.data.setUint32(place + 4 + offset, value, true)
}

export function put64(cells: Cells, place: number, offset: number, value: bigint): void {
  cells.data.setBigUint64(place + 4 + offset, value, true)
}

export function putLetters(cells: Cells, place: number, letters: string): void {
  for (let i = 0; i < letters.length; i += 1) cells.data.setUint8(place + 4 + i, letters.charCodeAt(i))
}

/** Ends the last bin and gives all of them. */
export function finishedBins(cells: Cells): Uint8Array {
  endBin(cells)
  return cells.bytes.slice(0, cells.binEnd)
}

function addBin(cells: Cells, cellSize: number): void {
  endBin(cells)
  const size = Math.ceil((binHeaderSize + cellSize) / pageSize) * pageSize
  const at = cells.binEnd
  if (at + size > cells.bytes.length) {
    const bytes = new Uint8Array(Math.max(at + size, 2 * cells.bytes.length))
    bytes.set(cells.bytes)
    cells.bytes = bytes
    cells.data = new DataView(bytes.buffer)
  }
  for (let i = 0; i < 4; i += 1) cells.data.setUint8(at + i, 'hbin'.charCodeAt(i))
  cells.data.setUint32(at + 4, at, true)
  cells.data.setUint32(at + 8, size, true)
  Object.assign(cells, { binStart: at, binEnd: at + size, next: at + binHeaderSize })
}

/** What is left of a bin is one free cell. */
function endBin({ data, next, binEnd }: Cells): void {
  if (next < binEnd) data.setInt32(next, binEnd - next, true)
}
