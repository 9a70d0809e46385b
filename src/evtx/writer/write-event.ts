import { createHash } from 'node:crypto'
import type { Value, ValueType } from '../value.ts'
import type {
  WrittenElement,
  WrittenFragment,
  WrittenMarkup,
  WrittenRecord,
  WrittenTemplate,
  WrittenValue,
} from './written.ts'
import { element, place } from './written.ts'

/** An event for a fixture, in the words of `System`. What is absent is not written. */
export type EventDescription = {
  readonly provider_name: string
  /** `{5770385f-c22a-43e0-bf4c-06f5698ffbd9}` */
  readonly provider_guid?: string
  readonly event_id: number
  readonly qualifiers?: number
  readonly version?: number
  readonly level?: number
  readonly task?: number
  readonly opcode?: number
  readonly keywords?: bigint
  /** 100 ns since 1601-01-01 UTC. */
  readonly time_created: bigint
  readonly activity_id?: string
  readonly related_activity_id?: string
  readonly process_id?: number
  readonly thread_id?: number
  readonly channel: string
  readonly computer: string
  readonly user_sid?: string
  /** EventData, in its order; a name may stand more than once, and an empty one makes Data without a Name. */
  readonly data?: readonly DescribedField[]
  /** Instead of EventData: what stands in UserData. Its texts become values of a template. */
  readonly user_data?: WrittenElement
  /** Write UserData without a template, as CAPI2 does. `evtxexport` cannot read that. Default false. */
  readonly without_template?: boolean
}

/** Text, or a value with its type. */
export type DescribedField = readonly [name: string, value: string | WrittenValue]

export type EventWriter = {
  /** @param id the number of the record in the log, which stands in the event too */
  record(event: EventDescription, id: bigint): WrittenRecord
}

/**
 * Turns descriptions into records, with two templates as Windows has them: one for the event, one for its EventData. Events of
 * one shape share their templates.
 */
export function eventWriter(): EventWriter {
  const templates = new Map<string, WrittenTemplate>()
  const shared = (content: readonly WrittenMarkup[]): WrittenTemplate => {
    const shape = JSON.stringify(content)
    const known = templates.get(shape)
    if (known !== undefined) return known
    const guid = Uint8Array.from(createHash('sha256').update(shape).digest().subarray(0, 16))
    const template = { guid, content }
    templates.set(shape, template)
    return template
  }
  return {
    record: (event, id) => ({
      record_id: id,
      written: event.time_created,
      fragment: eventFragment(event, id, shared),
    }),
  }
}

type Share = (content: readonly WrittenMarkup[]) => WrittenTemplate

/** The order of the values is that of Windows' own template for events. */
function eventFragment(event: EventDescription, id: bigint, share: Share): WrittenFragment {
  const guid = event.provider_guid === undefined ? {} : { Guid: event.provider_guid }
  const system = element(
    'System',
    {},
    element('Provider', { Name: event.provider_name, ...guid }),
    element('EventID', { Qualifiers: place(4, 'uint16', true) }, place(3, 'uint16')),
    element('Version', {}, place(11, 'uint8', true)),
    element('Level', {}, place(0, 'uint8', true)),
    element('Task', {}, place(2, 'uint16', true)),
    element('Opcode', {}, place(1, 'uint8', true)),
    element('Keywords', {}, place(5, 'hex64', true)),
    element('TimeCreated', { SystemTime: place(6, 'filetime', true) }),
    element('EventRecordID', {}, place(10, 'uint64', true)),
    element('Correlation', { ActivityID: place(7, 'guid', true), RelatedActivityID: place(13, 'guid', true) }),
    element('Execution', { ProcessID: place(8, 'uint32', true), ThreadID: place(9, 'uint32', true) }),
    element('Channel', {}, event.channel),
    element('Computer', {}, event.computer),
    element('Security', { UserID: place(12, 'sid', true) }),
  )
  const xmlns = 'http://schemas.microsoft.com/win/2004/08/events/event'
  const payload = payloadFragment(event, share)
  const last = payload === undefined ? [] : [place(14, 'xml', true)]
  const optional = (type: Exclude<ValueType, 'xml'>, value: Value | undefined): WrittenValue =>
    value === undefined ? { type: 'null', value: null } : { type, value }
  return {
    template: share([element('Event', { xmlns }, system, ...last)]),
    values: [
      optional('uint8', event.level ?? 4),
      optional('uint8', event.opcode ?? 0),
      optional('uint16', event.task ?? 0),
      optional('uint16', event.event_id),
      optional('uint16', event.qualifiers),
      optional('hex64', event.keywords ?? 0x8000000000000000n),
      optional('filetime', event.time_created),
      optional('guid', event.activity_id),
      optional('uint32', event.process_id),
      optional('uint32', event.thread_id),
      optional('uint64', id),
      optional('uint8', event.version ?? 0),
      optional('sid', event.user_sid),
      optional('guid', event.related_activity_id),
      ...(payload === undefined ? [] : [{ type: 'xml', fragment: payload } as const]),
    ],
  }
}

function payloadFragment(event: EventDescription, share: Share): WrittenFragment | undefined {
  const { data, user_data, without_template = false } = event
  const values: WrittenValue[] = []
  if (user_data !== undefined) {
    if (without_template) return { elements: [element('UserData', {}, user_data)] }
    const content = [element('UserData', {}, withPlaces(user_data, values))]
    return { template: share(content), values }
  }
  if (data === undefined) return undefined
  const fields = data.map(([name, value]) => {
    const written: WrittenValue = typeof value === 'string' ? { type: 'string', value } : value
    values.push(written)
    return element(
      'Data',
      name === '' ? {} : { Name: name },
      place(values.length - 1, written.type, written.type === 'null'),
    )
  })
  return { template: share([element('EventData', {}, ...fields)]), values }
}

/** The element with its texts moved to `values`. */
function withPlaces(markup: WrittenElement, values: WrittenValue[]): WrittenElement {
  const moved = (content: readonly WrittenMarkup[]): readonly WrittenMarkup[] =>
    content.map(one => {
      if (one.kind === 'element') return withPlaces(one, values)
      if (one.kind !== 'text') return one
      values.push({ type: 'string', value: one.text })
      return place(values.length - 1)
    })
  const attributes = markup.attributes.map(({ name, content }) => ({ name, content: moved(content) }))
  return { ...markup, attributes, content: moved(markup.content) }
}
