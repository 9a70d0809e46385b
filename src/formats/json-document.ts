import type { Problem } from '../base/index.ts'
import { assert } from '../base/index.ts'
import { ByteWindow } from './byte-window.ts'
import { elementsApart } from './json-elements.ts'
import { isOddNumber, lineOf, shortestOddNumber } from './json-line.ts'
import type { Place } from './json-places.ts'
import { placesOf } from './json-places.ts'
import type { CutRecord, ReaderEnd, RecordReader } from './record-reader.ts'
import { longestExcerpt } from './record-reader.ts'

/**
 * JSON values (RFC 8259) that are not one a line: a list of records, records that a document wraps, or documents one
 * after the other. Only where a value begins and ends is found out here; whether it is well-formed, the engine says.
 *
 *     value  = false / null / true / object / array / number / string
 *     object = "{" [ string ":" value *( "," string ":" value ) ] "}"
 *     array  = "[" [ value *( "," value ) ] "]"
 *
 * A record is an object at one of the paths that are asked for; of two that lie in each other the inner one. At the top,
 * and in a list there, every value is one. What stands around records is passed over.
 */

export type JsonDocumentOptions = {
  /** Where records stand beside the top: names joined by `/`, with `*` for the elements of a list: `matches/*`. */
  readonly records: readonly string[]
  /** Lists in a record whose every element makes a record of its own, which has the element in the place of the list. */
  readonly each: readonly string[]
}

/** As long as a line of JSON may be (`lineBytes` in ingest). */
const longestRecord = 16 << 20

/** The engine's own parser goes no further than 1,024; no export we know has more than 20. */
const mostDepth = 512

/** An object or a list that is open. `start`: where the record begins that it is, -1 when it is none. */
type Frame = { readonly isObject: boolean; readonly place: Place | undefined; start: number; expects: Expectation }

/** What may follow: in an object a key, a colon, a value or what separates; in a list or at the top a value or that. */
type Expectation = 'key' | 'colon' | 'value' | 'separator'

export class JsonDocumentReader implements RecordReader {
  readonly #top: Place
  readonly #each: readonly string[]
  readonly #window = new ByteWindow()
  readonly #frames: Frame[] = []
  #records: CutRecord[] = []
  /** Offset up to which everything is understood. */
  #at = 0
  /** Where the string or scalar begins that is being read, and what it is. */
  #token = -1
  #isKey = false
  #isString = false
  #isEscaped = false
  /** The name that the next value has, where anybody asks. */
  #name: string | undefined
  /** Numbers in the record that is open that the engine cannot read: where they begin and end. */
  #numbers: (readonly [number, number])[] = []
  /** The innermost record that is open: its depth in `frames`, 0 for none. */
  #open = 0
  /** It is longer than a record may be; its start is no longer held. */
  #isTooLong = false
  #head: Buffer = Buffer.alloc(0)
  /** What could not be read, until it is clear how far it goes. */
  #bad: { start: number; end: number; text: Buffer; problem: Problem } | undefined
  #isSkipping = false

  constructor({ records, each }: JsonDocumentOptions) {
    this.#top = placesOf(records)
    this.#each = each
  }

