import type { Problem } from '../base/index.ts'
import { excerpt } from '../base/index.ts'
import type { XmlEvent } from './event-xml-event.ts'
import { readEventXml } from './event-xml-event.ts'
import { longestExcerpt } from './record-reader.ts'

/**
 * Cuts events of Windows out of XML as it comes: `wevtutil qe /f:xml`, `Get-WinEvent … ToXml()`, what other programs make
 * of event logs. With a root element or without, on one line or on many; UTF-8, or UTF-16 with its mark.
 *
 * Only where an event begins and ends is found out here: at `<Event` and `</Event>`, which can stand in no text and no
 * attribute of well-formed XML. So an event that is broken costs itself: it ends where the next one begins at the latest.
 * An Event in an Event, which Windows does not write, is such a break. What stands between events and is no frame of
 * theirs, a document type too, is a problem with its place, and has no effect on events.
 */
export class EventXmlReader {
  #encoding: 'utf8' | 'utf16le' | 'utf16be' | undefined
  /** Octets that wait for others: the first three, and half a character of UTF-16. */
  #pending: Buffer = Buffer.alloc(0)
  /** What may still be needed: of UTF-8 each octet, of UTF-16 each unit is one character of it. */
  #text = ''
  /** Offset in the evidence of its first character, in octets. */
  #offset = 0
  /** Where the event begins that is open, -1 when none is; where what lies between events begins; how far was searched. */
  #open = -1
  #between = 0
  #searched = 0

  /** The bytes that follow on those before. */
  add(bytes: Uint8Array): readonly CutEvent[] {
    this.#append(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
    const cut: CutEvent[] = []
    this.#search(cut)
    this.#drop()
    return cut
  }

