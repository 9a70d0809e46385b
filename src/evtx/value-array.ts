import type { Chunk } from './chunk.ts'
import { note } from './chunk.ts'

/*
 * The values of a template instance (MS-EVEN6 §2.2.12, TemplateInstanceData):
 *   u32 number of values
 *   for each: u16 size in octets, u8 type, u8 0
 *   the octets of the values, one after the other
 */
const descriptorSize = 4

/** The values of one template instance: where they are. Nothing is decoded yet. */
export type ValueArray = {
  /** Where the descriptor of the first one is. */
  readonly at: number
  readonly count: number
  /** Where each begins, and behind the last one the end. A value that is cut off ends where the next begins. */
  readonly starts: readonly number[]
  readonly end: number
}

/** Reads the array at `at`, which must end at `limit` at the latest. What is longer is cut there, with a problem. */
export function readValueArray(chunk: Chunk, at: number, limit: number): ValueArray {
  const { data } = chunk
  const first = at + 4
  if (first > limit) {
    note(chunk, 'evtx/truncated', at, 'number of values')
    return { at, count: 0, starts: [limit], end: limit }
  }
  let count = data.getUint32(at, true)
  if (count > (limit - first) / descriptorSize) {
    note(chunk, 'evtx/values-cut', at, `at most ${Math.floor((limit - first) / descriptorSize)}`, String(count))
    count = 0
  }
  let start = first + count * descriptorSize
  const starts = new Array<number>(count + 1)
  starts[0] = start
  for (let i = 0, descriptor = first; i < count; i += 1, descriptor += descriptorSize) {
    start += data.getUint16(descriptor, true)
    starts[i + 1] = start
  }
  if (start > limit) cut(chunk, starts, at, limit)
  return { at: first, count, starts, end: Math.min(start, limit) }
}

function cut(chunk: Chunk, starts: number[], at: number, limit: number): void {
  note(
    chunk,
    'evtx/values-cut',
    at,
    `octets up to ${chunk.offset + limit}`,
    String(chunk.offset + (starts.at(-1) ?? 0)),
  )
  for (let i = 0; i < starts.length; i += 1) if ((starts[i] ?? 0) > limit) starts[i] = limit
}

/** The type octet of a value. A value that is not there is null. */
export function typeAt(chunk: Chunk, values: ValueArray, index: number): number {
  return index < values.count ? (chunk.bytes[values.at + index * descriptorSize + 2] ?? 0) : 0
}
