/**
 * XXH64 with seed 0, as Zstandard uses it for the checksum of a frame (RFC 8878 §3.1.1; xxHash specification 0.1.1).
 * In halves of 32 bits: with BigInt it takes ten times as long as the decompression.
 */
export class Xxh64 {
  readonly #lanes = new Uint32Array([0x60ea27ee, 0xadc0b5d6, 0xc2b2ae3d, 0x27d4eb4f, 0, 0, 0x61c8864e, 0x7a143579])
  readonly #held = new Uint8Array(32)
  #heldLength = 0
  #length = 0

  update(bytes: Uint8Array): void {
    this.#length += bytes.length
    let at = 0
    if (this.#heldLength > 0) {
      at = Math.min(32 - this.#heldLength, bytes.length)
      this.#held.set(bytes.subarray(0, at), this.#heldLength)
      this.#heldLength += at
      if (this.#heldLength < 32) return
      this.#stripe(new DataView(this.#held.buffer), 0)
      this.#heldLength = 0
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (; at + 32 <= bytes.length; at += 32) this.#stripe(view, at)
    this.#held.set(bytes.subarray(at))
    this.#heldLength = bytes.length - at
  }

  /** The low 32 bits, which is what is stored. */
  low32(): number {
    const lane = (n: number) => BigInt(this.#lanes[2 * n] ?? 0) * 2n ** 32n + BigInt(this.#lanes[2 * n + 1] ?? 0)
    let sum = prime5
    if (this.#length >= 32) {
      sum = cut(rotate(lane(0), 1n) + rotate(lane(1), 7n) + rotate(lane(2), 12n) + rotate(lane(3), 18n))
      for (let n = 0; n < 4; n += 1) sum = cut((sum ^ mixed(lane(n))) * prime1 + prime4)
    }
    sum = cut(sum + BigInt(this.#length))
    const view = new DataView(this.#held.buffer, 0, this.#heldLength)
    let at = 0
    for (; at + 8 <= this.#heldLength; at += 8)
      sum = cut(rotate(sum ^ mixed(view.getBigUint64(at, true)), 27n) * prime1 + prime4)
    if (at + 4 <= this.#heldLength) {
      sum = cut(rotate(sum ^ cut(BigInt(view.getUint32(at, true)) * prime1), 23n) * prime2 + prime3)
      at += 4
    }
    for (; at < this.#heldLength; at += 1)
      sum = cut(rotate(sum ^ cut(BigInt(view.getUint8(at)) * prime5), 11n) * prime1)
    sum = cut((sum ^ (sum >> 33n)) * prime2)
    sum = cut((sum ^ (sum >> 29n)) * prime3)
    return Number((sum ^ (sum >> 32n)) & 0xffffffffn)
  }

  /** lane = rotate(lane + word × prime2, 31) × prime1, for four words of 8 bytes. */
  #stripe(view: DataView, at: number): void {
    const lanes = this.#lanes
    for (let n = 0; n < 8; n += 2) {
      const wordLow = view.getUint32(at + 4 * n, true)
      const wordHigh = view.getUint32(at + 4 * n + 4, true)
      const productLow = Math.imul(wordLow, prime2Low) >>> 0
      const productHigh =
        (highOfProduct(wordLow, prime2Low) + Math.imul(wordLow, prime2High) + Math.imul(wordHigh, prime2Low)) >>> 0
      const low = (lanes[n + 1] ?? 0) + productLow
      const high = ((lanes[n] ?? 0) + productHigh + (low > 0xffffffff ? 1 : 0)) >>> 0
      const turnedHigh = ((high << 31) | ((low >>> 0) >>> 1)) >>> 0
      const turnedLow = (((low >>> 0) << 31) | (high >>> 1)) >>> 0
      lanes[n + 1] = Math.imul(turnedLow, prime1Low)
      lanes[n] =
        highOfProduct(turnedLow, prime1Low) + Math.imul(turnedLow, prime1High) + Math.imul(turnedHigh, prime1Low)
    }
  }
}

/** The upper half of the product of two unsigned halves. */
function highOfProduct(a: number, b: number): number {
  const [aLow, aHigh, bLow, bHigh] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16]
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16)
  const carry = aLow * bHigh + (middle & 0xffff)
  return (aHigh * bHigh + Math.floor(middle / 65536) + Math.floor(carry / 65536)) >>> 0
}

const [prime1High, prime1Low, prime2High, prime2Low] = [0x9e3779b1, 0x85ebca87, 0xc2b2ae3d, 0x27d4eb4f]
const prime1 = 0x9e3779b185ebca87n
const prime2 = 0xc2b2ae3d27d4eb4fn
const prime3 = 0x165667b19e3779f9n
const prime4 = 0x85ebca77c2b2ae63n
const prime5 = 0x27d4eb2f165667c5n

function cut(value: bigint): bigint {
  return BigInt.asUintN(64, value)
}

function rotate(value: bigint, by: bigint): bigint {
  return cut(value << by) | (value >> (64n - by))
}

function mixed(word: bigint): bigint {
  return cut(rotate(cut(word * prime2), 31n) * prime1)
}
