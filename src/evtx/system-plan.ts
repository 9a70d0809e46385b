import type { Element, Markup } from './markup.ts'

/** Where a field of System comes from: text in the template, one value of the record, or both in a row. */
export type Source = {
  /** Index of the value; -1 when it is not one value and nothing else. */
  readonly index: number
  /** Text of the template; absent when values stand in it. */
  readonly text: string | undefined
  readonly content: readonly Markup[]
}

const nothing: Source = { index: -1, text: undefined, content: [] }

/** Fields of System by the elements and attributes of the event schema. */
const places = {
  'Provider@Name': 'provider_name',
  'Provider@Guid': 'provider_guid',
  'Provider@EventSourceName': 'provider_event_source',
  EventID: 'event_id',
  'EventID@Qualifiers': 'qualifiers',
  Version: 'version',
  Level: 'level',
  Task: 'task',
  Opcode: 'opcode',
  Keywords: 'keywords',
  'TimeCreated@SystemTime': 'time_created',
  EventRecordID: 'event_record_id',
  'Correlation@ActivityID': 'activity_id',
  'Correlation@RelatedActivityID': 'related_activity_id',
  'Execution@ProcessID': 'process_id',
  'Execution@ThreadID': 'thread_id',
  Channel: 'channel',
  Computer: 'computer',
  'Security@UserID': 'user_sid',
} as const

type SystemField = (typeof places)[keyof typeof places]

export type SystemPlan = { readonly [field in SystemField]: Source } & {
  /** What else stands in System, in its order. */
  readonly other: readonly { readonly name: string; readonly source: Source }[]
}

/** @param content of the element System */
export function compileSystem(content: readonly Markup[]): SystemPlan {
  const plan = Object.fromEntries(Object.values(places).map(field => [field, nothing])) as {
    -readonly [field in SystemField]: Source
  } // every field is there
  const other: { name: string; source: Source }[] = []
  const take = (name: string, parts: readonly Markup[]) => {
    const field = Object.hasOwn(places, name) ? places[name as keyof typeof places] : undefined // it has it
    // The first one counts; what stands twice is kept beside it.
    if (field !== undefined && plan[field] === nothing) plan[field] = sourceOf(parts)
    else other.push({ name, source: sourceOf(parts) })
  }
  for (const element of content.filter((markup): markup is Element => markup.kind === 'element')) {
    for (const attribute of element.attributes) take(`${element.name}@${attribute.name}`, attribute.content)
    if (element.content.length > 0) take(element.name, element.content)
  }
  return { ...plan, other }
}

function sourceOf(content: readonly Markup[]): Source {
  const [only] = content
  if (only === undefined) return { index: -1, text: '', content }
  if (content.length > 1) return { index: -1, text: undefined, content }
  if (only.kind === 'text') return { index: -1, text: only.text, content }
  return { index: only.kind === 'substitution' ? only.index : -1, text: undefined, content }
}
