/** Seeded randomness: every draw depends on a label only, so adding an event elsewhere never moves the others. */
import { createHash } from 'node:crypto'

const seed = 'counterseal-examples-1'

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** SHA-256 over the seed and a label. */
export function digest(label: string): Buffer {
  return createHash('sha256').update(`${seed}/${label}`).digest()
}

export type Random = {
  /** In [0, 1). */
  readonly next: () => number
  /** Both ends included. */
  readonly int: (min: number, max: number) => number
  readonly pick: <T>(items: readonly T[]) => T
  readonly base62: (length: number) => string
}

/** A stream of numbers that is the same on every machine for the same label (sfc32, seeded with SHA-256). */
export function randomFrom(label: string): Random {
  const start = digest(label)
  let a = start.readInt32LE(0)
  let b = start.readInt32LE(4)
  let c = start.readInt32LE(8)
  let counter = start.readInt32LE(12)
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + sum) | 0
    return (sum >>> 0) / 4294967296
  }
  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1))
  return {
    next,
    int,
    pick: items => {
      const item = items[int(0, items.length - 1)]
      if (item === undefined) throw new Error(`examples: nothing to pick from for ${label}`)
      return item
    },
    base62: length => Array.from({ length }, () => base62.charAt(int(0, 61))).join(''),
  }
}

/** Lower-case hex of the given length, from a label. */
export function hexFrom(label: string, length: number): string {
  return (digest(label).toString('hex') + digest(`${label}/2`).toString('hex')).slice(0, length)
}
