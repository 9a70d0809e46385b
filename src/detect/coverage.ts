import type { BlindSpot, EventStore } from '../model/index.ts'
import { rowsOf } from '../model/index.ts'
import type { Telemetry } from './detection.ts'

/** How much there was to look at, for one kind of telemetry. */
export type Coverage = {
  readonly telemetry: Telemetry
  readonly events: number
  /** ISO 8601 UTC; undefined when there are no events. */
  readonly first_seen: string | undefined
  readonly last_seen: string | undefined
}

/** Counts the events that could have answered. Reads the kind's table; windows_event by its primary key (channel, event_id). */
export async function coverageOf(store: EventStore, telemetry: Telemetry): Promise<Coverage> {
  const filters = Object.entries(telemetry.where)
  const conditions = filters.map(([field], index) => `has({texts${index}:Array(String)}, toString(${field}))`)
  const params = Object.fromEntries(filters.map(([, texts], index) => [`texts${index}`, texts]))
  const text = `SELECT count() AS events, toString(min(event_time)) AS first_seen, toString(max(event_time)) AS last_seen
FROM ${telemetry.kind} WHERE ${['true', ...conditions].join(' AND ')}`
  const [row] = await rowsOf(store, { name: `coverage/${telemetry.kind}`, text }, { params })
  const events = Number(row?.events)
  const time = (value: unknown) => (events === 0 ? undefined : isoTime(String(value)))
  return { telemetry, events, first_seen: time(row?.first_seen), last_seen: time(row?.last_seen) }
}

/** `2026-10-05 08:00:00.000000` as the engine writes it, as ISO 8601 with microseconds. */
export function isoTime(text: string): string {
  return `${text.replace(' ', 'T')}Z`
}

/** What a finding says of telemetry that was not there. */
export function blindSpotOf({ telemetry }: Coverage): BlindSpot {
  return { what: telemetry.without, why: `no ${describeTelemetry(telemetry)} was read`, remedy: telemetry.remedy }
}

export function describeTelemetry({ kind, where }: Telemetry): string {
  const narrowed = Object.entries(where).map(([field, texts]) => `${field} ${texts.join(' or ')}`)
  return narrowed.length === 0 ? `${kind} event` : `${kind} event with ${narrowed.join(' and ')}`
}
