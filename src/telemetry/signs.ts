import type { Params, Row } from '../model/index.ts'
import type { Sign } from './evidence.ts'
import { pairsOf } from './probes.ts'

/** A sign that a host gave of its own telemetry, and when. */
export type SeenSign = {
  readonly id: string
  readonly title: string
  readonly effect: Sign['effect']
  /** How many there are; {@link SeenSign.seen} has the 100 newest. */
  readonly events: number
  /** Newest first. */
  readonly seen: readonly SignEvent[]
}

export type SignEvent = {
  /** ISO 8601 UTC. */
  readonly event_time: string
  readonly event_uid: string
  /** The channel it is about; empty when the record does not name it. */
  readonly channel: string
  /** As the record has them, what is empty left out. */
  readonly details: Readonly<Record<string, string>>
}

/** The parameters of telemetry-signs.sql. Its sign 1 is the first of the list. */
export function signParams(signs: readonly Sign[]): Params {
  const { pairs, numbers, channels, event_ids } = pairsOf(
    signs.map(({ channel, event_id }) => ({ channel, event_ids: [event_id] })),
  )
  return {
    channels,
    event_ids,
    pairs,
    pair_signs: numbers,
    sign_providers: signs.map(({ provider }) => provider.toLowerCase()),
    sign_details: signs.map(sign => detailNames(sign)),
    sign_times: signs.map(({ times = [] }) => times),
  }
}

/** What the query brings along; last the message, where a field should name the channel: collectors leave the field out. */
function detailNames({ details, of_field }: Sign): readonly string[] {
  return of_field === undefined ? details : [...details, of_field, 'message']
}

/** From the rows of one host, in their order: by sign, then newest first. */
export function signsFrom(rows: readonly Row[], signs: readonly Sign[]): readonly SeenSign[] {
  const seen = new Map<Sign, { readonly events: number; readonly seen: SignEvent[] }>()
  for (const row of rows) {
    const sign = signs[Number(row.sign) - 1]
    if (sign === undefined) continue
    const before = seen.get(sign) ?? { events: Number(row.events), seen: [] }
    before.seen.push(eventFrom(row, sign))
    seen.set(sign, before)
  }
  return [...seen].map(([{ id, title, effect }, told]) => ({ id, title, effect, ...told }))
}

function eventFrom(row: Row, sign: Sign): SignEvent {
  const texts = (row.details as readonly unknown[]).map(String) // an array of texts, by the query
  const pairs = sign.details.map((field, at) => [field, texts[at] ?? ''] as const).filter(([, value]) => value !== '')
  const [named = '', message = ''] = sign.of_field === undefined ? [] : texts.slice(sign.details.length)
  return {
    event_time: `${String(row.event_time).replace(' ', 'T')}Z`,
    event_uid: String(row.event_uid),
    channel: sign.of ?? (named === '' ? channelIn(message) : named),
    details: Object.fromEntries(pairs),
  }
}

/** `The System log file was cleared.`: event 104 as Windows renders it in English. */
function channelIn(message: string): string {
  const [before, after] = ['The ', ' log file was cleared.']
  const end = message.indexOf(after)
  return message.startsWith(before) && end > before.length ? message.slice(before.length, end) : ''
}
