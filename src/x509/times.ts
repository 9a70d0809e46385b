import type { Walk } from './der.ts'
import { note, tags } from './der.ts'

/**
 * The time of the element read last, in milliseconds since the epoch, UTC. RFC 5280 §4.1.2.5, which wants both forms with
 * seconds and Z; X.680 §46 and §47 allow the rest, and it is read, with a problem:
 *
 *   UTCTime          YYMMDDhhmm[ss](Z|+hhmm|-hhmm)           YY below 50 is 20YY
 *   GeneralizedTime  YYYYMMDDhh[mm[ss]][(.|,)f…][Z|+hhmm|-hhmm]
 *
 * @returns undefined when it is no time
 */
export function readTime(walk: Walk): number | undefined {
  const { bytes, contents, contentsEnd, tag } = walk
  if (walk.cut) return undefined // the problem is noted
  // The form nearly all have, without a detour.
  if (tag === tags.utcTime && contentsEnd - contents === 13 && bytes[contents + 12] === 0x5a) {
    const year = twoDigits(bytes, contents)
    const time = instant(
      year < 50 ? 2000 + year : 1900 + year,
      twoDigits(bytes, contents + 2),
      twoDigits(bytes, contents + 4),
      twoDigits(bytes, contents + 6),
      twoDigits(bytes, contents + 8),
      twoDigits(bytes, contents + 10),
    )
    if (time !== undefined && year >= 0) return time
  }
  return readAnyTime(walk)
}

/** -1 and less when one of them is no digit: then no instant comes of it. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] ?? 0) - 0x30
  const ones = (bytes[at + 1] ?? 0) - 0x30
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones
}

/** Days before each month of a year that is not a leap year. */
const daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365] as const

/** Proleptic Gregorian calendar. A second 60 is the first of the next minute: leap seconds have no place in POSIX time. */
function instant(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number | undefined {
  if (year < 0 || month < 1 || month > 12 || day < 1 || hour < 0 || hour > 23) return undefined
  if (minute < 0 || minute > 59 || second < 0 || second > 60) return undefined
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const monthLength = (daysBefore[month] ?? 0) - (daysBefore[month - 1] ?? 0) + (leap && month === 2 ? 1 : 0)
  if (day > monthLength) return undefined
  const before = year - 1
  const leapDays = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400)
  const days = before * 365 + leapDays + (daysBefore[month - 1] ?? 0) + (leap && month > 2 ? 1 : 0) + day - 1
  return (days - daysToEpoch) * 86_400_000 + hour * 3_600_000 + minute * 60_000 + second * 1000
}

/** From the first day of the year 1 to that of 1970. */
const daysToEpoch = 719_162

/** A time of either form has at most this many characters; more are no fraction anybody needs. */
const longestTime = 64

const generalized = /^(\d{4})(\d\d)(\d\d)(\d\d)(?:(\d\d)(\d\d)?)?(?:[.,](\d{1,32}))?(Z|[+-]\d\d(?:\d\d)?)?$/
const utc = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?()(Z|[+-]\d\d\d\d)?$/

function readAnyTime(walk: Walk): number | undefined {
  const { buffer, contents, contentsEnd, tag } = walk
  const text = buffer.toString('latin1', contents, Math.min(contentsEnd, contents + longestTime + 1))
  const parts = (tag === tags.utcTime ? utc : generalized).exec(text)
  const time = parts === null ? undefined : timeOf(parts, tag === tags.utcTime)
  if (parts === null || time === undefined) {
    note(walk, 'time/nonsense', contents, tag === tags.utcTime ? 'YYMMDDhhmmssZ' : 'YYYYMMDDhhmmssZ', text)
    return undefined
  }
  const [, year, , , , , second, fraction, zone] = parts
  if (tag === tags.generalizedTime && Number(year) >= 1950 && Number(year) < 2050)
    note(walk, 'time/wrong-kind', contents, 'UTCTime', text)
  if (second === undefined) note(walk, 'time/no-seconds', contents, undefined, text)
  if (fraction !== undefined && fraction !== '') note(walk, 'time/fraction', contents, undefined, text)
  if (zone === undefined) note(walk, 'time/no-zone', contents, 'Z', text)
  else if (zone !== 'Z') note(walk, 'time/offset', contents, 'Z', text)
  return time
}

function timeOf(parts: RegExpExecArray, twoDigitYear: boolean): number | undefined {
  const [, y, month, day, hour, minute = '0', second = '0', fraction = '', zone = 'Z'] = parts
  const year = twoDigitYear ? (Number(y) < 50 ? 2000 : 1900) + Number(y) : Number(y)
  const whole = instant(year, Number(month), Number(day), Number(hour), Number(minute), Number(second))
  if (whole === undefined) return undefined
  // A fraction is one of the last unit that is written.
  const unit = parts[6] !== undefined ? 1000 : parts[5] !== undefined ? 60_000 : 3_600_000
  const within = fraction === '' ? 0 : Math.floor(Number(`0.${fraction}`) * unit)
  if (zone === 'Z') return whole + within
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(3) || '0')]
  if (hours > 23 || minutes > 59) return undefined
  return whole + within - (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}
