/** A seeded stream of choices: the same seed gives the same evidence on every machine. */
export type Random = {
  /** From 0 (included) to 1 (excluded). */
  next(): number
  /** From `from` to `to`, both included. */
  whole(from: number, to: number): number
  pick<T>(list: readonly [T, ...T[]]): T
  /** An index below `size`; low ones are far commoner, as with names and servers. */
  skewed(size: number): number
  chance(probability: number): boolean
  text(length: number): string
  hex(digits: number): string
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const hexDigits = '0123456789abcdef'

/** mulberry32 (Tommy Ettinger, public domain): 32 bits of state are plenty for made-up logs. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const from = (alphabet: string) => (length: number) => {
    let text = ''
    for (let n = 0; n < length; n += 1) text += alphabet[Math.floor(next() * alphabet.length)]
    return text
  }
  return {
    next,
    whole: (low, high) => low + Math.floor(next() * (high - low + 1)),
    pick: list => list[Math.floor(next() * list.length)] ?? list[0],
    skewed: size => Math.floor(size * next() ** 3),
    chance: probability => next() < probability,
    text: from(letters),
    hex: from(hexDigits),
  }
}
