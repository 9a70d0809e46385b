import type { Problem } from '../base/index.ts'
import type { EventRecord } from '../evtx/index.ts'
import { beginLog, endLog, fileHeaderSize, readChunk, readChunkAsJson, toJson, toXml } from '../evtx/index.ts'
import { LogChunks } from '../ingest/index.ts'

/** A piece of an event log as text: that of one chunk, or nothing but problems. */
export type Dumped = {
  /** Lines, each with its newline; empty when there are no records. */
  readonly text: string
  readonly records: number
  readonly problems: readonly Problem[]
}

export type DumpOptions = {
  readonly form: 'json' | 'xml'
  /** Also what was deleted or overwritten in part. */
  readonly recover: boolean
}

/**
 * An event log as text, chunk by chunk. A record that the log does not answer for is marked: in JSON by `"recovered":true`
 * in front of its Event, in XML by a comment before it.
 */
export async function* dumpLog(
  bytes: AsyncIterable<Uint8Array>,
  { form, recover }: DumpOptions,
): AsyncGenerator<Dumped> {
  const chunks = new LogChunks({ recover })
  let isBegun = false
  const begin = (): readonly Dumped[] => {
    if (isBegun) return []
    isBegun = true
    return [{ text: '', records: 0, problems: chunks.problems }]
  }
  const dumped = (chunk: Uint8Array): Dumped => {
    const { log } = chunks
    if (form === 'json' && !recover) {
      const number = log.nextChunk
      const { lines, problems } = readChunkAsJson(log, chunk)
      // What is wrong may be that a record is not the log's own. Only the values tell, and they are slower to read.
      return problems.length === 0 ? jsonOf(lines) : dumpedOf(form, readAgain(chunk, number))
    }
    return dumpedOf(form, readChunk(log, chunk))
  }
  for await (const piece of bytes)
    for (const chunk of chunks.add(piece)) {
      yield* begin()
      yield dumped(chunk)
    }
  const rest = chunks.end()
  yield* begin()
  if (rest !== undefined) yield dumped(rest)
  yield { text: '', records: 0, problems: endLog(chunks.log) }
}

function readAgain(chunk: Uint8Array, number: number): ReturnType<typeof readChunk> {
  const log = beginLog(new Uint8Array(fileHeaderSize))
  log.nextChunk = number
  return readChunk(log, chunk)
}

type Read = { readonly records: readonly EventRecord[]; readonly problems: readonly Problem[] }

function dumpedOf(form: DumpOptions['form'], { records, problems }: Read): Dumped {
  const all = [...problems, ...records.flatMap(record => record.problems)]
  if (form === 'json') return { ...jsonOf(records.map(jsonLine)), problems: all }
  const text = records.map(record => `${record.recovered ? '<!-- recovered -->\n' : ''}${toXml(record)}\n`).join('')
  return { text: text.replace(unsafe, one => `&#${one.charCodeAt(0)};`), records: records.length, problems: all }
}

function jsonLine(record: EventRecord): string {
  const json = toJson(record)
  if (!record.recovered) return json
  return json === '{}' ? '{"recovered":true}' : `{"recovered":true,${json.slice(1)}`
}

function jsonOf(lines: readonly string[]): Dumped {
  const text = lines.length === 0 ? '' : `${lines.join('\n')}\n`
  const escaped = text.replace(unsafe, one => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return { text: escaped, records: lines.length, problems: [] }
}

/**
 * What could repaint a terminal or hide what follows, as `printable` has it. Control characters below U+0020 are in neither
 * text: JSON has escapes for them, and XML cannot hold them. These stand in texts only, where both have escapes.
 */
const unsafe = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g
