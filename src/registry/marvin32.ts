/**
 * Marvin32, a short keyed hash of Microsoft's: entries of transaction logs carry two. With the key that every Windows has it
 * shows damage and nothing else; who forges an entry forges its hash as well.
 *
 * @param end before which octet it ends
 * @returns the two halves, the lower one first, as they are stored
 */
export function marvin32(
  bytes: Uint8Array,
  start: number,
  end: number,
  seed = registrySeed,
): readonly [number, number] {
  let [low, high] = seed
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = start
  const mix = (word: number): void => {
    low = (low + word) | 0
    high ^= low
    low = (turned(low, 20) + high) | 0
    high = turned(high, 9) ^ low
    low = (turned(low, 27) + high) | 0
    high = turned(high, 19)
  }
  for (; at + 4 <= end; at += 4) mix(data.getInt32(at, true))
  // What is left over, then 0x80, then zeros.
  let last = 0x80
  for (let i = end - 1; i >= at; i -= 1) last = (last << 8) | (bytes[i] ?? 0)
  mix(last)
  mix(0)
  return [low >>> 0, high >>> 0]
}

/** The key of the registry, 0x82EF4D887A4E55C5, in halves. */
const registrySeed: readonly [number, number] = [0x7a4e55c5, 0x82ef4d88]

function turned(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}