  add(bytes: Uint8Array): readonly CutRecord[] {
    this.#records = []
    this.#window.append(bytes)
    while (this.#at < this.#window.to) this.#read()
    this.#letGo()
    return this.#records
  }

  end(mayGrow: boolean): ReaderEnd {
    this.#records = []
    const { to } = this.#window
    if (this.#token !== -1 && !this.#isString && this.#frames.length === 0) this.#endScalar(to)
    const start = this.#open > 0 ? (this.#frames[this.#open - 1]?.start ?? 0) : this.#token
    if (start !== -1) {
      if (mayGrow) return { records: this.#flushed(), left: { byte_offset: start, bytes: to - start } }
      this.#reject(start, to, { code: 'record/unterminated', expected: 'the end of the record' })
      return { records: this.#flushed() }
    }
    const records = this.#flushed()
    if (this.#frames.length === 0) return { records }
    const problem = { code: 'json/unterminated', expected: 'the end of the list of records' }
    return { records, problem }
  }

  /** Reads on until the bytes end or something is wrong. */
  #read(): void {
    const { from, bytes } = this.#window
    let at = this.#at - from
    if (this.#isSkipping) {
      const end = bytes.indexOf(0x0a, at)
      this.#at = end === -1 ? this.#window.to : from + end + 1
      if (this.#bad !== undefined) this.#bad.end = this.#at
      this.#isSkipping = end === -1
      return
    }
    for (; at < bytes.length; at += 1) {
      const byte = bytes[at] ?? 0
      if (this.#isString) {
        at = this.#stringEnd(bytes, at)
        if (bytes[at] === 0x22) this.#endString(from + at)
        else if (at < bytes.length) {
          this.#fail(from + at, 'a string on one line')
          return
        }
        continue
      }
      if (this.#token !== -1) {
        if (!endsScalar(byte)) continue
        this.#endScalar(from + at)
      }
      if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) continue
      const wrong = this.#take(byte, from + at)
      if (wrong !== undefined) {
        this.#fail(from + at, wrong)
        return
      }
    }
    this.#at = from + Math.min(at, bytes.length)
  }

  /** The closing quote, or a newline, or the end of what is here. */
  #stringEnd(bytes: Buffer, start: number): number {
    let at = this.#isEscaped ? start + 1 : start
    this.#isEscaped = false
    for (; at < bytes.length; at += 1) {
      const byte = bytes[at]
      if (byte === 0x22 || byte === 0x0a) return at
      if (byte === 0x5c) at += 1
    }
    this.#isEscaped = at > bytes.length
    return bytes.length
  }

  /** One byte that is no space and in no string or scalar. Returns what should have stood there when it is wrong. */
  #take(byte: number, offset: number): string | undefined {
    const frame = this.#frames.at(-1)
    const expects = frame?.expects ?? 'value'
    // Between records commas are forgiven: they may be left over from a record that could not be read.
    const isLenient = frame === undefined || (!frame.isObject && this.#open === 0)
    if (byte === 0x2c) {
      if (frame !== undefined && (expects === 'separator' || isLenient))
        frame.expects = frame.isObject ? 'key' : 'value'
      else if (!isLenient) return 'a value'
      return undefined
    }
    if (byte === 0x3a) {
      if (frame === undefined || expects !== 'colon') return 'a value'
      frame.expects = 'value'
      return undefined
    }
    if (byte === 0x7d || byte === 0x5d) {
      if (frame === undefined || frame.isObject !== (byte === 0x7d)) return 'the end of what was begun'
      if (frame.isObject && (expects === 'colon' || expects === 'value')) return 'a value'
      this.#close(frame, offset + 1)
      return undefined
    }
    if (frame?.isObject === true && expects === 'key' && byte === 0x22) {
      this.#begin(offset, true, true)
      return undefined
    }
    if (expects !== 'value' && !isLenient) return expects === 'key' ? 'a name' : 'a comma'
    if (byte === 0x7b || byte === 0x5b) return this.#descend(byte === 0x7b, offset)
    this.#begin(offset, byte === 0x22, false)
    return undefined
  }

  #begin(offset: number, isString: boolean, isKey: boolean): void {
    this.#token = offset
    this.#isString = isString
    this.#isKey = isKey
  }

  /** What is asked for at the value that comes next. */
  #placeOfNext(): Place | undefined {
    const frame = this.#frames.at(-1)
    if (frame === undefined) return this.#top
    return frame.isObject ? frame.place?.names.get(this.#name ?? '') : frame.place?.elements
  }

  #descend(isObject: boolean, offset: number): string | undefined {
    if (this.#frames.length === mostDepth) return `at most ${mostDepth} levels`
    const place = this.#placeOfNext()
    const isRecord = place?.isRecord === true && (isObject || place.elements === undefined)
    if (isRecord) {
      for (const frame of this.#frames) frame.start = -1
      this.#open = this.#frames.length + 1
      this.#isTooLong = false
      this.#numbers = []
      this.#flush()
    }
    const start = isRecord ? offset : -1
    this.#frames.push({ isObject, place, start, expects: isObject ? 'key' : 'value' })
    return undefined
  }

  #close(frame: Frame, end: number): void {
    this.#frames.pop()
    if (frame.start !== -1) {
      this.#emit(frame.start, end)
      this.#open = 0
    }
    this.#endValue()
  }

  #endValue(): void {
    const parent = this.#frames.at(-1)
    if (parent !== undefined) parent.expects = 'separator'
    this.#name = undefined
  }

  #endString(offset: number): void {
    const start = this.#token
    this.#token = -1
    this.#isString = false
    if (!this.#isKey) {
      this.#endLone(start, offset + 1)
      return
    }
    const frame = this.#frames.at(-1)
    assert(frame !== undefined, 'a key stands in an object')
    frame.expects = 'colon'
    const asked = frame.place !== undefined && frame.place.names.size > 0 && offset - start < longestExcerpt
    this.#name = asked ? nameOf(this.#window.slice(start, offset + 1)) : undefined
  }

  #endScalar(end: number): void {
    const start = this.#token
    this.#token = -1
    if (this.#open > 0 && end - start >= shortestOddNumber && isOddNumber(this.#window.slice(start, end)))
      this.#numbers.push([start, end])
    this.#endLone(start, end)
  }

