import type { EventDescription, EventRecord, Field, WrittenValue } from '../../src/evtx/index.ts'
import { beginLog, eventWriter, fileHeaderSize, readChunk, writeLog } from '../../src/evtx/index.ts'
import { chunksOf } from '../evtx/corpus-logs.ts'

/** Where and when a log is said to have been written. */
export type Scene = {
  readonly computer: string
  /** Of its first event: 100 ns since 1601-01-01 UTC. */
  readonly begin: bigint
}

export type Rehosted = {
  /** A whole event log, written anew. */
  readonly bytes: Uint8Array
  readonly records: number
  /** Records that could not be told again: without System, or with UserData. */
  readonly left_out: number
}

/**
 * The events of a log as if another host had written them at another time. The name of the host is changed wherever it
 * stands, in its full and in its short form; times in System and in the fields of Sysmon that hold one move alike.
 * Identifiers of processes and of logons stay: they are the joins of the attack.
 */
export function rehosted(bytes: Uint8Array, { computer, begin }: Scene): Rehosted {
  const log = beginLog(bytes.subarray(0, fileHeaderSize))
  const records = chunksOf(bytes).flatMap(chunk => readChunk(log, chunk).records)
  const times = records.flatMap(({ system }) => system?.time_created ?? [])
  const [first = 0n] = times.sort((a, b) => (a < b ? -1 : 1))
  const events = records.flatMap(record => describe(record, computer, begin - first) ?? [])
  const writer = eventWriter()
  const written = events.map((event, nth) => writer.record(event, BigInt(nth + 1)))
  return { bytes: writeLog(written), records: events.length, left_out: records.length - events.length }
}

function describe(record: EventRecord, computer: string, shift: bigint): EventDescription | undefined {
  const { system, payload, fields } = record
  if (system === undefined || (payload !== 'EventData' && payload !== '')) return undefined
  const { time_created, provider_name, channel, event_id, event_record_id, provider_event_source, other, ...rest } =
    system
  if (time_created === undefined || provider_name === undefined || channel === undefined || event_id === undefined)
    return undefined
  const said = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
  return {
    ...said,
    provider_name,
    channel,
    event_id,
    time_created: time_created + shift,
    computer,
    data: fields.map(field => [field.name, moved(field, system.computer ?? '', computer, shift)]),
  }
}

const timeFields = /^(?:UtcTime|(?:Previous)?CreationUtcTime)$/

function moved({ name, type, value }: Field, from: string, to: string, shift: bigint): WrittenValue {
  if (type === 'xml') throw new Error(`${name} is still XML, and read() unfolds it`)
  if (type === 'filetime' && typeof value === 'bigint') return { type, value: value + shift }
  if (typeof value !== 'string') return { type, value }
  const time = timeFields.test(name) ? Date.parse(`${value.replace(' ', 'T')}Z`) : Number.NaN
  if (!Number.isNaN(time))
    return { type, value: new Date(time + Number(shift / 10_000n)).toISOString().replace('T', ' ').replace('Z', '') }
  const short = (host: string) => host.split('.')[0] ?? host
  const whole = renamed(value, from, to)
  return { type, value: renamed(whole, short(from), short(to)) }
}

/** `from` in any case, as long as it is a name and not a part of one. */
function renamed(text: string, from: string, to: string): string {
  if (from === '') return text
  const lower = text.toLowerCase()
  const wanted = from.toLowerCase()
  let out = ''
  let done = 0
  for (let at = lower.indexOf(wanted); at !== -1; at = lower.indexOf(wanted, at + wanted.length)) {
    const isWhole = !/[\w-]/.test(text[at - 1] ?? ' ') && !/[\w-]/.test(text[at + wanted.length] ?? ' ')
    if (!isWhole) continue
    out += text.slice(done, at) + to
    done = at + wanted.length
  }
  return out + text.slice(done)
}
