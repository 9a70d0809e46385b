import { Buffer } from 'node:buffer'
import { checksumOf } from '../base-block.ts'
import { baseBlockSize, pageSize, sectorSize } from '../bounds.ts'
import { marvin32 } from '../marvin32.ts'

/**
 * The transaction log that leads a hive from each of these states to the next, in the format since Windows 8.1: one entry for
 * each change.
 *
 * @param states whole hives; the first is what stands on the disk
 * @param firstSequence number of the first entry. Default: what the first state expects.
 */
export function writeTransactionLog(states: readonly Uint8Array[], firstSequence?: number): Uint8Array {
  const [disk = new Uint8Array(baseBlockSize)] = states
  const first = firstSequence ?? viewOf(disk).getUint32(8, true)
  const entries = states.slice(1).map((after, i) => entryOf(states[i] ?? disk, after, first + i))
  return Buffer.concat([logBlock(disk, 6, first), ...entries])
}

/** The same in the format before Windows 8.1, which holds one change. */
export function writeOldTransactionLog(disk: Uint8Array, after: Uint8Array): Uint8Array {
  const bits = (after.length - baseBlockSize) / sectorSize
  const dirty = changedPages(disk, after).flatMap(page =>
    Array.from({ length: pageSize / sectorSize }, (_, i) => page / sectorSize + i),
  )
  const bitmap = new Uint8Array(Math.ceil(bits / 8))
  for (const bit of dirty) bitmap[bit >> 3] = (bitmap[bit >> 3] ?? 0) | (1 << (bit & 7))
  const vector = new Uint8Array(Math.ceil((4 + bitmap.length) / sectorSize) * sectorSize)
  vector.set(Buffer.from('DIRT', 'latin1'))
  vector.set(bitmap, 4)
  const block = logBlock(disk, 1, viewOf(disk).getUint32(4, true))
  viewOf(block).setUint32(40, after.length - baseBlockSize, true)
  viewOf(block).setUint32(508, checksumOf(block), true)
  const pages = dirty.map(bit => after.subarray(baseBlockSize + bit * sectorSize).subarray(0, sectorSize))
  return Buffer.concat([block, vector, ...pages])
}

/** A hive as it is on the disk while Windows writes it: its first number is ahead of the second. */
export function asDirty(hive: Uint8Array): Uint8Array {
  const dirty = Uint8Array.from(hive)
  viewOf(dirty).setUint32(4, viewOf(hive).getUint32(8, true) + 1, true)
  viewOf(dirty).setUint32(508, checksumOf(dirty), true)
  return dirty
}

function logBlock(disk: Uint8Array, type: number, sequence: number): Uint8Array {
  const block = disk.slice(0, sectorSize)
  const data = viewOf(block)
  data.setUint32(4, sequence, true)
  data.setUint32(8, sequence, true)
  data.setUint32(28, type, true)
  data.setUint32(508, checksumOf(block), true)
  return block
}

function entryOf(before: Uint8Array, after: Uint8Array, sequence: number): Uint8Array {
  const pages = changedPages(before, after)
  const head = 40 + 8 * pages.length
  const entry = new Uint8Array(Math.ceil((head + pages.length * pageSize) / sectorSize) * sectorSize)
  const data = viewOf(entry)
  entry.set(Buffer.from('HvLE', 'latin1'))
  data.setUint32(4, entry.length, true)
  data.setUint32(12, sequence, true)
  data.setUint32(16, after.length - baseBlockSize, true)
  data.setUint32(20, pages.length, true)
  for (const [i, page] of pages.entries()) {
    data.setUint32(40 + 8 * i, page, true)
    data.setUint32(44 + 8 * i, pageSize, true)
    entry.set(after.subarray(baseBlockSize + page, baseBlockSize + page + pageSize), head + i * pageSize)
  }
  setHash(data, 24, marvin32(entry, 40, entry.length))
  setHash(data, 32, marvin32(entry, 0, 32))
  return entry
}

function setHash(data: DataView, at: number, [low, high]: readonly [number, number]): void {
  data.setUint32(at, low, true)
  data.setUint32(at + 4, high, true)
}

/** Places of pages in the bins. */
function changedPages(before: Uint8Array, after: Uint8Array): readonly number[] {
  const pages: number[] = []
  for (let page = 0; baseBlockSize + page < after.length; page += pageSize) {
    const pageOf = (hive: Uint8Array) => hive.subarray(baseBlockSize + page, baseBlockSize + page + pageSize)
    if (Buffer.compare(pageOf(before), pageOf(after)) !== 0) pages.push(page)
  }
  return pages
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
