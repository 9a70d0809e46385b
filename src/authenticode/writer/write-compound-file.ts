import { Buffer } from 'node:buffer'

/** A compound file as described. For fixtures. */
export type WrittenStorage = {
  readonly name: string
  /** 16 octets. Default: zeros. */
  readonly class_id?: Uint8Array
  readonly storages?: readonly WrittenStorage[]
  readonly streams?: readonly WrittenStream[]
}

export type WrittenStream = { readonly name: string; readonly data: Uint8Array }

export type CompoundWriteOptions = {
  /** Octets of a sector. Default: 512, which is version 3. */
  readonly sector_size?: 512 | 4096
  /** Sectors that are left free between the streams. Default: 0. */
  readonly free_sectors?: number
}

const endOfChain = 0xfffffffe
const freeSector = 0xffffffff
const tableSector = 0xfffffffd
const noEntry = 0xffffffff
/** Streams below this size lie in sectors of 64 octets. */
const cutOff = 4096

/** Writes a compound file (MS-CFB). Siblings are a list rather than a balanced tree, which readers take. */
export function writeCompoundFile(root: WrittenStorage, options: CompoundWriteOptions = {}): Uint8Array {
  const { sector_size: size = 512, free_sectors: free = 0 } = options
  const sectors: Uint8Array[] = []
  const next: number[] = []
  const put = (data: Uint8Array): number => {
    if (data.length === 0) return endOfChain
    const first = sectors.length
    for (let at = 0; at < data.length; at += size) {
      sectors.push(Buffer.concat([data.subarray(at, at + size), Buffer.alloc(Math.max(0, at + size - data.length))]))
      next.push(at + size < data.length ? sectors.length : endOfChain)
    }
    return first
  }
  const skip = () => {
    for (let i = 0; i < free; i += 1) {
      sectors.push(Buffer.alloc(size))
      next.push(freeSector)
    }
  }
  const mini: Uint8Array[] = []
  const miniNext: number[] = []
  const putMini = (data: Uint8Array): number => {
    if (data.length === 0) return endOfChain
    const first = miniNext.length
    for (let at = 0; at < data.length; at += 64) {
      mini.push(Buffer.concat([data.subarray(at, at + 64), Buffer.alloc(Math.max(0, at + 64 - data.length))]))
      miniNext.push(at + 64 < data.length ? miniNext.length + 1 : endOfChain)
    }
    return first
  }
  const entries: Buffer[] = []
  const addStorage = (storage: WrittenStorage, type: number): number => {
    const index = entries.length
    const own = entryOf(storage.name, type)
    own.set(storage.class_id ?? new Uint8Array(16), 80)
    entries.push(own)
    let previous: Buffer | undefined
    const link = (child: number) => {
      if (previous === undefined) own.writeUInt32LE(child, 76)
      else previous.writeUInt32LE(child, 72)
      previous = entries[child]
    }
    for (const { name, data } of storage.streams ?? []) {
      const entry = entryOf(name, 2)
      entry.writeUInt32LE(data.length < cutOff ? putMini(data) : put(data), 116)
      entry.writeUInt32LE(data.length, 120)
      if (data.length >= cutOff) skip()
      link(entries.push(entry) - 1)
    }
    for (const below of storage.storages ?? []) link(addStorage(below, 1))
    return index
  }
  addStorage({ ...root, name: 'Root Entry' }, 5)
  const miniStream = Buffer.concat(mini)
  entries[0]?.writeUInt32LE(put(miniStream), 116)
  entries[0]?.writeUInt32LE(miniStream.length, 120)
  const miniTableAt = put(filled(numbers(miniNext), size))
  while ((entries.length * 128) % size !== 0) entries.push(unusedEntry())
  const directoryAt = put(Buffer.concat(entries))
  const header = headerOf(size, directoryAt, miniTableAt, Math.ceil((miniNext.length * 4) / size))
  return Uint8Array.from(Buffer.concat(withTable(header, sectors, next, size)))
}

function entryOf(name: string, type: number): Buffer {
  const entry = Buffer.alloc(128)
  const octets = Buffer.from(`${name.slice(0, 31)}\0`, 'utf16le')
  octets.copy(entry)
  entry.writeUInt16LE(octets.length, 64)
  entry[66] = type
  entry[67] = 1
  for (const at of [68, 72, 76]) entry.writeUInt32LE(noEntry, at)
  return entry
}

function unusedEntry(): Buffer {
  const entry = Buffer.alloc(128)
  for (const at of [68, 72, 76]) entry.writeUInt32LE(noEntry, at)
  return entry
}

function numbers(values: readonly number[]): Buffer {
  const octets = Buffer.alloc(values.length * 4)
  for (const [i, value] of values.entries()) octets.writeUInt32LE(value, 4 * i)
  return octets
}

function filled(octets: Buffer, size: number): Buffer {
  const rest = (size - (octets.length % size)) % size
  return Buffer.concat([octets, Buffer.alloc(rest, 0xff)])
}

function headerOf(size: number, directoryAt: number, miniTableAt: number, miniTableSectors: number): Buffer {
  const header = Buffer.alloc(size)
  Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(header)
  header.writeUInt16LE(0x3e, 24)
  header.writeUInt16LE(size === 512 ? 3 : 4, 26)
  header.writeUInt16LE(0xfffe, 28)
  header.writeUInt16LE(size === 512 ? 9 : 12, 30)
  header.writeUInt16LE(6, 32)
  header.writeUInt32LE(directoryAt, 48)
  header.writeUInt32LE(cutOff, 56)
  header.writeUInt32LE(miniTableAt, 60)
  header.writeUInt32LE(miniTableSectors, 64)
  header.writeUInt32LE(endOfChain, 68)
  header.fill(0xff, 76, 512)
  return header
}

/** The sector table comes last; it names itself. At most the 109 sectors that the header can name. */
function withTable(
  header: Buffer,
  sectors: readonly Uint8Array[],
  next: readonly number[],
  size: number,
): Uint8Array[] {
  let count = 0
  while (count * (size / 4) < sectors.length + count) count += 1
  if (count > 109) throw new RangeError('A fixture of this size needs a table that is not written here.')
  const table = filled(numbers([...next, ...new Array<number>(count).fill(tableSector)]), size)
  header.writeUInt32LE(count, 44)
  for (let i = 0; i < count; i += 1) header.writeUInt32LE(sectors.length + i, 76 + 4 * i)
  return [header, ...sectors, table]
}
