import type { Problem } from '../base/index.ts'
import type { ChunkReading, EventRecord } from '../evtx/index.ts'
import { chunkSize, endLog, fileHeaderSize, readChunk, toJson } from '../evtx/index.ts'
import { longestExcerpt } from '../formats/index.ts'
import { lineOfRecord } from './event-line.ts'
import type { EvidenceReader, EvidenceRecord } from './evidence-reader.ts'
import { LogChunks } from './log-chunks.ts'

/**
 * Reads an event log as it comes, chunk by chunk: a record and a line for each event. It holds one chunk at most.
 *
 * The headers of a log that is still written change with every event, events never do: what was read before is told by
 * the octets of the events. What is no event where one must be, or no chunk, is a record with a problem; whatever else is
 * wrong with the log goes beside the records.
 */
export class EventLogReader implements EvidenceReader {
  readonly fingerprint = 'records'
  readonly #chunks = new LogChunks()
  readonly #linesFrom: number
  #begun = false
  #count = 0
  /** Of the log, until a record comes that they can go with. */
  #notes: Problem[] = []

  /** @param linesFrom the number of the first record whose line anybody wants: most of the work is making them */
  constructor(linesFrom = 0) {
    this.#linesFrom = linesFrom
  }

  add(bytes: Uint8Array): readonly EvidenceRecord[] {
    const records: LogRecord[] = []
    for (const chunk of this.#chunks.add(bytes)) records.push(...this.#take(chunk))
    return records
  }

  end(mayGrow: boolean): ReturnType<EvidenceReader['end']> {
    const rest = this.#chunks.end()
    const records = rest === undefined ? [] : this.#take(rest)
    this.#begin()
    const notes = [...this.#notes, ...endLog(this.#chunks.log)]
    // Of a chunk that is still being written the end is missing, and so is that of the record that lies there.
    const cutOff = rest === undefined || !mayGrow ? undefined : records.find(({ isCutOff }) => isCutOff)
    if (cutOff === undefined) return { records, notes }
    const { byte_offset, octets } = cutOff
    return { records: records.slice(0, records.indexOf(cutOff)), left: { byte_offset, bytes: octets.length }, notes }
  }

  #begin(): void {
    if (this.#begun) return
    this.#begun = true
    this.#notes.push(...this.#chunks.problems)
  }

  #take(bytes: Uint8Array): LogRecord[] {
    this.#begin()
    const { log, isBare } = this.#chunks
    const reading = readChunk(log, bytes)
    // A record is an event, or stands between two of them or at either end.
    const isWanted = this.#count + 2 * reading.records.length + 1 >= this.#linesFrom
    const lines = isWanted ? linesOf(reading.records) : []
    const records = recordsOf(reading, lines, bytes, isBare ? fileHeaderSize : 0, this.#notes)
    this.#count += records.length
    const [first] = records
    if (first === undefined) return []
    first.notes = [...this.#notes, ...(first.notes ?? [])]
    this.#notes = []
    return records
  }
}

type LogRecord = EvidenceRecord & {
  readonly octets: Uint8Array
  /** It ends behind what is there of its chunk. */
  readonly isCutOff: boolean
  notes?: readonly Problem[]
}

/** @param shift by how much places are told too high @param notes where problems of the chunk go that cost no record */
function recordsOf(
  reading: ChunkReading,
  lines: readonly Uint8Array[],
  bytes: Uint8Array,
  shift: number,
  notes: Problem[],
): LogRecord[] {
  const { number, header } = reading
  const start = fileHeaderSize + number * chunkSize
  const problems = [...reading.problems]
  /** What lies from one place in the file up to another, and is no event. */
  const lost = (from: number, to: number, code: string): LogRecord => {
    const octets = bytes.subarray(from - start, to - start)
    const where = `chunk ${number} at byte ${from}`
    const found = problems.findIndex(problem => problem.where === where)
    const [problem = { code, where }] = found === -1 ? [] : problems.splice(found, 1)
    const text = Buffer.from(Buffer.from(octets.subarray(0, longestExcerpt / 2)).toString('hex'))
    const isCutOff = to - start > bytes.length
    return { byte_offset: from - shift, bytes: to - from, lines: [], text, octets, isCutOff, problem }
  }
  const records: LogRecord[] = []
  if (header === undefined) {
    if (problems.length > 0) records.push(lost(start, start + bytes.length, 'evtx/chunk-magic'))
  } else {
    let at = start + chunkHeaderSize
    for (const [nth, record] of reading.records.entries()) {
      if (record.offset > at) records.push(lost(at, record.offset, 'evtx/record-magic'))
      at = record.offset + record.size
      const octets = bytes.subarray(record.offset - start, at - start)
      records.push(new LoggedEvent(record, lines[nth], octets, shift, at - start > bytes.length))
    }
    const end = start + header.records_end
    if (end - at >= smallestRecord) records.push(lost(at, end, 'evtx/record-magic'))
  }
  notes.push(...problems)
  return records
}

/** Without their newlines: one text for all of them is encoded faster than each by itself. */
function linesOf(records: readonly EventRecord[]): readonly Uint8Array[] {
  const whole = Buffer.from(records.map(record => (isEvent(record) ? lineOfRecord(record) : '')).join('\n'))
  const lines: Uint8Array[] = []
  for (let at = 0; lines.length < records.length; ) {
    const end = whole.indexOf(0x0a, at)
    lines.push(whole.subarray(at, end === -1 ? whole.length : end))
    at = end + 1
  }
  return lines
}

function isEvent({ system }: EventRecord): boolean {
  return system !== undefined
}

/** A record of the log. Its text, as `evtx dump` shows it, is made only when somebody asks. */
class LoggedEvent implements LogRecord {
  readonly byte_offset: number
  readonly bytes: number
  readonly lines: readonly Uint8Array[]
  readonly octets: Uint8Array
  readonly isCutOff: boolean
  readonly problem?: Problem
  notes?: readonly Problem[]
  readonly #record: EventRecord

  constructor(record: EventRecord, line: Uint8Array | undefined, octets: Uint8Array, shift: number, isCutOff: boolean) {
    this.#record = record
    this.byte_offset = record.offset - shift
    this.bytes = record.size
    this.lines = line === undefined || !isEvent(record) ? [] : [line]
    this.octets = octets
    this.isCutOff = isCutOff
    if (record.problems.length === 0 && isEvent(record)) return
    const noEvent = isEvent(record) ? undefined : record.problems.find(({ code }) => code === 'evtx/no-event')
    if (!isEvent(record)) this.problem = noEvent ?? { code: 'evtx/no-event' }
    this.notes = record.problems.filter(problem => problem !== noEvent)
  }

  get text(): Uint8Array {
    return Buffer.from(toJson(this.#record))
  }
}

/** Before the records of a chunk, and the least that one of them has (src/evtx/bounds.ts). */
const chunkHeaderSize = 512
const smallestRecord = 28