  /** Nothing follows. `mayGrow`: more may be written later, so what is not whole is left as it is. */
  end(mayGrow: boolean): { readonly events: readonly CutEvent[]; readonly left?: Place } {
    this.#encoding ??= 'utf8'
    if (this.#encoding === 'utf8') this.#text += this.#pending.toString('latin1')
    const [cut, { length }]: [CutEvent[], string] = [[], this.#text]
    this.#search(cut)
    const tag = this.#text.lastIndexOf('<')
    const isTagCutOff = tag >= this.#between && this.#text.indexOf('>', tag) === -1
    const left = this.#open === -1 ? (isTagCutOff ? tag : length) : this.#open
    if (mayGrow && left < length) {
      if (this.#open === -1) this.#takeBetween(cut, left)
      return { events: cut, left: this.#placeOf(left, length) }
    }
    if (this.#open === -1) this.#takeBetween(cut, length)
    else this.#takeBroken(cut, length)
    return { events: cut }
  }

  #append(bytes: Buffer): void {
    let octets = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes])
    if (this.#encoding === undefined) {
      this.#pending = Buffer.from(octets)
      if (octets.length < 3) return
      const { encoding, length } = markOf(octets)
      this.#encoding = encoding
      this.#offset = length
      octets = octets.subarray(length)
    }
    const whole = this.#encoding === 'utf8' ? octets.length : octets.length & ~1
    this.#pending = Buffer.from(octets.subarray(whole))
    if (this.#encoding === 'utf8') this.#text += octets.toString('latin1')
    else if (this.#encoding === 'utf16le') this.#text += octets.toString('utf16le', 0, whole)
    else this.#text += Buffer.from(octets.subarray(0, whole)).swap16().toString('utf16le')
  }

  /** Takes every event that is whole by now. */
  #search(cut: CutEvent[]): void {
    const tag = /<(\/?)Event(?=[\s/>])/g
    for (;;) {
      tag.lastIndex = this.#searched
      const found = tag.exec(this.#text)
      const end = found === null ? -1 : this.#endOfTag(found.index)
      const isCutOff = found !== null && end === -1 && this.#text.length - found.index < longestTag
      const at = found === null ? Math.max(this.#searched, this.#text.length - tagStart) : found.index
      if (this.#cutTooLong(cut, at)) continue
      if (found === null || isCutOff) {
        this.#searched = at
        return
      }
      // A tag without an end is no tag; what it stands in is cut where it becomes too long, or where the next one begins.
      this.#searched = end === -1 ? found.index + tagStart - 1 : end + 1
      if (found[1] === '') {
        if (this.#open === -1) this.#takeBetween(cut, found.index)
        else this.#takeBroken(cut, found.index)
        this.#open = found.index
      }
      const closes = found[1] === '/' || (end !== -1 && this.#text[end - 1] === '/')
      if (closes && this.#open !== -1 && end !== -1) this.#takeEvent(cut, end + 1)
    }
  }

  /** Looks no further than a tag can reach: a million tags without an end must not each search to the end of the text. */
  #endOfTag(start: number): number {
    const end = this.#text.slice(start, start + longestTag).indexOf('>')
    return end === -1 ? -1 : start + end
  }

  /** What is longer than may be is cut at its longest, wherever the bytes were cut into pieces. */
  #cutTooLong(cut: CutEvent[], at: number): boolean {
    const start = this.#open === -1 ? this.#between : this.#open
    if (at - start <= longestEvent) return false
    const end = start + longestEvent
    const found = `${longestEvent} characters without an end`
    const problem = { code: 'record/too-long', expected: `an event of fewer than ${longestEvent} characters`, found }
    cut.push({ ...this.#placeOf(start, end), text: this.#octetsOf(start, start + longestExcerpt), problem })
    this.#open = -1
    this.#between = end
    this.#searched = end
    return true
  }

  #takeEvent(cut: CutEvent[], end: number): void {
    const text = this.#octetsOf(this.#open, end)
    cut.push({ ...this.#placeOf(this.#open, end), text, ...readEventXml(text.toString('utf8')) })
    this.#open = -1
    this.#between = end
  }

  #takeBroken(cut: CutEvent[], end: number): void {
    const text = this.#octetsOf(this.#open, end)
    const problem: Problem = { code: 'event-xml/unclosed', expected: '</Event>', found: excerpt(text.toString('utf8')) }
    cut.push({ ...this.#placeOf(this.#open, end), text: text.subarray(0, longestExcerpt), problem })
    this.#open = -1
    this.#between = end
  }

  #takeBetween(cut: CutEvent[], end: number): void {
    const between = this.#text.slice(this.#between, end)
    const start = this.#between + between.length - between.trimStart().length
    this.#between = end
    if (isFrame(between)) return
    const text = this.#octetsOf(start, start + between.trim().length)
    const problem = { code: 'event-xml/outside', expected: 'an Event', found: excerpt(text.toString('utf8')) }
    cut.push({
      ...this.#placeOf(start, start + between.trim().length),
      text: text.subarray(0, longestExcerpt),
      problem,
    })
  }

  #placeOf(start: number, end: number): Place {
    const unit = this.#encoding === 'utf8' ? 1 : 2
    return { byte_offset: this.#offset + start * unit, bytes: (end - start) * unit }
  }

  /** As UTF-8. */
  #octetsOf(start: number, end: number): Buffer {
    return Buffer.from(this.#text.slice(start, end), this.#encoding === 'utf8' ? 'latin1' : 'utf8')
  }

  #drop(): void {
    const start = this.#open === -1 ? this.#between : this.#open
    this.#text = this.#text.slice(start)
    this.#offset += start * (this.#encoding === 'utf8' ? 1 : 2)
    this.#searched -= start
    this.#between -= start
    if (this.#open !== -1) this.#open = 0
  }
}

export type Place = { readonly byte_offset: number; readonly bytes: number }

/** An event, or what stands in the place of one. */
export type CutEvent = Place & {
  /** It as it stands, as UTF-8; of what could not be read the start, at most {@link longestExcerpt} bytes. */
  readonly text: Uint8Array
  readonly event?: XmlEvent
  /** Exactly one of the two is there. */
  readonly problem?: Problem
}

/** A record of an event log has 64 KiB, and unfolds to a megabyte at most; with its message it stays below. */
const longestEvent = 4 << 20
/** `<Event` with its namespaces. */
const longestTag = 1024
/** `</Event` and one character more. */
const tagStart = 8
const longestFrame = 4096

/**
 * What programs write around events: the root of wevtutil /e:Events, declarations, the numbers of evtx_dump, our own mark,
 * and the signs of a tree that is copied out of a browser or the event viewer.
 */
function isFrame(between: string): boolean {
  if (between.length > longestFrame) return between.trim() === ''
  const frame = /<\?xml[^<>]*\?>|<\/?Events(?:\s[^<>]*)?>|<!-- recovered -->|\bRecord [0-9]+|[-\s]/g
  return between.replace(frame, '') === ''
}

function markOf(octets: Buffer): { readonly encoding: 'utf8' | 'utf16le' | 'utf16be'; readonly length: number } {
  if (octets[0] === 0xff && octets[1] === 0xfe) return { encoding: 'utf16le', length: 2 }
  if (octets[0] === 0xfe && octets[1] === 0xff) return { encoding: 'utf16be', length: 2 }
  const hasMark = octets[0] === 0xef && octets[1] === 0xbb && octets[2] === 0xbf
  return { encoding: 'utf8', length: hasMark ? 3 : 0 }
}
