import { itemsAt } from './arrays.ts'
import type { Chunk } from './chunk.ts'
import { note, spend } from './chunk.ts'
import type { Markup } from './markup.ts'
import type { Wording } from './plan.ts'
import { valueAt } from './read-value.ts'
import { arrayFlag, typeNames, type Value } from './value.ts'
import { typeAt, type ValueArray } from './value-array.ts'
import { textOf } from './value-text.ts'

/** One value of a record. Arrays are joined, because there is no room for more than one; binary XML has no value. */
export function readSingle(chunk: Chunk, values: ValueArray, index: number): Value {
  const start = startOf(chunk, values, index)
  if (start === undefined) return null
  const type = typeAt(chunk, values, index)
  const size = (values.starts[index + 1] ?? start) - start
  if (!spend(chunk, 1, size, start)) return null
  if ((type & arrayFlag) === 0) return valueAt(chunk, type, start, size)
  const name = typeNames[type & ~arrayFlag] ?? 'binary'
  return itemsAt(chunk, type & ~arrayFlag, start, size)
    .map(item => textOf(name, item))
    .join(',')
}

/** Where a value begins. Undefined, with a problem, when the record does not have it. */
export function startOf(chunk: Chunk, values: ValueArray, index: number): number | undefined {
  if (index < values.count) return values.starts[index]
  note(chunk, 'evtx/value-missing', values.at, `value ${index}`, `${values.count} values`)
  return undefined
}

/** A text with values in it. */
export function wordingOf(chunk: Chunk, wording: Wording, values: ValueArray): string {
  return typeof wording === 'string' ? wording : textOfContent(chunk, wording, values)
}

function textOfContent(chunk: Chunk, content: readonly Markup[], values: ValueArray): string {
  let text = ''
  for (const markup of content) {
    if (markup.kind === 'text') text += spend(chunk, 1, markup.text.length, values.at) ? markup.text : ''
    else if (markup.kind === 'substitution') {
      const name = typeNames[typeAt(chunk, values, markup.index) & ~arrayFlag] ?? 'binary'
      text += textOf(name, readSingle(chunk, values, markup.index))
    }
  }
  return text
}
