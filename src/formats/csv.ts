import type { Problem } from '../base/index.ts'
import { assert } from '../base/index.ts'
import { ByteWindow } from './byte-window.ts'
import type { CutRecord, ReaderEnd, RecordReader } from './record-reader.ts'
import { longestExcerpt } from './record-reader.ts'

/**
 * Comma-separated values (RFC 4180 §2), as records of texts under the names of their columns.
 *
 *     file   = [header CRLF] record *(CRLF record) [CRLF]
 *     record = field *("," field)
 *     field  = DQUOTE *(TEXTDATA / "," / CR / LF / 2DQUOTE) DQUOTE / *TEXTDATA
 *
 * Beyond it: a lone LF ends a record too, the quote that stands within a bare field is text, a BOM and lines that begin
 * with `#` may come first. A file that begins with such comments may have more of them. Semicolons and tabs separate
 * nothing.
 */

/** A certificate in base64 has 100 KiB at the very most; nothing in one record is worth more than this, in bytes. */
export const longestCsvRecord = 1 << 20

/** No export that we know has 200 columns; names longer than this are no names. */
const mostColumns = 1024
const longestName = 256

const comma = 0x2c
const quote = 0x22
const newline = 0x0a
const hash = 0x23

/** What stands at the start of a file, before it is known whether its first record names the columns. */
export type CsvStart = {
  readonly comments: boolean
  /** The last comment, where it has as many fields as the first record: SSLBL names its columns so. */
  readonly commented: readonly string[] | undefined
  /** Fields of the first record, and where it and the next one begin, in bytes. */
  readonly first: readonly string[]
  readonly first_offset: number
  readonly next_offset: number
}

