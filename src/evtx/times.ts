import type { Chunk } from './chunk.ts'

const ticksOfSecond = 10_000_000n
/** From 1601-01-01 to 1970-01-01. */
const epochSeconds = 11_644_473_600
/** The last second of the year 9999: later ones have no ISO 8601 form of four digits. */
const lastSecond = 265_046_774_399n

/**
 * A FILETIME as text with all of its seven digits, `2026-03-02T09:00:00.1234567Z`. One after the year 9999 stands as its
 * number.
 *
 * @param ticks 100 ns since 1601-01-01 UTC
 */
export function fileTimeText(ticks: bigint): string {
  const second = ticks / ticksOfSecond
  if (second > lastSecond || ticks < 0n) return String(ticks)
  const rest = Number(ticks - second * ticksOfSecond)
  return `${secondText(Number(second))}.${String(10_000_000 + rest).slice(1)}Z`
}

/** The second told last: events come in the order of their times. */
const told = { second: -1, text: '' }

function secondText(second: number): string {
  if (told.second !== second) {
    told.text = new Date((second - epochSeconds) * 1000).toISOString().slice(0, 19)
    told.second = second
  }
  return told.text
}

/*
 * SYSTEMTIME (MS-DTYP §2.3.13), each u16: year, month, day of the week, day, hour, minute, second, millisecond.
 */
export function systemTimeText({ data }: Chunk, at: number): string | undefined {
  const part = (index: number) => data.getUint16(at + 2 * index, true)
  const [year, month, day] = [part(0), part(1), part(3)]
  const [hour, minute, second, ms] = [part(4), part(5), part(6), part(7)]
  if (year > 9999 || month > 12 || day > 31 || hour > 23 || minute > 59 || second > 60 || ms > 999) return undefined
  const two = (value: number) => String(value).padStart(2, '0')
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}.${String(ms).padStart(3, '0')}Z`
}

/** The FILETIME of a text that has the form of `fileTimeText`, with up to nine digits behind the second. */
export function fileTimeOf(text: string): bigint | undefined {
  const [, second, digits = ''] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/.exec(text) ?? []
  if (second === undefined) return undefined
  const ms = Date.parse(`${second}Z`)
  if (Number.isNaN(ms)) return undefined
  return BigInt(ms / 1000 + epochSeconds) * ticksOfSecond + BigInt(digits.padEnd(7, '0').slice(0, 7))
}
