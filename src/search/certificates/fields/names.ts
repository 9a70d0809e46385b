import { isIP } from 'node:net'
import { normalHostName, reversedLabels } from '../../../hostname/index.ts'
import { canonicalAddress } from '../../../pivots/index.ts'
import type { Bind, Condition, Field } from '../condition.ts'

/** Names on certificates: certificate_name, by its key for whole names and suffixes, by its n-gram index inside names. */

export const san: Field = {
  name: 'san',
  finds: 'that are for a name: exactly, for everything below it (*.), or with ~ for any name with the text in it',
  example: 'san:*.example.com',
  equals: value => ({
    condition: bind => (value.startsWith('*.') ? below(value.slice(2), bind) : exactly(value, bind)),
  }),
  contains: value => ({ condition: bind => nameContains(value, bind) }),
}

export const ip: Field = {
  name: 'ip',
  finds: 'that are for an IP address. Where a certificate was met is host:',
  example: 'ip:192.0.2.10',
  equals: value => {
    const address = addressOf(value)
    if (address === undefined) return { expected: 'one IPv4 or IPv6 address' }
    return { condition: bind => exactly(address, bind) }
  },
}

function exactly(value: string, bind: Bind): Condition {
  const name = normalHostName(value)
  return named(`name_reversed = ${bind('String', reversedLabels(name))}`)
}

/** The name itself is not below itself; the wildcard `*.example.com` is. */
function below(value: string, bind: Bind): Condition {
  const name = normalHostName(value)
  return named(`startsWith(name_reversed, ${bind('String', `${reversedLabels(name)}.`)})`)
}

export function nameContains(value: string, bind: Bind): Condition {
  const text = normalHostName(value).replace(/[\\%_]/g, '\\$&')
  return named(`name LIKE ${bind('String', `%${text}%`)}`)
}

function named(test: string): Condition {
  return { on: 'ids', select: `SELECT certificate_id FROM certificate_name WHERE ${test}` }
}

/** Canonical text, IPv4 not mapped; undefined for anything that is not one address. */
export function addressOf(text: string): string | undefined {
  const address = canonicalAddress(text)
  return isIP(address) === 0 || address.includes('%') ? undefined : address
}
