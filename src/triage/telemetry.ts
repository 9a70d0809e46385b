import type { EvidenceRef } from './answer.ts'
import type { TelemetryDays } from './facts.ts'

const day = 86_400_000

type TelemetryRef = Extract<EvidenceRef, { source: 'telemetry' }>

/** Kinds of records that would have shown an address, or a host. */
export const witnesses = {
  address: ['network_flow', 'tls_session', 'dns_query', 'http_request'],
  host: ['windows_event'],
} as const

/**
 * Whether there were records on every UTC day of a time. The one kind that spoke on most days is told: two that spoke on different days do
 * not show the same things.
 */
export function telemetryBetween(
  telemetry: readonly TelemetryDays[],
  wanted: readonly string[],
  from: number,
  until: number,
): { readonly isHealthy: boolean; readonly ref: TelemetryRef } {
  const first = Math.floor(from / day)
  // The day of `until` itself is one of them: it has the activity.
  const days = Array.from({ length: Math.min(4000, Math.floor(until / day) - first + 1) }, (_, nth) =>
    new Date((first + nth) * day).toISOString().slice(0, 10),
  )
  const seen = telemetry
    .filter(({ kind }) => wanted.includes(kind))
    .map(one => ({ kind: one.kind, days_seen: days.filter(text => one.days.has(text)).length }))
    .sort((a, b) => b.days_seen - a.days_seen || (a.kind < b.kind ? -1 : 1))
  const { kind, days_seen } = seen[0] ?? { kind: wanted[0] ?? '', days_seen: 0 }
  return {
    isHealthy: days_seen === days.length,
    ref: {
      source: 'telemetry',
      kind,
      from: new Date(from).toISOString(),
      until: new Date(until).toISOString(),
      days: days.length,
      days_seen,
    },
  }
}
