import type { Chunk } from './chunk.ts'
import { note } from './chunk.ts'
import { valueAt } from './read-value.ts'
import { sizeOfSid } from './sid.ts'
import { sizeOfType, type Value } from './value.ts'

/**
 * The items of an array of `size` octets. Strings end at their NUL; everything else has the size of its type. Windows
 * repeats the element that such a value stands in, once for each item.
 *
 * @param type without the array flag
 */
export function itemsAt(chunk: Chunk, type: number, at: number, size: number): readonly Value[] {
  switch (type) {
    case 0x01:
    case 0x23:
      return textsAt(chunk, type, at, size, 2)
    case 0x02:
      return textsAt(chunk, type, at, size, 1)
    case 0x13:
      return sidsAt(chunk, at, size)
    default:
      return plainItemsAt(chunk, type, at, size)
  }
}

function textsAt(chunk: Chunk, type: number, at: number, size: number, width: 1 | 2): readonly Value[] {
  const { bytes } = chunk
  const end = at + size - (size % width)
  const texts: Value[] = []
  let start = at
  for (let place = at; place < end; place += width) {
    if (bytes[place] !== 0 || (width === 2 && bytes[place + 1] !== 0)) continue
    texts.push(valueAt(chunk, type, start, place - start))
    start = place + width
  }
  if (start < end) texts.push(valueAt(chunk, type, start, end - start))
  return texts
}

function sidsAt(chunk: Chunk, at: number, size: number): readonly Value[] {
  const sids: Value[] = []
  const end = at + size
  for (let place = at; place < end; ) {
    const length = sizeOfSid(chunk, place, end - place) ?? end - place
    sids.push(valueAt(chunk, 0x13, place, length))
    place += length
  }
  return sids
}

function plainItemsAt(chunk: Chunk, type: number, at: number, size: number): readonly Value[] {
  if (size === 0) return []
  let width = sizeOfType[type] ?? 0
  // Addresses have 4 octets on a 32-bit machine: the number of octets tells it unless it fits both.
  if (type === 0x10 && size % 8 !== 0) width = 4
  if (width === 0) return [valueAt(chunk, type, at, size)]
  const items: Value[] = []
  const end = at + size
  for (let place = at; place + width <= end; place += width) items.push(valueAt(chunk, type, place, width))
  if (size % width !== 0) note(chunk, 'evtx/value', at, `a multiple of ${width}`, String(size))
  return items
}
