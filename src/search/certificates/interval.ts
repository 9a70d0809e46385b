/** From `from` on and below `below`, both whole numbers; open where absent. */
export type Interval = { readonly from?: number; readonly below?: number }

/** What one written value covers: a day, a number. */
export type ReadUnit = (text: string) => { readonly from: number; readonly below: number } | undefined

/**
 * Reads `A`, `A..B`, `A..`, `..B`, `>A`, `>=A`, `<A`, `<=A`. Both ends of a range belong to it, and a value means all it
 * covers: `>2026-01` begins with February. Undefined for anything else, also for a range that runs backwards.
 */
export function readInterval(text: string, unit: ReadUnit): Interval | undefined {
  const [, comparison, compared = ''] = /^([<>]=?)(.*)$/s.exec(text) ?? []
  if (comparison !== undefined) {
    const one = unit(compared)
    if (one === undefined) return undefined
    if (comparison === '>') return { from: one.below }
    if (comparison === '>=') return { from: one.from }
    return { below: comparison === '<' ? one.from : one.below }
  }
  const dots = text.indexOf('..')
  if (dots === -1) return unit(text)
  const [first, last] = [text.slice(0, dots), text.slice(dots + 2)]
  const from = first === '' ? undefined : unit(first)?.from
  const below = last === '' ? undefined : unit(last)?.below
  if ((first !== '' && from === undefined) || (last !== '' && below === undefined)) return undefined
  if (from === undefined && below === undefined) return undefined
  if (from !== undefined && below !== undefined && from >= below) return undefined
  return { ...(from === undefined ? {} : { from }), ...(below === undefined ? {} : { below }) }
}

/** The forms, for messages: `formsOf('2026-01')`. */
export function formsOf(first: string, second: string): string {
  return `${first}, ${first}..${second}, ${first}.., ..${second}, >${first}, >=${first}, <${first} or <=${first}`
}

const day = 86_400_000

/**
 * A time, UTC, as milliseconds since the epoch: `2026`, `2026-01`, `2026-01-31`, `2026-01-31T10:00`, `…:30`, with or
 * without Z. It covers the year, the month, the day, the minute or the second.
 */
export const readTime: ReadUnit = text => {
  const parts = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d))?Z?)?)?)?$/.exec(text)
  if (parts === null) return undefined
  const [year = 0, month, date, hour, minute, second] = parts
    .slice(1)
    .map(part => (part === undefined ? undefined : Number(part)))
  if (year === 0) return undefined
  const from = instant(year, month ?? 1, date ?? 1, hour ?? 0, minute ?? 0, second ?? 0)
  if (from === undefined) return undefined
  if (month === undefined) return below(from, instant(year + 1, 1, 1, 0, 0, 0))
  if (date === undefined)
    return below(from, month === 12 ? instant(year + 1, 1, 1, 0, 0, 0) : instant(year, month + 1, 1, 0, 0, 0))
  if (hour === undefined) return { from, below: from + day }
  return { from, below: from + (second === undefined ? 60_000 : 1_000) }
}

/** Undefined for a date that does not exist: `Date` would count February 30 on into March. */
function instant(
  year: number,
  month: number,
  date: number,
  hour: number,
  minute: number,
  second: number,
): number | undefined {
  const moment = new Date(0)
  moment.setUTCFullYear(year, month - 1, date)
  moment.setUTCHours(hour, minute, second, 0)
  const same = moment.getUTCMonth() === month - 1 && moment.getUTCDate() === date
  return same && hour < 24 && minute < 60 && second < 60 ? moment.getTime() : undefined
}

function below(from: number, end: number | undefined): { readonly from: number; readonly below: number } | undefined {
  return end === undefined ? undefined : { from, below: end }
}

/** A whole number of at most nine digits. */
export const readWhole: ReadUnit = text => {
  if (!/^\d{1,9}$/.test(text)) return undefined
  const from = Number(text)
  return { from, below: from + 1 }
}

/** A number of days: `825d`, `90`, `12w`, `2y` (365 days each). */
export const readDays: ReadUnit = text => {
  const [, digits, unit = 'd'] = /^(\d{1,6})([dwy])?$/.exec(text) ?? []
  if (digits === undefined) return undefined
  const from = Number(digits) * (unit === 'w' ? 7 : unit === 'y' ? 365 : 1)
  return { from, below: from + 1 }
}
