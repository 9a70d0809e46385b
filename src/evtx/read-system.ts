import type { Chunk } from './chunk.ts'
import { note } from './chunk.ts'
import type { Field, System } from './record.ts'
import type { Source, SystemPlan } from './system-plan.ts'
import { readSingle, wordingOf } from './take-value.ts'
import { fileTimeOf } from './times.ts'
import { typeNames, type Value } from './value.ts'
import { typeAt, type ValueArray } from './value-array.ts'
import { textOf } from './value-text.ts'

const noFields: readonly Field[] = []

export function readSystem(chunk: Chunk, plan: SystemPlan, values: ValueArray): System {
  return {
    provider_name: textFrom(chunk, plan.provider_name, values),
    provider_guid: textFrom(chunk, plan.provider_guid, values),
    provider_event_source: textFrom(chunk, plan.provider_event_source, values),
    event_id: numberFrom(chunk, plan.event_id, values),
    qualifiers: numberFrom(chunk, plan.qualifiers, values),
    version: numberFrom(chunk, plan.version, values),
    level: numberFrom(chunk, plan.level, values),
    task: numberFrom(chunk, plan.task, values),
    opcode: numberFrom(chunk, plan.opcode, values),
    keywords: integerFrom(chunk, plan.keywords, values),
    time_created: timeFrom(chunk, plan.time_created, values),
    event_record_id: integerFrom(chunk, plan.event_record_id, values),
    activity_id: textFrom(chunk, plan.activity_id, values),
    related_activity_id: textFrom(chunk, plan.related_activity_id, values),
    process_id: numberFrom(chunk, plan.process_id, values),
    thread_id: numberFrom(chunk, plan.thread_id, values),
    channel: textFrom(chunk, plan.channel, values),
    computer: textFrom(chunk, plan.computer, values),
    user_sid: textFrom(chunk, plan.user_sid, values),
    other: plan.other.length === 0 ? noFields : otherFields(chunk, plan, values),
  }
}

/** The value, or the text when there is more than one value in it. Undefined when nothing is there. */
function rawFrom(chunk: Chunk, source: Source, values: ValueArray): Value | undefined {
  if (source.index >= 0) return readSingle(chunk, values, source.index) ?? undefined
  if (source.content.length === 0 && source.text === undefined) return undefined
  return source.text ?? wordingOf(chunk, source.content, values)
}

function textFrom(chunk: Chunk, source: Source, values: ValueArray): string | undefined {
  if (source.index < 0 && source.content.length === 0) return source.text
  const raw = rawFrom(chunk, source, values)
  if (raw === undefined || typeof raw === 'string') return raw
  return textOf(typeNames[typeAt(chunk, values, source.index) & 0x7f] ?? 'binary', raw)
}

function numberFrom(chunk: Chunk, source: Source, values: ValueArray): number | undefined {
  const raw = rawFrom(chunk, source, values)
  if (raw === undefined || typeof raw === 'number') return raw
  const value = integerOf(raw)
  if (value !== undefined && value <= 0xffffffffn) return Number(value)
  if (raw !== '') refuse(chunk, values, raw)
  return undefined
}

function integerFrom(chunk: Chunk, source: Source, values: ValueArray): bigint | undefined {
  const raw = rawFrom(chunk, source, values)
  if (raw === undefined || typeof raw === 'bigint') return raw
  const value = integerOf(raw)
  if (value === undefined && raw !== '') refuse(chunk, values, raw)
  return value
}

function timeFrom(chunk: Chunk, source: Source, values: ValueArray): bigint | undefined {
  const raw = rawFrom(chunk, source, values)
  if (raw === undefined || typeof raw === 'bigint') return raw
  const time = typeof raw === 'string' ? fileTimeOf(raw) : undefined
  if (time === undefined) refuse(chunk, values, raw)
  return time
}

/** Decimal, or hexadecimal behind 0x. */
function integerOf(raw: Value): bigint | undefined {
  if (typeof raw === 'bigint') return raw
  if (typeof raw === 'number') return Number.isInteger(raw) ? BigInt(raw) : undefined
  if (typeof raw !== 'string' || !/^(?:0[xX][0-9a-fA-F]{1,16}|[0-9]{1,20})$/.test(raw)) return undefined
  return BigInt(raw)
}

function refuse(chunk: Chunk, values: ValueArray, raw: Value): void {
  note(chunk, 'evtx/system-value', values.at, undefined, textOf('string', raw))
}

function otherFields(chunk: Chunk, { other }: SystemPlan, values: ValueArray): readonly Field[] {
  return other.map(({ name, source }) => {
    if (source.index < 0) return { name, type: 'string', value: rawFrom(chunk, source, values) ?? null }
    const value = readSingle(chunk, values, source.index)
    return {
      name,
      type: value === null ? 'null' : (typeNames[typeAt(chunk, values, source.index) & 0x7f] ?? 'binary'),
      value,
    }
  })
}
