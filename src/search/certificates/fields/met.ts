import type { Bind, Condition, Field } from '../condition.ts'
import { formsOf, type Interval, readInterval, readTime, readWhole } from '../interval.ts'
import { addressOf } from './names.ts'

/**
 * Where and when certificates were met: certificate_host, a scan of the column that is asked for, since the table is
 * ordered by certificate. It has no row for certificates that were only read from files and logs.
 */

export const host: Field = {
  name: 'host',
  finds: 'that were met at an address, or in a network',
  example: 'host:198.51.100.0/24',
  equals: value => {
    const [, text = value, length] = /^(.*)\/(\d{1,3})$/.exec(value) ?? []
    const address = addressOf(text)
    if (address === undefined) return { expected: 'an IPv4 or IPv6 address, or a network: 198.51.100.0/24' }
    const mapped = address.includes('.') ? 96 : 0
    const prefix = length === undefined ? 128 : Number(length) + mapped
    if (prefix > 128) return { expected: `a network of at most ${128 - mapped} bits` }
    return {
      condition: bind => {
        const range = `IPv6CIDRToRange(toIPv6(${bind('String', address)}), ${bind('UInt8', prefix)})`
        return met(`ip BETWEEN ${range}.1 AND ${range}.2`)
      },
    }
  },
}

export const port: Field = {
  name: 'port',
  finds: 'that were met at a port',
  example: 'port:8443',
  equals: value => {
    const interval = readInterval(value, readWhole)
    if (interval === undefined) return { expected: `a port: ${formsOf('8000', '8999')}` }
    return { condition: bind => met(within('port', interval, 'UInt32', bind)) }
  },
}

/** For messages. */
export const expectedTime = `a time in UTC: ${formsOf('2026-01', '2026-03')}; also 2026, 2026-01-31 and 2026-01-31T10:00`

export const firstSeen: Field = {
  name: 'first_seen',
  finds: 'that were first met in this time',
  example: 'first_seen:>2026-01-31',
  equals: value => {
    const interval = readInterval(value, readTime)
    if (interval === undefined) return { expected: expectedTime }
    const { from, below } = interval
    return {
      condition: bind => ({
        on: 'all',
        of: [
          met(below === undefined ? '1' : `first_seen < ${instant(below, bind)}`),
          ...(from === undefined ? [] : [{ on: 'none' as const, of: met(`first_seen < ${instant(from, bind)}`) }]),
        ],
      }),
    }
  },
}

export const lastSeen: Field = {
  name: 'last_seen',
  finds: 'that were last met in this time',
  example: 'last_seen:<2026',
  equals: value => {
    const interval = readInterval(value, readTime)
    if (interval === undefined) return { expected: expectedTime }
    const { from, below } = interval
    return {
      condition: bind => ({
        on: 'all',
        of: [
          met(from === undefined ? '1' : `last_seen >= ${instant(from, bind)}`),
          ...(below === undefined ? [] : [{ on: 'none' as const, of: met(`last_seen >= ${instant(below, bind)}`) }]),
        ],
      }),
    }
  },
}

function met(test: string): Condition {
  return { on: 'met', select: `SELECT certificate_id FROM certificate_host WHERE ${test}` }
}

function instant(ms: number, bind: Bind): string {
  return `fromUnixTimestamp64Milli(${bind('Int64', ms)}, 'UTC')`
}

/** A test that a column lies in an interval of whole numbers. */
export function within(column: string, { from, below }: Interval, type: string, bind: Bind): string {
  return [
    ...(from === undefined ? [] : [`${column} >= ${bind(type, from)}`]),
    ...(below === undefined ? [] : [`${column} < ${bind(type, below)}`]),
  ].join(' AND ')
}
