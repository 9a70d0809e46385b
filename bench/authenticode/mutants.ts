import type { Random } from '../generate/random.ts'
import type { Sample } from './samples.ts'

type Damage = (random: Random, bytes: Buffer, other: Uint8Array) => Buffer

/** Ways to damage a file. Lengths, tags and places are what a reader trusts, so they are hit more often than chance would. */
const damages: readonly [Damage, ...Damage[]] = [
  flip,
  setWord,
  setLength,
  setLength,
  setTag,
  splice,
  moveInside,
  cut,
  insert,
  letters,
]

/** A sample with one to four damages; often in its signature, where most of the grammar is. */
export function mutant(random: Random, sample: Sample, other: Sample): Sample {
  let bytes: Buffer = Buffer.from(sample.bytes)
  for (let left = random.skewed(4) + 1; left > 0; left -= 1) bytes = random.pick(damages)(random, bytes, other.bytes)
  return { ...sample, bytes: Uint8Array.from(bytes) }
}

/** The first half is code or text as often as not. */
function placeIn(random: Random, bytes: Uint8Array, room = 1): number {
  const end = Math.max(0, bytes.length - room)
  return random.whole(random.chance(0.3) ? 0 : Math.floor(end / 2), end)
}

function flip(random: Random, bytes: Buffer): Buffer {
  const at = placeIn(random, bytes)
  bytes[at] = (bytes[at] ?? 0) ^ (1 << random.whole(0, 7))
  return bytes
}

/** A count, size or place: none, one, ends of ranges. */
function setWord(random: Random, bytes: Buffer): Buffer {
  if (bytes.length < 8) return bytes
  const at = random.chance(0.5) ? random.whole(0, Math.min(1024, bytes.length - 4)) & ~1 : placeIn(random, bytes, 4)
  const value = random.pick([0, 1, 2, 8, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0xfffffffe, 0xffffffff, bytes.length])
  if (random.chance(0.3)) bytes.writeUInt16LE(value & 0xffff, at)
  else bytes.writeUInt32LE(value, at)
  return bytes
}

/** The octet behind something that looks like a tag. */
function setLength(random: Random, bytes: Buffer): Buffer {
  const at = tagFrom(random, bytes)
  const value = random.pick([0, 1, 0x7f, 0x80, 0x81, 0x82, 0x84, 0x88, 0xff, random.whole(0, 255)])
  if (at !== undefined && at + 1 < bytes.length) bytes[at + 1] = value
  return bytes
}

function setTag(random: Random, bytes: Buffer): Buffer {
  const at = tagFrom(random, bytes)
  if (at !== undefined)
    bytes[at] = random.pick([0x02, 0x04, 0x05, 0x06, 0x17, 0x18, 0x30, 0x31, 0xa0, 0xa1, 0x80, 0x1f, 0x24])
  return bytes
}

const tags: ReadonlySet<number> = new Set([0x02, 0x03, 0x04, 0x06, 0x17, 0x18, 0x30, 0x31, 0xa0, 0xa1])

function tagFrom(random: Random, bytes: Buffer): number | undefined {
  const from = placeIn(random, bytes)
  for (let at = from; at < Math.min(bytes.length, from + 200); at += 1) if (tags.has(bytes[at] ?? 0)) return at
  return undefined
}

function splice(random: Random, bytes: Buffer, other: Uint8Array): Buffer {
  const [from, to] = [placeIn(random, other), placeIn(random, bytes)]
  bytes.set(other.subarray(from, from + random.whole(1, 600)).subarray(0, bytes.length - to), to)
  return bytes
}

function moveInside(random: Random, bytes: Buffer): Buffer {
  const [from, to] = [placeIn(random, bytes), placeIn(random, bytes)]
  bytes.copyWithin(to, from, from + random.whole(1, 1500))
  return bytes
}

function cut(random: Random, bytes: Buffer): Buffer {
  const at = placeIn(random, bytes)
  return random.chance(0.5)
    ? bytes.subarray(0, at)
    : Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + random.whole(1, 64))])
}

function insert(random: Random, bytes: Buffer, other: Uint8Array): Buffer {
  const at = random.chance(0.2) ? bytes.length : placeIn(random, bytes)
  const from = placeIn(random, other)
  return Buffer.concat([bytes.subarray(0, at), other.subarray(from, from + random.whole(1, 200)), bytes.subarray(at)])
}

/** In base64 every letter is one, so damage there must be of letters to reach what lies beneath. */
function letters(random: Random, bytes: Buffer): Buffer {
  const at = placeIn(random, bytes)
  for (let i = at; i < Math.min(bytes.length, at + 8); i += 1)
    if (/[A-Za-z0-9]/.test(String.fromCharCode(bytes[i] ?? 0))) bytes[i] = random.text(1).charCodeAt(0)
  return bytes
}
