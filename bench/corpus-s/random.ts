import { createHash } from 'node:crypto'

/** A seeded stream of choices. Streams of different names do not disturb each other. */
export type Random = {
  /** From 0 (included) to 1 (excluded). */
  next(): number
  /** From `low` to `high`, both included. */
  whole(low: number, high: number): number
  /** As {@link whole}, even over the logarithm: most are small, a few are near `high`. `low` is at least 1. */
  heavy(low: number, high: number): number
  /** From `low` (included) to `high` (excluded). */
  fraction(low: number, high: number): number
  chance(probability: number): boolean
  pick<T>(list: readonly [T, ...T[]]): T
  /** Any of a list that may be empty; undefined then. */
  some<T>(list: readonly T[]): T | undefined
  shuffled<T>(list: readonly T[]): T[]
  bytes(length: number): Uint8Array
  text(length: number, alphabet?: string): string
  /** A stream of its own: what is drawn there changes nothing here, and the other way round. */
  branch(name: string): Random
}

const lowerLetters = 'abcdefghijklmnopqrstuvwxyz'

/** sfc32 (Chris Doty-Humphrey, PractRand, public domain): 128 bits of state, taken from the SHA-256 of the name. */
export function randomNamed(name: string): Random {
  const seed = createHash('sha256').update(name).digest()
  let a = seed.readInt32LE(0)
  let b = seed.readInt32LE(4)
  let c = seed.readInt32LE(8)
  let counter = 1
  const next32 = () => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + sum) | 0
    return sum >>> 0
  }
  for (let warmUp = 0; warmUp < 12; warmUp += 1) next32()
  const next = () => next32() / 4294967296
  const whole = (low: number, high: number) => low + Math.floor(next() * (high - low + 1))
  const some = <T>(list: readonly T[]): T | undefined => list[Math.floor(next() * list.length)]
  return {
    next,
    whole,
    some,
    heavy: (low, high) => Math.min(high, Math.floor(low * ((high + 1) / low) ** next())),
    fraction: (low, high) => low + next() * (high - low),
    chance: probability => next() < probability,
    pick: list => some(list) ?? list[0],
    shuffled: list => {
      const left = [...list]
      return list.flatMap(() => left.splice(Math.floor(next() * left.length), 1))
    },
    bytes: length => {
      const bytes = new Uint8Array(length)
      for (let at = 0; at < length; at += 4) {
        const word = next32()
        for (let n = 0; n < 4 && at + n < length; n += 1) bytes[at + n] = word >>> (8 * n)
      }
      return bytes
    },
    text: (length, alphabet = lowerLetters) => {
      let text = ''
      for (let n = 0; n < length; n += 1) text += alphabet[Math.floor(next() * alphabet.length)]
      return text
    },
    branch: branch => randomNamed(`${name}/${branch}`),
  }
}
