import type { Random } from '../generate/random.ts'

/** Ways to damage a certificate. Lengths and tags are what a reader trusts, so they are hit more often than chance would. */
const damages: readonly [Damage, ...Damage[]] = [flip, set, insert, remove, splice, tamperWithLength, cutOff, repeat]

type Damage = (random: Random, bytes: Uint8Array, other: Uint8Array) => Uint8Array

/** A certificate with one to four damages. @param other where spliced octets come from */
export function mutant(random: Random, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  let damaged: Uint8Array = Uint8Array.from(bytes)
  for (let left = random.whole(1, 4); left > 0 && damaged.length > 0; left -= 1)
    damaged = random.pick(damages)(random, damaged, other)
  return damaged
}

const placeIn = (random: Random, bytes: Uint8Array) => random.whole(0, bytes.length - 1)

function flip(random: Random, bytes: Uint8Array): Uint8Array {
  const at = placeIn(random, bytes)
  bytes[at] = (bytes[at] ?? 0) ^ (1 << random.whole(0, 7))
  return bytes
}

/** To a value that means something: tags, lengths that are reserved or indefinite, ends of ranges. */
function set(random: Random, bytes: Uint8Array): Uint8Array {
  bytes[placeIn(random, bytes)] = random.pick([
    0x00, 0x02, 0x06, 0x1f, 0x30, 0x31, 0x7f, 0x80, 0x81, 0x84, 0xa0, 0xa3, 0xff,
  ])
  return bytes
}

function insert(random: Random, bytes: Uint8Array): Uint8Array {
  const at = placeIn(random, bytes)
  const added = Uint8Array.from({ length: random.whole(1, 8) }, () => random.whole(0, 255))
  return Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at)])
}

function remove(random: Random, bytes: Uint8Array): Uint8Array {
  const at = placeIn(random, bytes)
  return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + random.whole(1, 8))])
}

/** A piece of another certificate over or between its own octets. */
function splice(random: Random, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  const at = placeIn(random, bytes)
  const from = placeIn(random, other)
  const piece = other.subarray(from, from + random.whole(1, 200))
  return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(random.chance(0.5) ? at : at + piece.length)])
}

/** Octets that follow a tag certificates have are taken for its length. */
function tamperWithLength(random: Random, bytes: Uint8Array): Uint8Array {
  const tag = random.pick([0x30, 0x31, 0x02, 0x03, 0x04, 0x06, 0x0c, 0x13, 0x82, 0xa0, 0xa3])
  const at = bytes.indexOf(tag, placeIn(random, bytes))
  if (at === -1 || at + 1 >= bytes.length) return flip(random, bytes)
  const length = bytes[at + 1] ?? 0
  bytes[at + 1] = random.pick([length + 1, length - 1, 0, 0x7f, 0x80, 0x81, 0x82, 0x84, 0x88, 0xfe, 0xff]) & 0xff
  return bytes
}

function cutOff(random: Random, bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, placeIn(random, bytes))
}

/** A piece of its own many times over: lists become long, elements nest. */
function repeat(random: Random, bytes: Uint8Array): Uint8Array {
  const at = placeIn(random, bytes)
  const piece = bytes.subarray(at, at + random.whole(1, 64))
  const copies = Array.from({ length: random.whole(1, 40) }, () => piece)
  return Buffer.concat([bytes.subarray(0, at), ...copies, bytes.subarray(at)])
}

/**
 * What is wrong with a reading of these bytes, whatever they are: a view that reaches outside them, a number that is none,
 * more problems than are kept.
 *
 * @returns undefined when nothing is
 */
export function faultOf(value: unknown, bytes: Uint8Array): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `the number ${value}`
  if (typeof value !== 'object' || value === null) return undefined
  if (value instanceof Uint8Array) {
    const start = value.byteOffset - bytes.byteOffset
    const inside = value.buffer === bytes.buffer && start >= 0 && start + value.length <= bytes.length
    return inside || value.length === 0 ? undefined : `a view from ${start} to ${start + value.length}`
  }
  for (const [key, part] of Object.entries(value)) {
    const fault = faultOf(part, bytes)
    if (fault !== undefined) return `${key}: ${fault}`
  }
  return undefined
}