/** Undefined when the head holds no whole first record, or none of a plausible width. */
export function readCsvStart(head: Uint8Array): CsvStart | undefined {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength)
  let offset = bomOf(bytes)
  let [comments, last] = [false, '']
  while (bytes[offset] === hash) {
    const end = bytes.indexOf(newline, offset)
    if (end === -1) return undefined
    comments = true
    last = bytes.toString('utf8', offset, end)
    offset = end + 1
  }
  const found = fieldsAt(bytes, offset, true)
  if (typeof found === 'string') return undefined
  const first = textsOf(bytes, found)
  if (first.length < 2 || first.length > mostColumns || first.some(name => name.length > longestCsvRecord))
    return undefined
  const name = Buffer.from(last.replace(/^#+\s*/, '').replace(/\r$/, ''))
  const named = comments ? fieldsAt(name, 0, true) : 'more'
  const commented = typeof named === 'string' ? [] : textsOf(name, named)
  return {
    comments,
    commented: commented.length === first.length && areNames(commented) ? commented : undefined,
    first,
    first_offset: offset,
    next_offset: found.next,
  }
}

/** Whether texts can be the names of columns. */
export function areNames(texts: readonly string[]): boolean {
  return texts.length > 0 && texts.length <= mostColumns && texts.every(text => text.length <= longestName)
}

export type CsvOptions = {
  readonly columns: readonly string[]
  /** Where the first record with values begins, in bytes. */
  readonly first_offset: number
  /** Lines that begin with `#` are no records. */
  readonly comments: boolean
}

/** Reads the records of a file as JSON objects, one member for each field that is not empty. A bad record costs a line. */
export class CsvReader implements RecordReader {
  readonly #names: readonly Buffer[]
  readonly #comments: boolean
  readonly #window = new ByteWindow()
  #out: Buffer = Buffer.alloc(64 << 10)
  /** Offset of the next record. */
  #next: number
  /** A line that is longer than any record, on the way to its end. */
  #skipping: (CutRecord & { bytes: number }) | undefined

  constructor({ columns, first_offset, comments }: CsvOptions) {
    this.#names = columns.map(name => Buffer.from(`${JSON.stringify(name)}:"`))
    this.#comments = comments
    this.#next = first_offset
  }

  add(bytes: Uint8Array): readonly CutRecord[] {
    this.#window.append(bytes)
    return this.#read(false)
  }

  end(mayGrow: boolean): ReaderEnd {
    if (!mayGrow) return { records: this.#read(true) }
    const { to } = this.#window
    const byte_offset = this.#skipping?.byte_offset ?? this.#next
    return byte_offset >= to ? { records: [] } : { records: [], left: { byte_offset, bytes: to - byte_offset } }
  }

  #read(isEnd: boolean): CutRecord[] {
    this.#window.dropBefore(this.#next)
    const records: CutRecord[] = []
    const { bytes, from } = this.#window
    let at = this.#next - from
    while (at < bytes.length) {
      const start = at
      if (this.#skipping !== undefined || (this.#comments && bytes[at] === hash)) {
        const end = bytes.indexOf(newline, at)
        at = end === -1 ? bytes.length : end + 1
        if (this.#skipping !== undefined) this.#skipping.bytes += (end === -1 ? at : end) - start
        else if (end === -1 && !isEnd) at = start
        if (end === -1) break
        if (this.#skipping !== undefined) records.push(this.#endSkipping())
        continue
      }
      const found = fieldsAt(bytes, at, isEnd)
      const tooLong = (typeof found === 'string' ? bytes.length : found.end) - start > longestCsvRecord
      if (found === 'more' && !isEnd && !tooLong) break
      if (typeof found !== 'string' && !tooLong) {
        records.push(this.#recordOf(bytes, start, found, from))
        at = found.next
        continue
      }
      const end = typeof found === 'string' ? bytes.indexOf(newline, at) : found.end
      if (end === -1 && !isEnd && !tooLong) break
      const code = codes[tooLong ? 'long' : found === 'more' ? 'more' : 'bad']
      const stop = end === -1 ? bytes.length : end
      const bad = malformed(bytes, start, stop, from, { code })
      if (end === -1 && !isEnd) {
        this.#skipping = { ...bad, text: Buffer.from(bad.text) }
        at = stop
      } else {
        records.push(bad)
        at = typeof found === 'string' ? stop + 1 : found.next
      }
    }
    this.#next = from + at
    if (isEnd && this.#skipping !== undefined) records.push(this.#endSkipping())
    return records
  }

  #endSkipping(): CutRecord {
    const skipped = this.#skipping
    assert(skipped !== undefined, 'a line is being passed over')
    this.#skipping = undefined
    return skipped
  }

  #recordOf(bytes: Buffer, start: number, fields: Fields, from: number): CutRecord {
    const place = { byte_offset: from + start, bytes: fields.end - start, text: bytes.subarray(start, fields.end) }
    if (fields.end === start) return { ...place, lines: [new Uint8Array()] }
    const width = fields.bounds.length / 2
    if (width !== this.#names.length)
      return malformed(bytes, start, fields.end, from, {
        code: 'record/column-count',
        expected: `${this.#names.length} fields`,
        found: String(width),
      })
    const line = this.#lineOf(bytes, fields)
    if (line.length <= longestLine) return { ...place, lines: [line] }
    return malformed(bytes, start, fields.end, from, { code: 'record/too-long' })
  }

  /** Bytes are taken over as they are, so what is no UTF-8 stays none, and the engine says so. */
  #lineOf(bytes: Buffer, { bounds }: Fields): Buffer {
    const names = this.#names.reduce((sum, name) => sum + name.length + 1, 2)
    const last = bounds[bounds.length - 1] ?? 0
    const most = names + this.#names.length + 6 * (last - (bounds[0] ?? 0))
    if (this.#out.length < most) this.#out = Buffer.allocUnsafe(most * 2)
    const out = this.#out
    let to = 0
    out[to++] = 0x7b
    for (let nth = 0; nth < this.#names.length; nth += 1) {
      const from = bounds[2 * nth] ?? 0
      const end = bounds[2 * nth + 1] ?? 0
      if (from === end) continue
      if (to > 1) out[to++] = comma
      to += this.#names[nth]?.copy(out, to) ?? 0
      const isQuoted = bytes[from - 1] === quote
      for (let at = from; at < end; at += 1) {
        const byte = bytes[at] ?? 0
        if (byte === quote) {
          if (isQuoted) at += 1
          out[to++] = 0x5c
          out[to++] = quote
        } else if (byte === 0x5c) {
          out[to++] = 0x5c
          out[to++] = 0x5c
        } else if (byte < 0x20) to += out.write(escaped[byte] ?? '', to, 'latin1')
        else out[to++] = byte
      }
      out[to++] = quote
    }
    out[to++] = 0x7d
    return Buffer.from(out.subarray(0, to))
  }
}

const codes = { long: 'record/too-long', more: 'csv/no-closing-quote', bad: 'csv/after-quote' } as const

/** A line of JSON that many names of columns have made long is not handed on. */
const longestLine = 8 << 20

const escaped = Array.from({ length: 0x20 }, (_, byte) => `\\u${byte.toString(16).padStart(4, '0')}`)

/** Bounds of every field: first byte and end, within the quotes. `end` is that of the record, `next` that of its line end. */
type Fields = { readonly bounds: readonly number[]; readonly end: number; readonly next: number }

/** The record at `start`; `more` when its end is not here, `bad` when something follows a closing quote. */
function fieldsAt(bytes: Buffer, start: number, isEnd: boolean): Fields | 'more' | 'bad' {
  const bounds: number[] = []
  let at = start
  for (;;) {
    if (bytes[at] === quote) {
      const closing = closingQuote(bytes, at + 1)
      if (closing === -1 || (closing + 1 === bytes.length && !isEnd)) return 'more'
      bounds.push(at + 1, closing)
      at = closing + 1
      const isReturn = bytes[at] === 0x0d && (bytes[at + 1] === newline || at + 1 === bytes.length)
      if (isReturn && at + 1 === bytes.length && !isEnd) return 'more'
      if (isReturn) at += 1
      if (at < bytes.length && bytes[at] !== newline && bytes[at] !== comma) return 'bad'
      if (bytes[at] !== comma) return { bounds, end: isReturn ? at - 1 : Math.min(at, bytes.length), next: at + 1 }
    } else {
      const from = at
      while (at < bytes.length && bytes[at] !== comma && bytes[at] !== newline) at += 1
      if (at === bytes.length && !isEnd) return 'more'
      if (bytes[at] !== comma) {
        const end = at > from && bytes[at - 1] === 0x0d ? at - 1 : at
        bounds.push(from, end)
        return { bounds, end, next: at + 1 }
      }
      bounds.push(from, at)
    }
    at += 1
  }
}

/** Where a quoted field ends, -1 when it does not. A doubled quote is one that stands in it. */
function closingQuote(bytes: Buffer, start: number): number {
  for (let at = bytes.indexOf(quote, start); at !== -1; at = bytes.indexOf(quote, at + 2))
    if (bytes[at + 1] !== quote) return at
  return -1
}

function textsOf(bytes: Buffer, { bounds }: Fields): string[] {
  const texts: string[] = []
  for (let nth = 0; nth < bounds.length; nth += 2) {
    const text = bytes.toString('utf8', bounds[nth], bounds[nth + 1])
    texts.push((bytes[(bounds[nth] ?? 0) - 1] === quote ? text.replaceAll('""', '"') : text).trim())
  }
  return texts
}

function malformed(bytes: Buffer, start: number, end: number, from: number, problem: Problem): CutRecord {
  const text = bytes.subarray(start, Math.min(end, start + longestExcerpt))
  return { byte_offset: from + start, bytes: end - start, text, lines: [], problem }
}

function bomOf(bytes: Buffer): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
}