  /** A text, a number or the like. Among records it is one too, and no good one: that the engine says. */
  #endLone(start: number, end: number): void {
    const isBom = start === 0 && end === 3 && this.#window.from === 0 && this.#window.bytes[0] === 0xef
    if (this.#open === 0) {
      const isAsked = this.#placeOfNext()?.isRecord === true && !isBom
      // A lone value behind something bad is more of it.
      if (isAsked && this.#bad !== undefined) this.#reject(start, end, this.#bad.problem)
      else if (isAsked) this.#emit(start, end)
      this.#isTooLong = false
    }
    this.#endValue()
  }

  #emit(start: number, end: number): void {
    const place = { byte_offset: start, bytes: end - start }
    if (this.#isTooLong || end - start > longestRecord) {
      this.#isTooLong = false
      const expected = `at most ${longestRecord} bytes`
      const problem = { code: 'record/too-long', expected, found: `${end - start} bytes` }
      this.#records.push({ ...place, text: this.#head, lines: [], problem })
      return
    }
    const text = Buffer.from(this.#window.slice(start, end))
    const line = lineOf(text, start, this.#numbers)
    const lines = elementsApart(line, this.#each)
    if (lines === undefined) {
      const problem = { code: 'record/too-many-parts', expected: 'a list that can be taken apart' }
      this.#records.push({ ...place, text: text.subarray(0, longestExcerpt), lines: [], problem })
    } else this.#records.push({ ...place, text, lines })
  }

  /**
   * Something that cannot be. The record up to the line in which it stands is lost, and reading goes on there, in the
   * list around the record; where that is the line it began in, with the next one.
   */
  #fail(offset: number, expected: string): void {
    const open = this.#open > 0 ? (this.#frames[this.#open - 1]?.start ?? -1) : this.#token
    const start = open === -1 ? offset : open
    const line = this.#window.slice(Math.max(start, this.#window.from), offset).lastIndexOf(0x0a)
    const next = line === -1 ? offset : Math.max(start, this.#window.from) + line + 1
    this.#reject(start, next, { code: 'json/invalid', expected })
    const depth = this.#open > 0 ? this.#open - 1 : this.#frames.length
    this.#frames.length = depth
    while (this.#frames.at(-1)?.isObject === true) this.#frames.pop()
    const around = this.#frames.at(-1)
    if (around !== undefined) around.expects = 'value'
    this.#token = -1
    this.#isString = false
    this.#isEscaped = false
    this.#isTooLong = false
    this.#open = 0
    this.#name = undefined
    this.#at = next
    this.#isSkipping = line === -1
  }

  /** Bad stretches that follow on each other are one: what is left of one record should not count as twenty. */
  #reject(start: number, end: number, problem: Problem): void {
    if (this.#bad !== undefined && end - this.#bad.start <= longestRecord) {
      this.#bad.end = end
      return
    }
    this.#flush()
    const isHeld = start >= this.#window.from
    const text = isHeld ? Buffer.from(this.#window.slice(start, Math.min(end, start + longestExcerpt))) : this.#head
    this.#bad = { start, end, text, problem }
  }

  #flush(): void {
    const bad = this.#bad
    if (bad === undefined) return
    this.#bad = undefined
    const { start, end, text, problem } = bad
    this.#records.push({ byte_offset: start, bytes: end - start, text, lines: [], problem })
  }

  #flushed(): readonly CutRecord[] {
    this.#flush()
    return this.#records
  }

  /** Keeps a record that is open, up to the longest, and a key. */
  #letGo(): void {
    const open = this.#open > 0 ? (this.#frames[this.#open - 1]?.start ?? -1) : -1
    const record = open === -1 ? this.#token : open
    const isLong = record !== -1 && this.#at - record > longestRecord
    if (isLong && !this.#isTooLong) {
      this.#isTooLong = true
      this.#head = Buffer.from(this.#window.slice(record, record + longestExcerpt))
    }
    const kept = this.#isTooLong
      ? this.#isKey && this.#token !== -1
        ? this.#token
        : this.#at
      : record === -1
        ? this.#at
        : record
    this.#window.dropBefore(Math.max(kept, this.#at - 2 * longestRecord))
  }
}

function endsScalar(byte: number): boolean {
  return (
    byte <= 0x20 ||
    byte === 0x2c ||
    byte === 0x5d ||
    byte === 0x7d ||
    byte === 0x3a ||
    byte === 0x22 ||
    byte === 0x7b ||
    byte === 0x5b
  )
}

function nameOf(text: Buffer): string | undefined {
  try {
    return String(JSON.parse(text.toString('utf8')))
  } catch {
    return undefined // no name of ours has an escape that is wrong
  }
}
