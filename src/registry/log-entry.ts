import { pageSize, sectorSize } from './bounds.ts'
import { marvin32 } from './marvin32.ts'

/*
 * Entry of a transaction log since Windows 8.1, at a multiple of 512, little-endian:
 *   0   "HvLE"                     4   u32 its size                 8   u32 flags        12  u32 sequence number
 *   16  u32 octets of bins         20  u32 number of pages
 *   24  Marvin32 of octets 40 to its end                            32  Marvin32 of octets 0 to 31
 *   40  for each page: u32 its place in the bins, u32 its size; then the pages
 */
const magic = 0x454c7648
const headerSize = 40

/** What a log says is to be written into the hive. */
export type LogEntry = {
  /** Where it begins in its log. */
  readonly at: number
  readonly sequence: number
  readonly bins_size: number
  readonly pages: readonly LogPage[]
}

export type LogPage = {
  /** In the bins. */
  readonly to: number
  /** In the log. */
  readonly from: number
  readonly size: number
}

/** An entry, or where there is one that cannot be used, and why. */
export type EntryReading = { readonly at: number; readonly sequence: number } & (
  | { readonly entry: LogEntry }
  | { readonly entry?: undefined; readonly fault: string }
)

/** The entries of a log, in the order in which they lie. The reading ends behind the first that is damaged. */
export function* entriesOf(log: Uint8Array): Generator<EntryReading> {
  const data = new DataView(log.buffer, log.byteOffset, log.byteLength)
  for (let at = sectorSize; at + headerSize <= log.length; ) {
    if (data.getUint32(at, true) !== magic) return
    const size = data.getUint32(at + 4, true)
    const sequence = data.getUint32(at + 12, true)
    const fault = faultOf(log, data, at, size)
    if (fault !== undefined) return yield { at, sequence, fault }
    const reading = readEntry(data, at, size)
    yield reading
    if (reading.entry === undefined) return
    at += size
  }
}

function faultOf(log: Uint8Array, data: DataView, at: number, size: number): string | undefined {
  if (size < headerSize || size % sectorSize !== 0 || at + size > log.length) return `a size of ${size} octets`
  const isSame = (place: number, [low, high]: readonly [number, number]) =>
    data.getUint32(place, true) === low && data.getUint32(place + 4, true) === high
  if (!isSame(at + 32, marvin32(log, at, at + 32))) return 'a wrong hash of its header'
  if (!isSame(at + 24, marvin32(log, at + headerSize, at + size))) return 'a wrong hash of its pages'
  return undefined
}

function readEntry(data: DataView, at: number, size: number): EntryReading {
  const sequence = data.getUint32(at + 12, true)
  const bins_size = data.getUint32(at + 16, true)
  const count = data.getUint32(at + 20, true)
  if (bins_size % pageSize !== 0) return { at, sequence, fault: `bins of ${bins_size} octets` }
  if (headerSize + 8 * count > size) return { at, sequence, fault: `${count} pages` }
  const pages: LogPage[] = []
  let from = at + headerSize + 8 * count
  for (let i = 0; i < count; i += 1) {
    const to = data.getUint32(at + headerSize + 8 * i, true)
    const length = data.getUint32(at + headerSize + 8 * i + 4, true)
    if (length === 0 || length % sectorSize !== 0 || to % sectorSize !== 0 || to + length > bins_size)
      return { at, sequence, fault: `a page of ${length} octets at ${to}` }
    if (from + length > at + size) return { at, sequence, fault: 'pages beyond its end' }
    pages.push({ to, from, size: length })
    from += length
  }
  return { at, sequence, entry: { at, sequence, bins_size, pages } }
}
