import type { Random } from '../generate/random.ts'
import type { Sample } from './generated-files.ts'

type Damage = (random: Random, bytes: Buffer, other: Uint8Array) => void

/** Ways to damage a file. Sizes, places and letters are what a reader trusts, so they are hit more often than chance would. */
const damages: readonly [Damage, ...Damage[]] = [
  flip,
  setWord,
  setWord,
  setPlace,
  setPlace,
  swapPlaces,
  letters,
  splice,
  moveInside,
  zeroPage,
  cellSize,
]

/** A sample with one to six damages, in itself or in its log; now and then its end is cut off. */
export function mutant(random: Random, sample: Sample, other: Sample): Sample {
  if (sample.kind !== 'hive') return { ...sample, bytes: damaged(random, sample.bytes, other.bytes) }
  const [log] = sample.logs
  if (log === undefined || random.chance(0.5)) return { ...sample, bytes: damaged(random, sample.bytes, other.bytes) }
  return { ...sample, logs: [damaged(random, log, other.bytes), ...(random.chance(0.2) ? [log] : [])] }
}

function damaged(random: Random, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  const copy = Buffer.from(bytes)
  for (let left = random.whole(1, 6); left > 0; left -= 1) random.pick(damages)(random, copy, other)
  return random.chance(0.03) ? copy.subarray(0, random.whole(0, copy.length)) : copy
}

function placeIn(random: Random, bytes: Uint8Array, room: number): number {
  const header = random.chance(0.1) ? 0 : Math.min(4096, bytes.length >> 1)
  return random.whole(Math.min(header, Math.max(0, bytes.length - room)), Math.max(0, bytes.length - room))
}

function flip(random: Random, bytes: Buffer): void {
  const at = placeIn(random, bytes, 1)
  bytes[at] = (bytes[at] ?? 0) ^ (1 << random.whole(0, 7))
}

/** A count, size or place: none, one, ends of ranges. */
function setWord(random: Random, bytes: Buffer): void {
  const at = placeIn(random, bytes, 4) & ~1
  const value = random.pick([0, 1, 2, 0x7f, 0xff, 0x4000, 0x7fff, 0x8000, 0xffff])
  if (random.chance(0.5)) bytes.writeUInt16LE(value, at)
  else bytes.writeUInt32LE(random.pick([value, 0x7ffffff8, 0x80000000, 0x80000004, 0xffffffff, bytes.length]), at)
}

/** Something that is a place is made to lead elsewhere, often to another cell or to itself. */
function setPlace(random: Random, bytes: Buffer): void {
  const at = placeOfPlace(random, bytes)
  const [one, two] = [placeOfPlace(random, bytes), placeIn(random, bytes, 4)]
  if (at !== undefined && one !== undefined)
    bytes.writeUInt32LE(random.pick([bytes.readUInt32LE(one), at - 4096 - 8, two & ~7, 32, 0]) >>> 0, at)
}

function swapPlaces(random: Random, bytes: Buffer): void {
  const [one, two] = [placeOfPlace(random, bytes), placeOfPlace(random, bytes)]
  if (one === undefined || two === undefined) return
  const value = bytes.readUInt32LE(one)
  bytes.writeUInt32LE(bytes.readUInt32LE(two), one)
  bytes.writeUInt32LE(value, two)
}

/** Where a number stands that may be the place of a cell. */
function placeOfPlace(random: Random, bytes: Buffer): number | undefined {
  for (let tries = 0, at = placeIn(random, bytes, 4) & ~3; tries < 200 && at + 4 <= bytes.length; tries += 1, at += 4) {
    const value = bytes.readUInt32LE(at)
    if (value >= 32 && value < bytes.length && value % 8 === 0) return at
  }
  return undefined
}

/** The two letters of some cell become those of another kind. */
function letters(random: Random, bytes: Buffer): void {
  const from = random.pick(['nk', 'vk', 'lh', 'lf', 'li', 'ri', 'sk', 'db', 'hbin', 'HvLE', 'DIRT'])
  const at = bytes.indexOf(from, placeIn(random, bytes, 4))
  if (at !== -1) bytes.write(random.pick(['nk', 'vk', 'lh', 'lf', 'li', 'ri', 'sk', 'db']), at, 'latin1')
}

function cellSize(random: Random, bytes: Buffer): void {
  const at = placeIn(random, bytes, 8) & ~7
  bytes.writeInt32LE(
    random.pick([0, -8, 8, -16, -0x7fffffff, 0x7fffffff, -7, 4096]),
    Math.min(at, Math.max(0, bytes.length - 4)),
  )
}

function splice(random: Random, bytes: Buffer, other: Uint8Array): void {
  const from = placeIn(random, other, 1)
  const to = placeIn(random, bytes, 1)
  bytes.set(
    other.subarray(from, Math.min(other.length, from + random.whole(1, 400))).subarray(0, bytes.length - to),
    to,
  )
}

function moveInside(random: Random, bytes: Buffer): void {
  const [from, to] = [placeIn(random, bytes, 1), placeIn(random, bytes, 1)]
  bytes.copyWithin(to, from, Math.min(bytes.length, from + random.whole(1, 2000)))
}

/** As a torn write leaves it. */
function zeroPage(random: Random, bytes: Buffer): void {
  const at = placeIn(random, bytes, 1) & ~511
  bytes.fill(0, at, Math.min(bytes.length, at + random.pick([512, 4096])))
}
