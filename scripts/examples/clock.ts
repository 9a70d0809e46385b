/** Times of the invented incident. All are microseconds since the epoch, UTC, and none comes from a clock. */

export const millisecond = 1_000
export const second = 1_000_000
export const minute = 60 * second
export const hour = 60 * minute
export const day = 24 * hour

/** The collection covers 12 to 16 October 2026, Monday to Friday. */
export const collectionStart = at('2026-10-12T00:00:00')
export const collectionEnd = at('2026-10-17T00:00:00')
export const workdays = [0, 1, 2, 3, 4].map(index => collectionStart + index * day)

/** `2026-10-13T14:02:11` or `2026-10-13T14:02:11.250`, read as UTC. */
export function at(text: string): number {
  return Date.parse(`${text}Z`) * millisecond
}

/** Zeek TSV: seconds with six decimals. */
export function zeekSeconds(micros: number): string {
  return `${Math.floor(micros / second)}.${String(micros % second).padStart(6, '0')}`
}

/** Suricata EVE: `2026-10-13T14:02:11.250000+0000`. */
export function eveTime(micros: number): string {
  return `${isoSeconds(micros)}.${String(micros % second).padStart(6, '0')}+0000`
}

/** `2026-10-13T14:02:11`, as Suricata writes certificate validity. */
export function isoSeconds(micros: number): string {
  return new Date(Math.floor(micros / second) * 1000).toISOString().slice(0, 19)
}

/** `2026-10-13T14:02:11.250Z`, as Winlogbeat writes `@timestamp`. */
export function isoMillis(micros: number): string {
  return new Date(Math.floor(micros / millisecond)).toISOString()
}

/** `2026-10-13 14:02:11.250`, as Sysmon writes `UtcTime`. */
export function sysmonTime(micros: number): string {
  return isoMillis(micros).replace('T', ' ').replace('Z', '')
}

/** `2026-10-13 14:02:11`, as NXLog writes `EventTime` (local time of the host; these hosts run in UTC). */
export function nxlogTime(micros: number): string {
  return sysmonTime(micros).slice(0, 19)
}

/** `2026-10-12-00-00-00`, as Zeek writes `#open` and `#close`. */
export function zeekStamp(micros: number): string {
  return isoSeconds(micros).replace(/[T:]/g, '-')
}
