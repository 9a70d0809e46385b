import type { Field, KnownColumn } from '../condition.ts'
import { known, testing } from '../condition.ts'
import { formsOf, readDays, readInterval, readTime } from '../interval.ts'
import { expectedTime, within } from './met.ts'

/** When certificates hold: columns of `certificate`, tested row by row. */

export const notBefore = time('not_before', 'that begin to hold in this time', 'not_before:2026-01..2026-03')
export const notAfter = time('not_after', 'that end to hold in this time', 'not_after:<2026-06-15')

function time(column: 'not_before' | 'not_after', finds: string, example: string): Field {
  return {
    name: column,
    finds,
    example,
    equals: value => {
      const interval = readInterval(value, readTime)
      if (interval === undefined) return { expected: expectedTime }
      return testing(bind => `(${within(ms(column), interval, 'Int64', bind)})`)
    },
  }
}

/**
 * not_after belongs to the time (RFC 5280 §4.1.2.5), so 90 days that end one second early, as CAs write them, are 90
 * days; so are 90 days and that second, as openssl writes them.
 */
export const validity: Field = {
  name: 'validity',
  finds: 'that hold for so many days from not_before to not_after, both included',
  example: 'validity:>825d',
  equals: value => {
    const interval = readInterval(value, readDays)
    if (interval === undefined)
      return { expected: `days (d), weeks (w) or years of 365 days (y): ${formsOf('90d', '398d')}` }
    const days = `intDiv(${ms('not_after')} - ${ms('not_before')} + 1000, 86400000)`
    const forwards = `${known('not_after')} >= ${known('not_before')}`
    return testing(bind => `(${forwards} AND ${within(days, interval, 'Int64', bind)})`)
  },
}

function ms(column: KnownColumn): string {
  return `toUnixTimestamp64Milli(${known(column)})`
}
