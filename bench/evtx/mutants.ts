import type { Random } from '../generate/random.ts'

const chunkSize = 65_536
const recordMark = Uint8Array.of(0x2a, 0x2a, 0, 0)

type Damage = (random: Random, chunk: Buffer, other: Uint8Array) => void

/** Ways to damage a chunk. Sizes, places and tokens are what a reader trusts, so they are hit more often than chance would. */
const damages: readonly [Damage, ...Damage[]] = [
  flip,
  setToken,
  setWord,
  setWord,
  setPlace,
  setPlace,
  setRecordSize,
  splice,
  spliceRecord,
  moveInside,
  zeroPage,
  fill,
  setHeader,
  swapTemplates,
]

/** A chunk with one to six damages. @param other where spliced octets come from */
export function mutant(random: Random, chunk: Uint8Array, other: Uint8Array): Uint8Array {
  const damaged = Buffer.alloc(chunkSize)
  damaged.set(chunk)
  for (let left = random.whole(1, 6); left > 0; left -= 1) random.pick(damages)(random, damaged, other)
  return random.chance(0.02) ? damaged.subarray(0, random.whole(0, chunkSize)) : damaged
}

/** Where records are: damage elsewhere shows nothing. */
function placeIn(random: Random, chunk: Uint8Array): number {
  const used = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).readUInt32LE(48)
  const end = random.chance(0.9) && used > 600 && used <= chunkSize ? used : chunkSize
  return random.whole(random.chance(0.05) ? 0 : 512, end - 9)
}

/** The beginning of some record. */
function recordIn(random: Random, chunk: Buffer): number {
  const at = chunk.indexOf(recordMark, placeIn(random, chunk))
  return at === -1 || at > chunkSize - 64 ? 512 : at
}

function flip(random: Random, chunk: Buffer): void {
  const at = placeIn(random, chunk)
  chunk[at] = (chunk[at] ?? 0) ^ (1 << random.whole(0, 7))
}

/** To a token or type that means something. */
function setToken(random: Random, chunk: Buffer): void {
  const values = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0x13, 0x21, 0x41, 0x46, 0x81, 0x8d, 0xff,
  ] as const
  chunk[placeIn(random, chunk)] = random.pick(values)
}

/** A count or size: none, one, ends of ranges. */
function setWord(random: Random, chunk: Buffer): void {
  const at = placeIn(random, chunk) & ~1
  const value = random.pick([0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xfffe, 0xffff])
  if (random.chance(0.5)) chunk.writeUInt16LE(value, at)
  else chunk.writeUInt32LE(random.chance(0.2) ? 0xffffffff : value, at)
}

/** Something that is a place in the chunk is made to lead elsewhere, often to itself or to another one like it. */
function setPlace(random: Random, chunk: Buffer): void {
  for (let tries = 0, at = placeIn(random, chunk); tries < 400 && at < chunkSize - 4; tries += 1, at += 1) {
    const value = chunk.readUInt32LE(at)
    if (value < 512 || value >= chunkSize) continue
    chunk.writeUInt32LE(random.pick([at, at + 4, placeIn(random, chunk), value + 1, 0, 511, chunkSize - 1]), at)
    return
  }
}

function setRecordSize(random: Random, chunk: Buffer): void {
  const at = recordIn(random, chunk)
  const size = chunk.readUInt32LE(at + 4)
  chunk.writeUInt32LE(
    random.pick([0, 1, 24, 27, 28, (size + 8) >>> 0, Math.max(0, size - 8), 0xffff, 0xffffffff]),
    at + 4,
  )
}

function splice(random: Random, chunk: Buffer, other: Uint8Array): void {
  const from = placeIn(random, other)
  chunk.set(
    other.subarray(from, from + random.whole(1, 400)).subarray(0, chunkSize - from),
    Math.min(placeIn(random, chunk), chunkSize - 400),
  )
}

/** A record of another chunk: its templates and names lead to somewhere else. */
function spliceRecord(random: Random, chunk: Buffer, other: Uint8Array): void {
  const source = Buffer.from(other)
  const from = recordIn(random, source)
  const to = recordIn(random, chunk)
  const size = Math.min(source.readUInt32LE(from + 4), chunkSize - to, chunkSize - from)
  chunk.set(source.subarray(from, from + size), to)
}

function moveInside(random: Random, chunk: Buffer): void {
  const from = placeIn(random, chunk)
  const to = placeIn(random, chunk)
  chunk.copyWithin(to, from, Math.min(chunkSize, from + random.whole(1, 2000)))
}

/** As a torn write leaves it. */
function zeroPage(random: Random, chunk: Buffer): void {
  const at = placeIn(random, chunk) & ~511
  chunk.fill(0, at, Math.min(chunkSize, at + random.pick([512, 4096])))
}

/** The same few octets over and over: everything looks like everything else. */
function fill(random: Random, chunk: Buffer): void {
  const at = placeIn(random, chunk)
  const from = placeIn(random, chunk)
  const pattern = Buffer.from(chunk.subarray(from, from + random.whole(1, 300)))
  chunk.fill(pattern, at, Math.min(chunkSize, at + random.whole(1, 20_000)))
}

function setHeader(random: Random, chunk: Buffer): void {
  chunk.writeUInt32LE(random.pick([0, 511, 512, 513, chunkSize - 1, chunkSize, 0xffffffff, placeIn(random, chunk)]), 48)
}

/** A template instance is made to use the template of another one, with its identifier. */
function swapTemplates(random: Random, chunk: Buffer): void {
  const [one, two] = [recordIn(random, chunk) + 28, recordIn(random, chunk) + 28]
  if (Math.max(one, two) + 10 < chunkSize) chunk.copyWithin(one, two, two + 10)
}
