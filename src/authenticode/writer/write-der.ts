import { Buffer } from 'node:buffer'

/** DER of what fixtures need. X.690 §8 and §10: identifier, definite length in the shortest form, contents. */
export function element(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat(contents)
  const length = body.length.toString(16)
  const octets = Buffer.from(length.length % 2 === 0 ? length : `0${length}`, 'hex')
  const head = body.length < 0x80 ? [tag, body.length] : [tag, 0x80 | octets.length, ...octets]
  return Buffer.concat([Uint8Array.from(head), body])
}

export const sequence = (...contents: readonly Uint8Array[]) => element(0x30, ...contents)
export const set = (...contents: readonly Uint8Array[]) => element(0x31, ...contents)
/** `[number]`, constructed. */
export const tagged = (number: number, ...contents: readonly Uint8Array[]) => element(0xa0 | number, ...contents)
export const octets = (contents: Uint8Array) => element(0x04, contents)
/** INTEGER of less than 128. */
export const small = (value: number) => element(0x02, Uint8Array.of(value))
export const utf8 = (text: string) => element(0x0c, Buffer.from(text, 'utf8'))

/** `1.2.840.113549` as OBJECT IDENTIFIER. */
export function oid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return element(0x06, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)))
}

function base128(arc: number): number[] {
  const groups = [arc % 128]
  for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) groups.unshift((left % 128) | 0x80)
  return groups
}

/** UTCTime: until 2049. Milliseconds since the epoch. */
export function utcTime(time: number): Uint8Array {
  const digits = new Date(time).toISOString().replace(/[-:T]/g, '').slice(2, 14)
  return element(0x17, Buffer.from(`${digits}Z`, 'latin1'))
}
