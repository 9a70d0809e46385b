import { chunksOf } from '../bench/evtx/corpus-logs.ts'
import type { Problem } from '../src/base/index.ts'
import type {
  EventDescription,
  EventRecord,
  LogOptions,
  WriteOptions,
  WrittenFragment,
  WrittenMarkup,
} from '../src/evtx/index.ts'
import { beginLog, endLog, eventWriter, fileHeaderSize, readChunk, writeLog } from '../src/evtx/index.ts'

/** 2026-03-02T09:00:00Z */
export const nine = 134_169_156_000_000_000n

/** A Sysmon event 13 as a description; whatever is given stands instead. */
export function registryEvent(changes: Partial<EventDescription> = {}): EventDescription {
  return {
    provider_name: 'Microsoft-Windows-Sysmon',
    provider_guid: '{5770385f-c22a-43e0-bf4c-06f5698ffbd9}',
    event_id: 13,
    version: 2,
    task: 13,
    time_created: nine,
    process_id: 3044,
    thread_id: 4100,
    channel: 'Microsoft-Windows-Sysmon/Operational',
    computer: 'ws-1042.norrfell.example',
    user_sid: 'S-1-5-18',
    data: [
      ['EventType', 'SetValue'],
      ['ProcessId', { type: 'uint32', value: 812 }],
      ['TargetObject', 'HKLM\\SOFTWARE\\Microsoft\\Cryptography\\Dll'],
    ],
    ...changes,
  }
}

/** A log with so many registry events, one second after the other. */
export function plainLog(count = 5, options: WriteOptions = {}): Uint8Array {
  const events = eventWriter()
  return writeLog(
    Array.from({ length: count }, (_, i) =>
      events.record(registryEvent({ time_created: nine + BigInt(i) * 10_000_000n }), BigInt(i + 1)),
    ),
    options,
  )
}

/** A log with one event that consists of this binary XML. */
export function logOf(...fragments: readonly WrittenFragment[]): Uint8Array {
  return writeLog(fragments.map(fragment => ({ written: nine, fragment })))
}

/** A log with one event of this description. */
export function logOfEvent(event: EventDescription): Uint8Array {
  return writeLog([eventWriter().record(event, 1n)])
}

/** A template without values. */
export function constant(...content: readonly WrittenMarkup[]): WrittenFragment {
  return { template: { guid: Uint8Array.from({ length: 16 }, (_, i) => i), content }, values: [] }
}

/** A copy with `bytes` at `at`; negative places count from the end. */
export function patched(log: Uint8Array, at: number, ...bytes: readonly number[]): Uint8Array {
  const copy = Uint8Array.from(log)
  copy.set(bytes, at < 0 ? copy.length + at : at)
  return copy
}

/** Where the record number `index` begins in the file, as long as the records are whole. */
export function recordAt(log: Uint8Array, index: number): number {
  let at = fileHeaderSize + 512
  for (let i = 0; i < index; i += 1) at += Buffer.from(log).readUInt32LE(at + 4)
  return at
}

export type WholeReading = {
  readonly records: readonly EventRecord[]
  /** Of the file and of its chunks, not of its records. */
  readonly problems: readonly Problem[]
  /** All, by code and in their order, each once. */
  readonly codes: readonly string[]
}

export function readLog(bytes: Uint8Array, options: LogOptions = {}): WholeReading {
  const log = beginLog(bytes.subarray(0, fileHeaderSize), options)
  const readings = chunksOf(bytes).map(chunk => readChunk(log, chunk))
  const records = readings.flatMap(reading => reading.records)
  const problems = [...log.problems, ...readings.flatMap(reading => reading.problems), ...endLog(log)]
  const codes = [...problems, ...records.flatMap(record => record.problems)].map(({ code }) => code)
  return { records, problems, codes: [...new Set(codes)] }
}

/** The only record. */
export function readOne(bytes: Uint8Array): EventRecord {
  const [record] = readLog(bytes).records
  if (record === undefined) throw new Error('no record was read')
  return record
}
