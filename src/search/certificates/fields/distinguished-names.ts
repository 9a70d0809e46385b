import type { Field, KnownColumn, Reading } from '../condition.ts'
import { known, testing } from '../condition.ts'
import { withValueOf } from './pivot-values.ts'

/**
 * Names of subjects and issuers. A subject’s attributes are values of certificate_pivot, by its key. An issuer has few
 * distinct names and its attributes are no pivots: its text is scanned.
 */

/** The attribute of a field and what RFC 4514 text calls it. */
const attributes = {
  cn: 'CN',
  o: 'O',
  ou: 'OU',
  l: 'L',
  st: 'ST',
  c: 'C',
  email: 'emailAddress',
  serial: 'serialNumber',
  street: 'street',
  postal_code: 'postalCode',
} as const

/** A value longer than this is searched with `~`: it would be a very long pattern. */
const longestAttribute = 512

const shortNames = Object.keys(attributes).join(', ')

export const subject: Field = {
  name: 'subject',
  finds: `whose subject is this name (CN=…,O=…, in either order), or has an attribute of this value (${shortNames}); with ~ whose subject has the text in it`,
  example: 'subject:"Example Corp"',
  equals: value =>
    isName(value)
      ? withValueOf(['subject'], value)
      : withValueOf(
          Object.keys(attributes).map(one => `subject_${one}`),
          value,
        ),
  contains: value => textContains('subject', value),
}

export const issuer: Field = {
  name: 'issuer',
  finds:
    'whose issuer is this name (CN=…,O=…, in either order), or has an attribute of this value; with ~ whose issuer has the text in it',
  example: 'issuer~"let\'s encrypt"',
  equals: value => (isName(value) ? withValueOf(['issuer'], value) : issuerHas('[A-Za-z0-9.-]+', value)),
  contains: value => textContains('issuer', value),
}

export const nameParts: readonly Field[] = Object.entries(attributes).flatMap(([part, type]) => [
  {
    name: `subject.${part}`,
    finds: `whose subject has this ${type}`,
    example: `subject.${part}:${part === 'o' ? '"Example Corp"' : 'example'}`,
    equals: (value: string) => withValueOf([`subject_${part}`], value),
  },
  {
    name: `issuer.${part}`,
    finds: `whose issuer has this ${type}`,
    example: `issuer.${part}:${part === 'o' ? '"Example Trust"' : 'example'}`,
    equals: (value: string) => issuerHas(type, value),
  },
])

function isName(text: string): boolean {
  return /^\/?\s{0,9}[A-Za-z0-9.]{1,48}\s{0,9}=/.test(text)
}

/**
 * One attribute in RFC 4514 text, any case: it begins with the text or behind a separator that is not escaped. RE2 reads
 * the pattern in linear time.
 */
function issuerHas(type: string, value: string): Reading {
  if (value.length > longestAttribute) return { expected: `at most ${longestAttribute} characters` }
  const escaped = value
    .trim()
    .replace(/[,+"\\<>;]/g, '\\$&')
    .replace(/^#/, '\\#')
  const literal = escaped.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&').replace(/\s+/gu, '\\s+')
  const pattern = `(?i)(?:^|[^\\\\](?:\\\\\\\\)*[,+])${type}=${literal}(?:[,+]|$)`
  return testing(bind => `match(${known('issuer')}, ${bind('String', pattern)})`)
}

/** Any case. The escapes of RFC 4514 in the stored text do not count: people type `Example, Inc.`. */
export function textContains(column: KnownColumn, value: string): Reading {
  const sought = value.replaceAll('\\', '') || value
  const text = sought === value && !/[,+"<>;#]/.test(value) ? known(column) : `replaceAll(${known(column)}, '\\\\', '')`
  return testing(bind => `positionCaseInsensitiveUTF8(${text}, ${bind('String', sought)}) > 0`)
}
