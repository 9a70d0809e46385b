import type { Bind, Condition, Field, Reading } from '../condition.ts'

/** Digits of the shortest beginning of a hash that is looked up: four bytes. */
export const shortestHash = 8

/** Hashes, whole or their beginning: all of them a range of a key. */
export const sha256 = hash('sha256', 64, 'by the SHA-256 of their bytes', bySha256)
export const sha1 = hash('sha1', 40, 'by the SHA-1 of their bytes', (digits, bind) => byAlias('sha1', digits, bind))
export const md5 = hash('md5', 32, 'by the MD5 of their bytes', (digits, bind) => byAlias('md5', digits, bind))
export const spki = hash('spki', 64, 'by their key: the SHA-256 of SubjectPublicKeyInfo', (digits, bind) => ({
  on: 'ids',
  select: `SELECT certificate_id FROM certificate_pivot WHERE attribute = 'spki_sha256' AND startsWith(value, ${bind('String', digits)})`,
}))

function hash(
  name: string,
  length: number,
  finds: string,
  condition: (digits: string, bind: Bind) => Condition,
): Field {
  const example = `${name}:${'9f2c51d8a3b94e6d'.repeat(4).slice(0, name === 'sha256' ? 8 : length)}`
  return {
    name,
    finds,
    example,
    equals: (value): Reading => {
      const digits = hexadecimalDigits(value)
      if (digits === undefined || digits.length < shortestHash || digits.length > length)
        return { expected: `${length} hexadecimal digits, or at least the first ${shortestHash}` }
      return { condition: bind => condition(digits, bind) }
    },
  }
}

/** A certificate's id is the first half of its SHA-256. Provisional ids are hashes of something else. */
function bySha256(digits: string, bind: Bind): Condition {
  const half = digits.slice(0, 32)
  const range = `certificate_id BETWEEN unhex(${bind('String', half.padEnd(32, '0'))}) AND unhex(${bind('String', half.padEnd(32, 'f'))})`
  const whole = `startsWith(lower(hex(ifNull(sha256, ''))), ${bind('String', digits)})`
  return { on: 'ids', select: `SELECT certificate_id FROM certificate WHERE ${range} AND ${whole}` }
}

function byAlias(kind: string, digits: string, bind: Bind): Condition {
  const test = `kind = ${bind('String', kind)} AND startsWith(value, ${bind('String', digits)})`
  return { on: 'ids', select: `SELECT certificate_id FROM certificate_alias WHERE ${test}` }
}

/** Lower case, without the colons, dashes and spaces people paste; undefined for anything else. */
export function hexadecimalDigits(text: string): string | undefined {
  const digits = text.replace(/[\s:-]/gu, '').toLowerCase()
  return /^[0-9a-f]+$/.test(digits) ? digits : undefined
}
