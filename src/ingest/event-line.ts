import type { EventRecord, Field, System } from '../evtx/index.ts'
import { fileTimeText, textOf } from '../evtx/index.ts'
import type { XmlEvent } from '../formats/index.ts'
import { EventData, keyOf, quoted, quotedOften } from './event-members.ts'

/**
 * The line of JSON that is read in the place of a Windows event, whether it stood in an event log or in XML: one object,
 * whose values are texts. sources/windows-evtx maps it. The `event_uid` of an event is over this line: what is made of an
 * event once is made of it for ever.
 *
 *   {"windows_event":"evtx","event_id":"13","channel":…,"provider_name":…,"computer":…,"event_record_id":…,
 *    "time_created":…,"message":…,"data":{"Image":…},"repeated":{"Header":["a","b"]},"other":{"level":"4",…}}
 *
 * What the event does not say is left out. `data` has the fields of the payload under their names without spaces, of a name
 * that stands more than once the first; `repeated` has all values of such a name. A Data without a name is `param1`, by its
 * place, as Winlogbeat calls it. `other` is the rest of System and of what was found out, and ends in the column `extra`.
 * Where the event has no time, `written` is that of its record.
 */
export function lineOfRecord(record: EventRecord): string {
  const { system, payload, fields, rendering, recovered, record_id, problems } = record
  const event_record_id = system?.event_record_id ?? record_id
  const data = new EventData(payload === 'EventData')
  for (const { name, type, value } of fields) data.add(name, typeof value === 'string' ? value : textOf(type, value))
  const time_created = system?.time_created === undefined ? undefined : fileTimeText(system.time_created)
  let other = system === undefined ? '' : otherOf(system)
  if (!isTime(time_created)) other += member('time_created', time_created)
  if (event_record_id !== record_id) other += `,"record_id":"${record_id}"`
  if (recovered) other += ',"recovered":"true"'
  if (problems.length > 0) other += member('problems', [...new Set(problems.map(({ code }) => code))].join(' '))
  const rendered = rendering.length === 0 ? nothingRendered : renderedOf(rendering.map(textField))
  other += rendered.other + payloadOf(record)
  const start = system === undefined ? '' : columnsOf(system)
  const time = isTime(time_created)
    ? `,"time_created":"${time_created}"`
    : `,"written":"${fileTimeText(record.written)}"`
  return `{"windows_event":"evtx"${start},"event_record_id":"${event_record_id}"${time}${rendered.message}${data.json()}${objectOf('other', other)}}`
}

/** The same of an event that stood in XML. */
export function lineOfXmlEvent(event: XmlEvent): string {
  const { system, payload, fields, rendering, problems } = event
  const data = new EventData(payload === 'EventData')
  for (const { name, text } of fields) data.add(name, text)
  let [start, other] = ['', '']
  for (const [place, name] of columns) {
    const text = system.get(place)
    if (name === 'time_created' && !isTime(text)) other += member(name, text)
    else start += member(name, text)
  }
  for (const [place, text] of system) if (!columns.has(place)) other += member(names.get(place) ?? place, text)
  if (problems.length > 0) other += member('problems', problems.map(({ code }) => code).join(' '))
  const rendered = renderedOf(rendering)
  other += rendered.other + payloadOf(event)
  return `{"windows_event":"xml"${start}${rendered.message}${data.json()}${objectOf('other', other)}}`
}

/** Places in System that have a column. */
const columns: ReadonlyMap<string, string> = new Map([
  ['EventID', 'event_id'],
  ['Channel', 'channel'],
  ['Provider@Name', 'provider_name'],
  ['Computer', 'computer'],
  ['EventRecordID', 'event_record_id'],
  ['TimeCreated@SystemTime', 'time_created'],
])

/** What the others are called, as in `System`. */
const names: ReadonlyMap<string, string> = new Map([
  ['Provider@Guid', 'provider_guid'],
  ['Provider@EventSourceName', 'provider_event_source'],
  ['EventID@Qualifiers', 'qualifiers'],
  ['Version', 'version'],
  ['Level', 'level'],
  ['Task', 'task'],
  ['Opcode', 'opcode'],
  ['Keywords', 'keywords'],
  ['Correlation@ActivityID', 'activity_id'],
  ['Correlation@RelatedActivityID', 'related_activity_id'],
  ['Execution@ProcessID', 'process_id'],
  ['Execution@ThreadID', 'thread_id'],
  ['Security@UserID', 'user_sid'],
])

/** In ISO 8601: the engine would take a bare number for seconds. */
function isTime(text: string | undefined): boolean {
  return text?.[4] === '-'
}

// Written out, because every record passes here. Each member has its comma in front.

function columnsOf({ event_id, channel, provider_name, computer }: System): string {
  const first = event_id === undefined ? '' : `,"event_id":"${event_id}"`
  const second = channel === undefined ? '' : `,"channel":${quotedOften(channel)}`
  const third = provider_name === undefined ? '' : `,"provider_name":${quotedOften(provider_name)}`
  return `${first}${second}${third}${computer === undefined ? '' : `,"computer":${quotedOften(computer)}`}`
}

function otherOf(system: System): string {
  const { provider_guid, provider_event_source, qualifiers, version, level, task, opcode, keywords } = system
  const { activity_id, related_activity_id, process_id, thread_id, user_sid, other } = system
  const guid = provider_guid === undefined ? '' : `,"provider_guid":${quotedOften(provider_guid)}`
  const event =
    number('qualifiers', qualifiers) + number('version', version) + number('level', level) + number('task', task)
  const more = number('opcode', opcode) + (keywords === undefined ? '' : `,"keywords":"0x${keywords.toString(16)}"`)
  const activity = member('activity_id', activity_id) + member('related_activity_id', related_activity_id)
  const process = number('process_id', process_id) + number('thread_id', thread_id)
  const user = user_sid === undefined ? '' : `,"user_sid":${quotedOften(user_sid)}`
  const rest = other.length === 0 ? '' : other.map(field => member(field.name, textField(field).text)).join('')
  return `${guid}${member('provider_event_source', provider_event_source)}${event}${more}${activity}${process}${user}${rest}`
}

function number(name: string, value: number | undefined): string {
  return value === undefined ? '' : `,"${name}":"${value}"`
}

function member(name: string, text: string | undefined): string {
  return text === undefined ? '' : `,${keyOf(name)}${quoted(text)}`
}

/** @param members each with its comma in front */
function objectOf(name: string, members: string): string {
  return members === '' ? '' : `,"${name}":{${members.slice(1)}}`
}

type TextField = { readonly name: string; readonly text: string }

function textField({ name, type, value }: Field): TextField {
  return { name, text: textOf(type, value) }
}

const nothingRendered = { message: '', other: '' }

function renderedOf(rendering: readonly TextField[]): { readonly message: string; readonly other: string } {
  let [message, other] = ['', '']
  for (const { name, text } of rendering)
    if (name === 'Message' && message === '') message = member('message', text)
    else other += member(`rendering/${name}`, text)
  return { message, other }
}

/** Where the fields come from. EventData goes without saying. */
function payloadOf({ payload, payload_root }: Pick<XmlEvent, 'payload' | 'payload_root'>): string {
  if (payload === 'EventData' || payload === '') return ''
  return member('payload', payload) + (payload_root === '' ? '' : member('payload_root', payload_root))
}
